"""The command line makes a uv.lock anew with its pins; another lock, or any doubt, is a flag with the command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.harness import Convoy, Plant, Said, commit
from tests.edges.index import Index, served
from tests.edges.wheels import wheel

PROJECT = """\
[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
dependencies = []

[dependency-groups]
dev = ["pytest==8.3.3"]
"""
CODE = {"test_a.py": "import pytest\n\n\ndef test_a() -> None: ...\n", "pyproject.toml": PROJECT}


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    folder = tmp_path / "wheels"
    wheel(folder, "pytest", "8.3.3")
    wheel(folder, "pytest", "9.0.2", "pygments")
    wheel(folder, "pygments", "2.19")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with served(folder) as index:
        monkeypatch.setenv("UV_DEFAULT_INDEX", index.url)
        yield index


def uv(root: Path, *words: str) -> int:
    from uv import find_uv_bin

    command = [find_uv_bin(), "lock", "--python", sys.executable, *words]
    return subprocess.run(command, cwd=root, capture_output=True, check=False, timeout=60).returncode


@pytest.fixture
def root(plant: Plant, index: Index) -> Path:
    """A checkout with a lock that a person made."""
    made = plant("shop", CODE)
    assert uv(made) == 0
    return made


def rules(said: Said) -> list[tuple[str, str]]:
    found = (f for s in said.json["services"] for f in s["findings"] if f["file"].endswith(".lock"))
    return [(f["rule"], f["verdict"]) for f in found]


def test_a_service_whose_ci_installs_what_is_locked_can_go_green(convoy: Convoy, root: Path) -> None:
    commit(root)
    assert rules(convoy("migrate", root, "--write", "--json")) == [("PIN007", "rewritten")]
    assert '"pytest==9.0.2"' in (root / "pyproject.toml").read_text()
    assert uv(root, "--locked") == 0
    again = convoy("migrate", root, "--json")
    assert (again.json["totals"]["files"], rules(again)) == (0, [])


def test_the_lock_goes_with_the_last_commit_of_a_branch(convoy: Convoy, root: Path) -> None:
    repo = commit(root)
    (branch, *_) = convoy("migrate", root, "--branch", "--json").json["branches"]
    lock = repo.revparse_single(f"{branch}:uv.lock")
    assert b'name = "pygments"' in lock.read_raw()
    assert b'name = "pygments"' not in (root / "uv.lock").read_bytes()


def test_without_an_index_the_flag_with_the_command_stays(convoy: Convoy, root: Path) -> None:
    said = convoy("migrate", root, "--offline", "--json")
    assert rules(said) == [("PIN003", "flagged")]
    assert "`uv lock --upgrade-package pytest`" in said.out


def test_a_lock_with_a_package_from_git_is_flagged_and_nothing_else_is_left_out(convoy: Convoy, root: Path) -> None:
    lock = root / "uv.lock"
    source = 'source = { git = "https://git.invalid/x?rev=1#1" }'
    lock.write_text(f'{lock.read_text()}\n[[package]]\nname = "x"\nversion = "1.0"\n{source}\n')
    said = convoy("migrate", root, "--json")
    assert rules(said) == [("PIN003", "flagged")]
    assert said.json["totals"]["files"] == 1


def test_another_tools_lock_is_flagged_with_its_command(convoy: Convoy, root: Path) -> None:
    (root / "uv.lock").unlink()
    (root / "poetry.lock").write_text('[[package]]\nname = "pytest"\nversion = "8.3.3"\n')
    said = convoy("migrate", root, "--json")
    assert rules(said) == [("PIN003", "flagged")]
    assert "`poetry update pytest`" in said.out


def test_a_lock_that_two_services_share_is_for_a_person(convoy: Convoy, plant: Plant, index: Index) -> None:
    """Two pull requests that both write it would be in each other's way."""
    member = PROJECT.replace("shop", "{name}")
    root = plant(
        "shops",
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["services/*"]\n',
            **{f"services/{n}/pyproject.toml": member.format(name=n) for n in ("one", "two")},
            **{f"services/{n}/test_a.py": CODE["test_a.py"] for n in ("one", "two")},
            **{f"services/{n}/Dockerfile": "FROM python:3.11\n" for n in ("one", "two")},
        },
    )
    assert uv(root) == 0
    said = convoy("migrate", root, "--json")
    assert ("PIN007", "rewritten") not in rules(said)
    assert "uv.lock" not in {f["path"] for s in said.json["services"] for f in s["files"]}
