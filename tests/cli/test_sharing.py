"""Services that share a pin: what one of them cannot follow moves for nobody, and the others say whose it is."""

from tests.cli.harness import Convoy, Plant, Said

SHARED = {
    "docker-compose.yml": "services:\n  db:\n    image: influxdb:2.7\n",
    "requirements/base.txt": "influxdb-client==1.36.0\ntenacity==8.2.3\n",
    "services/reads/requirements.txt": "-r ../../requirements/base.txt\n",
    "services/reads/a.py": """\
from influxdb_client import InfluxDBClient

client = InfluxDBClient(url="http://db:8086", token="t", org="o")
rows = client.query_api().query('from(bucket: "b") |> range(start: -1h)')
""",
    "services/writes/requirements.txt": "-r ../../requirements/base.txt\n",
    "services/writes/a.py": """\
from influxdb_client import InfluxDBClient, Point

client = InfluxDBClient(url="http://db:8086", token="t", org="o")
client.write_api().write(bucket="b", record=Point("m").field("f", 1))
""",
}


def outcome(said: Said, service: str, upgrade: str) -> tuple[str, str]:
    [found] = [s for s in said.json["services"] if s["name"] == service]
    [told] = [u for u in found["upgrades"] if u["name"] == upgrade]
    return told["status"], told["reason"]


def test_a_pin_stays_for_all_while_one_of_its_services_cannot_follow(convoy: Convoy, plant: Plant) -> None:
    root = plant("shop", SHARED)
    said = convoy("migrate", root, "--json")
    assert outcome(said, "reads", "influxdb-client")[0] == "barred"
    status, reason = outcome(said, "writes", "influxdb-client")
    assert status == "barred"
    assert reason.startswith("requirements/base.txt:1 is shared with reads, for which it is barred: ")
    assert outcome(said, "writes", "tenacity")[0] != "barred"
    convoy("migrate", root, "--write")
    assert (root / "requirements/base.txt").read_text() == "influxdb-client==1.36.0\ntenacity==9.1.2\n"
    assert (root / "services/writes/a.py").read_text() == SHARED["services/writes/a.py"]


def test_with_pins_of_their_own_only_the_one_that_cannot_follow_stays(convoy: Convoy, plant: Plant) -> None:
    own = {f"services/{s}/requirements.txt": "influxdb-client==1.36.0\n" for s in ("reads", "writes")}
    said = convoy("migrate", plant("shop", {**SHARED, **own}), "--json")
    assert outcome(said, "reads", "influxdb-client")[0] == "barred"
    assert outcome(said, "writes", "influxdb-client")[0] == "applied"


def test_a_python_below_the_floor_of_one_holds_coupled_pins_for_all(convoy: Convoy, plant: Plant) -> None:
    files = {
        "requirements-test.txt": "pytest==8.3.3\npytest-asyncio==0.23.8\n",
        **{f"services/{s}/requirements.txt": "-r ../../requirements-test.txt\n" for s in ("old", "new")},
        "services/old/Dockerfile": "FROM python:3.9\n",
        "services/new/Dockerfile": "FROM python:3.12\n",
        **{f"services/{s}/test_a.py": "import pytest\n\n\ndef test_a() -> None: ...\n" for s in ("old", "new")},
    }
    said = convoy("migrate", plant("shop", files), "--json")
    for upgrade in ("pytest", "pytest-asyncio"):
        status, reason = outcome(said, "new", upgrade)
        assert status == "barred"
        assert "shared with old" in reason
        assert "services/old/Dockerfile:1 says 3.9" in reason
    assert said.json["totals"]["files"] == 0
