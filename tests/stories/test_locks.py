"""A repository whose CI installs what its uv.lock says: the lock moves with the pins, and nothing flaps."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from voyage import SHOP, Voyage

from bot.adapters.locker import UvLocker
from bot.locks import Locks
from bot.reconcile import Memory, Ports
from tests.edges.index import Index, served
from tests.edges.wheels import wheel

PROJECT = (
    '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["tenacity==8.2.3"]\n'
)
CODE = "from tenacity import retry\n\n\n@retry\ndef call() -> None: ...\n"


class Locking(Voyage):
    """A voyage whose bot makes locks anew, with a memory that outlives it only on the shelf."""

    index: str
    shelf: Path

    def ports(self) -> Ports:
        return replace(super().ports(), locks=Locks(UvLocker(self.index, self.shelf)))

    def restart(self) -> None:
        self.memory = Memory()
        self.tick()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    folder = tmp_path / "wheels"
    wheel(folder, "tenacity", "8.2.3")
    wheel(folder, "tenacity", "9.1.2", "extra")
    wheel(folder, "extra", "1.0")
    with served(folder) as index:
        yield index


@pytest.fixture
def voyage(index: Index, tmp_path: Path) -> Locking:
    from uv import find_uv_bin

    home = tmp_path / "theirs"
    home.mkdir()
    (home / "pyproject.toml").write_text(PROJECT)
    command = [find_uv_bin(), "lock", "-q", "--python", sys.executable, "--default-index", index.url]
    subprocess.run(command, cwd=home, check=True, timeout=60)
    files = {"pyproject.toml": PROJECT, "uv.lock": (home / "uv.lock").read_text(), "calls.py": CODE}
    made = Locking(tmp_path / "world", {SHOP: files})
    made.index, made.shelf = index.url, tmp_path / "shelf"
    return made


def test_the_lock_is_in_the_pull_request_and_is_merged_with_it(voyage: Locking) -> None:
    voyage.sail()
    assert voyage.phases() == {"shop": "Settled"}
    lock = voyage.file(SHOP, "uv.lock")
    assert 'name = "tenacity"\nversion = "9.1.2"' in lock
    assert 'name = "extra"\nversion = "1.0"' in lock


def test_a_release_that_comes_later_and_an_index_that_goes_away_change_no_open_pull_request(
    voyage: Locking, index: Index
) -> None:
    voyage.sail(4, approving=False)
    head = voyage.pull("shop").head_sha
    wheel(index.folder, "extra", "2.0")
    index.dates["2.0"] = "2031-01-01T00:00:00Z"
    voyage.restart()
    assert voyage.pull("shop").head_sha == head
    voyage.shelf = voyage.shelf / "lost"
    voyage.restart()
    assert voyage.pull("shop").head_sha == head


def test_where_the_index_does_not_answer_the_pins_move_and_the_lock_is_told_in_the_notes(voyage: Locking) -> None:
    voyage.index = "http://127.0.0.1:1/simple"
    voyage.sail(4, approving=False)
    pull = voyage.pull("shop")
    assert "uv lock --upgrade-package tenacity" in pull.body
    assert "8.2.3" in voyage.file(SHOP, "uv.lock", pull.head_ref)
