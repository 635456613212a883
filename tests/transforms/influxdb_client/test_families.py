"""The two clients never meet in what a migration leaves: not in a file, not between files of a service."""

from __future__ import annotations

import ast
from itertools import product

import pytest

from transforms.model import Status
from transforms.registry import upgrades
from transforms.runner import migrate

CLIENTS = {
    "from the top": ("from influxdb_client import InfluxDBClient", "InfluxDBClient"),
    "from within": ("from influxdb_client.client.influxdb_client import InfluxDBClient", "InfluxDBClient"),
    "under a name": ("from influxdb_client import InfluxDBClient as Db", "Db"),
    "the module": ("import influxdb_client", "influxdb_client.InfluxDBClient"),
    "the module under a name": ("import influxdb_client as db", "db.InfluxDBClient"),
    "for types too": (
        "from __future__ import annotations\nfrom typing import TYPE_CHECKING\n"
        "from influxdb_client import InfluxDBClient\nif TYPE_CHECKING:\n    from influxdb_client import WriteApi",
        "InfluxDBClient",
    ),
    "everything": ("from influxdb_client import *", "InfluxDBClient"),
    "a module inside": (
        "import influxdb_client.client.influxdb_client",
        "influxdb_client.client.influxdb_client.InfluxDBClient",
    ),
    "guarded": (
        "try:\n    from influxdb_client import InfluxDBClient\nexcept ImportError:\n    InfluxDBClient = None",
        "InfluxDBClient",
    ),
}
POINTS = {
    "from the top": ("from influxdb_client import Point", "Point"),
    "from within": ("from influxdb_client.client.write.point import Point", "Point"),
    "under a name": ("from influxdb_client import Point as P", "P"),
    "the module": ("import influxdb_client", "influxdb_client.Point"),
    "the module under a name": ("import influxdb_client as db", "db.Point"),
    "in a function": ("def made(name):\n    from influxdb_client import Point\n    return Point(name)", "made"),
    "by importlib": (
        "import importlib\nPoint = importlib.import_module('influxdb_client').Point",
        "Point",
    ),
    "guarded": ("try:\n    from influxdb_client import Point\nexcept ImportError:\n    Point = None", "Point"),
}
OPTIONS = {
    "its own import": (
        "from influxdb_client.client.write_api import SYNCHRONOUS",
        "write_api(write_options=SYNCHRONOUS)",
    ),
    "by module": (
        "import influxdb_client.client.write_api as w",
        "write_api(write_options=w.SYNCHRONOUS)",
    ),
    "none": ("", "write_api()"),
}

BARRING = {"everything", "a module inside", "by importlib"}
"""Shapes that are left to a person."""


def service(client: str, point: str, options: str) -> dict[str, bytes]:
    head, made = CLIENTS[client]
    option, api = OPTIONS[options]
    app = f"""\
{head}
{option}
from points import reading

client = {made}(url="http://influx:8086", token="t", org="o")
writer = client.{api}
writer.write(bucket="home", record=reading(21.5))
"""
    bound, name = POINTS[point]
    points = f"{bound}\n\n\ndef reading(temp):\n    return {name}('home').field('temp', temp)\n"
    return {"app.py": app.encode(), "points.py": points.encode(), "requirements.txt": b"influxdb-client==1.44.0\n"}


def families(content: bytes) -> set[str]:
    """The client packages that a file imports or names in a string."""
    found = set()
    for node in ast.walk(ast.parse(content)):
        match node:
            case ast.ImportFrom(module=str(module)):
                found.add(module.partition(".")[0])
            case ast.Import(names=names):
                found |= {alias.name.partition(".")[0] for alias in names}
            case ast.Constant(value=str(text)):
                found.add(text.partition(".")[0])
    return found & {"influxdb_client", "influxdb_client_3"}


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize(("client", "point"), list(product(CLIENTS, POINTS)))
def test_a_service_has_one_client_afterwards_and_its_pin_goes_with_it(
    client: str, point: str, options: str
) -> None:
    files = service(client, point, options)
    migration = migrate(files, "", upgrades())
    after = {**files, **migration.edits}
    named = set().union(*(families(after[path]) for path in ("app.py", "points.py")))
    pinned = after["requirements.txt"].partition(b"==")[0]
    (told,) = [o for o in migration.outcomes if o.upgrade == "influxdb-client"]
    if told.status is Status.APPLIED:
        assert (named, pinned) == ({"influxdb_client_3"}, b"influxdb3-python")
        assert b" url=" not in after["app.py"]
        assert b"(url=" not in after["app.py"]
        assert b"write_api(" not in after["app.py"]
    else:
        assert told.status is Status.BARRED
        assert told.reason
        assert after == files
    assert (told.status is Status.APPLIED) == BARRING.isdisjoint({client, point, options})
