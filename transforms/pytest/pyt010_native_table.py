"""``[tool.pytest]`` is read by pytest 9: what stood there unnoticed becomes active.

https://docs.pytest.org/en/stable/changelog.html#pytest-9-0-0-2025-11-05
"""

from __future__ import annotations

import posixpath
import tomllib
from typing import Any

from transforms.model import Level, Proof
from transforms.pytest_world.config import decoded
from transforms.pytest_world.proving import SUITE
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree


def survey(tree: Tree) -> Verdicts:
    """Every ``pyproject.toml`` of the service with such a table."""
    for path in tree.paths("pyproject.toml"):
        if posixpath.basename(path) != "pyproject.toml" or b"pytest" not in tree.files[path]:
            continue
        table = _table(tree.files[path])
        native = sorted(table.keys() - {"ini_options"})
        if native and "ini_options" in table:
            message = (
                "`[tool.pytest]` beside `[tool.pytest.ini_options]` stops pytest: move its keys there, or drop it"
            )
            yield Flag(_line(tree.files[path]), f"{message} ({', '.join(native)})", Level.BREAKS, path)
        elif native:
            message = (
                "pytest 8 ignored `[tool.pytest]`, pytest 9 obeys it; its values must have the right TOML types"
            )
            yield Flag(_line(tree.files[path]), f"{message} ({', '.join(native)})", file=path)


def _table(content: bytes) -> dict[str, Any]:
    try:
        tool = tomllib.loads(decoded(content) or "").get("tool", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    table = tool.get("pytest", {}) if isinstance(tool, dict) else {}
    return table if isinstance(table, dict) else {}


def _line(content: bytes) -> int:
    lines = (decoded(content) or "").splitlines()
    spaced = [line.split("#")[0].replace(" ", "").replace("\t", "") for line in lines]
    return spaced.index("[tool.pytest]") + 1 if "[tool.pytest]" in spaced else 1


_TEST = {"test_app.py": "def test_one(): ...\n"}

RULE = Rule(
    id="PYT010",
    title="`[tool.pytest]` becomes active",
    library="pytest",
    link="https://docs.pytest.org/en/stable/changelog.html#pytest-9-0-0-2025-11-05",
    was="The table was ignored; only `[tool.pytest.ini_options]` counted.",
    now="It is obeyed, with TOML's own types. Beside the other table: "
    "`ERROR: Cannot use both [tool.pytest] (native TOML types) and [tool.pytest.ini_options]`, exit 4",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    survey=survey,
    examples=(
        Example(
            "beside the old table",
            '[tool.pytest]\nminversion = "6.0"\n\n[tool.pytest.ini_options]\naddopts = "-q"\n',
            path="pyproject.toml",
            others=_TEST,
            flags=((1, Level.BREAKS),),
            probe=Probe(old="exit 0", broken="Cannot use both", command=SUITE),
        ),
        Example(
            "alone",
            '[project]\nname = "a"\n\n[tool.pytest]\naddopts = "-q"\n',
            path="pyproject.toml",
            others=_TEST,
            flags=((4, Level.CHANGES_SILENTLY),),
            probe=Probe(old="1 passed", broken="expects a list for type 'args'", command=SUITE),
        ),
        Example(
            "the old table alone, and other tools",
            '[tool.pytest.ini_options]\naddopts = "-q"\n\n[tool.pytest-env]\na = "b"\n',
            path="pyproject.toml",
            others=_TEST,
        ),
    ),
)
