"""``convoy scan``: what is there, in words and as data, and what it says about what it cannot read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.harness import SHOP, Convoy, Plant


def test_services_pins_usages_and_edges_are_one_document(convoy: Convoy, plant: Plant) -> None:
    said = convoy("scan", plant("shop", SHOP), "--json")
    assert (said.code, said.err) == (0, "")
    api, ledger = said.json["services"]
    assert said.json["schema"] == 1
    assert (api["name"], api["path"], api["repo"]) == ("api", "services/api", "shop")
    assert api["pins"] == [
        {
            "library": "tenacity",
            "file": "services/api/requirements.txt",
            "line": 1,
            "text": "tenacity==8.2.3",
            "specifier": "==8.2.3",
            "status": "excludes-target",
            "skip_reason": None,
        }
    ]
    assert api["usages"] == [{"library": "tenacity", "file": "services/api/calls.py", "line": 1}]
    source = "docker-compose.yml:4 → docker-compose.yml:8"
    assert api["depends_on"] == [{"service": "ledger", "source": source}]
    assert ledger["depends_on"] == []
    assert said.json["problems"] == []


def test_the_words_hold_the_same_facts(convoy: Convoy, plant: Plant) -> None:
    out = convoy("scan", plant("shop", SHOP)).out
    assert "api  services/api" in out
    assert "pins   tenacity ==8.2.3  services/api/requirements.txt:1" in out
    assert "needs  ledger" in out
    assert out.endswith("2 services, 2 pins (2 to move), 2 uses of target libraries, 1 dependency\n")


def test_the_same_tree_gives_the_same_bytes_wherever_it_stands(
    convoy: Convoy, plant: Plant, tmp_path: Path
) -> None:
    here = plant("one/shop", SHOP)
    shutil.copytree(here, tmp_path / "two" / "shop")
    assert convoy("scan", here, "--json").out == convoy("scan", tmp_path / "two" / "shop", "--json").out


def test_several_folders_are_one_fleet_and_those_of_one_name_are_told_apart(convoy: Convoy, plant: Plant) -> None:
    said = convoy("scan", plant("a/shop", SHOP), plant("b/shop", SHOP), plant("a/shop", {}), "--json")
    assert [s["repo"] for s in said.json["services"]] == ["a/shop", "a/shop", "b/shop", "b/shop"]
    assert said.json["services"][0]["name"] == "a/shop:services/api"
    assert said.json["services"][0]["depends_on"][0]["service"] == "a/shop:services/ledger"


def test_a_missing_path_is_said_and_the_rest_goes_on(convoy: Convoy, plant: Plant, tmp_path: Path) -> None:
    said = convoy("scan", tmp_path / "nowhere", plant("shop", SHOP), "--json")
    assert said.code == 2
    assert said.err == f"convoy: {tmp_path / 'nowhere'}: there is no such folder\n"
    assert len(said.json["services"]) == 2


def test_a_file_in_place_of_a_folder_is_said(convoy: Convoy, plant: Plant) -> None:
    said = convoy("scan", plant("shop", SHOP) / "docker-compose.yml")
    assert (said.code, said.out) == (2, "")
    assert "docker-compose.yml: is a file, not a folder" in said.err


def test_a_folder_without_services_is_said_and_is_no_error(convoy: Convoy, plant: Plant) -> None:
    said = convoy("scan", plant("empty", {"README.md": "nothing"}), "--json")
    assert (said.code, said.json["services"]) == (0, [])
    assert "no services in empty: no compose file, no requirement file" in said.err


@pytest.mark.parametrize(
    ("file", "content", "line"),
    [
        ("services/api/broken.py", b"import tenacity\ndef (\n", 2),
        ("services/api/latin.py", b"import tenacity\n# caf\xe9\n", 2),
        ("services/api/requirements-dev.txt", b"pytest\n\xff\n", 2),
        ("compose.override.yml", b"services:\n  api: [\n", 3),
    ],
)
def test_an_unreadable_file_is_said_with_its_line_and_the_rest_goes_on(
    convoy: Convoy, plant: Plant, file: str, content: bytes, line: int
) -> None:
    said = convoy("scan", plant("shop", {**SHOP, file: content}), "--json")
    assert said.code == 0
    assert [(p["file"], p["line"]) for p in said.json["problems"]] == [(file, line)]
    assert f"{file}:{line}: " in said.err
    assert len(said.json["services"]) == 2


def test_a_broken_configuration_is_exit_code_2_and_nothing_is_scanned(convoy: Convoy, plant: Plant) -> None:
    shop = plant("shop", {**SHOP, "mine.yaml": "policy:\n  mrge: never\nupgrades: [tenacty]\n"})
    said = convoy("scan", shop, "--config", shop / "mine.yaml", "--json")
    assert (said.code, said.out) == (2, "")
    assert [line.removeprefix(str(shop)) for line in said.err.splitlines()] == [
        '/mine.yaml:2:3: unknown key "mrge" under policy; did you mean "merge"?',
        '/mine.yaml:3:12: upgrades names the unknown library "tenacty"; known are pytest, pytest-asyncio, '
        'tenacity, python-dotenv, asyncio-mqtt, influxdb3-python, influxdb-client; did you mean "tenacity"?',
    ]


def test_a_hostile_name_cannot_steer_the_terminal(convoy: Convoy, plant: Plant) -> None:
    compose = json.dumps({"services": {"api": {"build": "services/api", "depends_on": ["\x1b]0;pwned\x07"]}}})
    shop = plant("shop", {**SHOP, "compose.yml": compose, "services/\x1b[2J/Dockerfile": ""})
    said = convoy("scan", shop)
    assert "\x1b" not in said.out + said.err
    assert "the name holds characters that cannot be shown" in said.err
