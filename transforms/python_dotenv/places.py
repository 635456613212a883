"""Where a service says how it is run and tested: the text files that the rules of python-dotenv look through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from transforms.tree import Tree

_PROSE = (".md", ".rst", ".lock", ".ipynb", ".svg")
_MEASURES = re.compile(rb"\bpytest[-_]cov\b|\bcoverage\s+run\b|--cov\b|^\s*coverage\b", re.MULTILINE)
_CONFIGURES = (".toml", ".cfg", ".ini", ".txt", ".in", ".yml", ".yaml", ".sh")
_NAMED = frozenset({"Makefile", "noxfile.py", "tasks.py", "justfile", "Pipfile"})


def lines(tree: Tree, pattern: re.Pattern[bytes], *needles: bytes) -> Iterator[tuple[str, int, re.Match[bytes]]]:
    """Every line of the service's own text files, prose left out, that the pattern is found in."""
    for path in tree.paths():
        content = tree.files[path]
        if path.endswith(_PROSE) or b"\0" in content or not any(n in content for n in needles):
            continue
        for number, line in enumerate(content.splitlines(), start=1):
            if found := pattern.search(line):
                yield path, number, found


def measured(tree: Tree) -> bool:
    """Whether tests are run under coverage, by what requirements, configuration and CI say; ask with
    ``tree.once``.
    """
    return any(_MEASURES.search(tree.files[path]) for path in tree.files if _concerns(tree, path))


def _concerns(tree: Tree, path: str) -> bool:
    name = PurePosixPath(path).name
    shared = "/" not in path or path.startswith(".github/")
    return (shared or tree.inside(path)) and (name in _NAMED or name.endswith(_CONFIGURES))


def is_test(path: str) -> bool:
    """Whether a path is named like a test."""
    name = PurePosixPath(path).name
    return name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py" or "/tests/" in f"/{path}"
