"""The command line asks an index whether the pins still go together, and tells a conflict with both its sides."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.harness import Convoy, Plant, Said
from tests.edges.wheels import wheel

CODE = {"test_a.py": "import pytest\n\n\ndef test_a() -> None: ...\n", "Dockerfile": "FROM python:3.12\n"}


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index with two pytests and a plugin that stops below the newer one."""
    folder = tmp_path / "index"
    wheel(folder, "pytest", "8.3.3")
    wheel(folder, "pytest", "9.0.2")
    wheel(folder, "pytest_httpx", "0.30.0", "pytest>=7,<9")
    wheel(folder, "pytest_httpx", "0.36.0", "pytest>=9,<10")
    monkeypatch.setenv("UV_DEFAULT_INDEX", folder.as_uri())


def conflicts(said: Said) -> list[dict[str, object]]:
    return [f for s in said.json["services"] for f in s["findings"] if f["rule"] == "PIN006"]


@pytest.mark.usefixtures("index")
def test_a_plugin_that_stops_below_the_target_is_a_finding_that_names_both_sides(
    convoy: Convoy, plant: Plant
) -> None:
    root = plant("shop", {**CODE, "requirements.txt": "x\npytest==8.3.3\npytest-httpx==0.30.0\n"})
    said = convoy("migrate", root, "--json")
    (finding,) = conflicts(said)
    assert (finding["level"], finding["file"], finding["line"]) == ("breaks", "requirements.txt", 2)
    message = str(finding["message"])
    assert message.startswith("the pins do not go together on Python 3.12: ")
    assert "pytest-httpx==0.30.0" in message
    assert "pytest==9.0.2" in message
    assert conflicts(convoy("migrate", root, "--json", "--offline")) == []


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize(
    "plugin", ["pytest-httpx==0.36.0", "pytest-httpx", "pytest-httpx==0.30.0\npytest-httpx==0.36"]
)
def test_pins_that_go_together_or_never_did_are_no_finding(convoy: Convoy, plant: Plant, plugin: str) -> None:
    said = convoy("migrate", plant("shop", {**CODE, "requirements.txt": f"pytest==8.3.3\n{plugin}\n"}), "--json")
    assert [f["rule"] for s in said.json["services"] for f in s["findings"]] == ["PIN001"]


def test_an_index_that_does_not_answer_is_said_once_and_is_no_finding(
    convoy: Convoy, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:1/simple")
    files = {f"services/{s}/{path}": text for s in "ab" for path, text in CODE.items()}
    pins = {f"services/{s}/requirements.txt": "pytest==8.3.3\n" for s in "ab"}
    said = convoy("migrate", plant("shop", {**files, **pins}), "--json")
    assert (said.code, conflicts(said)) == (0, [])
    assert said.err.count("no index was asked whether the pins go together: ") == 1
