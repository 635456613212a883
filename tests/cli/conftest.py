"""The command line as a person meets it: arguments in, exit code and two streams out."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.cli.harness import Convoy, Plant, Said, commit


@pytest.fixture
def convoy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Convoy:
    """``convoy("scan", path)`` runs the real entry point."""

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["convoy", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        assert isinstance(left.value.code, int)
        return Said(left.value.code, said.out, said.err)

    return run


@pytest.fixture(autouse=True)
def empty_index(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of the command line asks the real index anything; this one knows no package."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", tmp_path_factory.mktemp("index").as_uri())


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """``plant("shop", {"a/b.py": "…"})`` makes a folder with these files; with ``git=True`` they are committed."""

    def make(name: str, files: Mapping[str, str | bytes], *, git: bool = False) -> Path:
        root = tmp_path / name
        root.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content.encode() if isinstance(content, str) else content)
        if git:
            commit(root)
        return root

    return make
