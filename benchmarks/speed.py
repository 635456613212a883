"""Convoy's own speed: ``python -m benchmarks.speed [PATH]``, by default on a tree made up the same way every time.

Seconds depend on the machine and on who else uses it, so they are set against what any tool has to do at least:
searching every Python file for the libraries' names, and parsing every Python file with ``ast``.
"""

from __future__ import annotations

import ast
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from benchmarks.made import plant
from bot.adapters.trees import Tree, directory
from bot.cli.migration import computed
from bot.config import Config, default
from bot.discover import discover, inventory
from bot.migrate import nested
from transforms.memory import remembering

ROUNDS = 3


def main(words: Sequence[str]) -> int:
    """Measure on the folder that is named, or on the tree that is made up."""
    if words:
        return _tell(Path(words[0]))
    with tempfile.TemporaryDirectory() as folder:
        plant(Path(folder))
        return _tell(Path(folder))


def _tell(root: Path) -> int:
    sources = {p: c for p, c in directory(root).items() if p.endswith(".py")}
    size = sum(map(len, sources.values())) / 1_000_000
    print(f"{len(sources):,} Python files, {size:.1f} MB; processor time, the best of {ROUNDS} rounds")
    config = default()
    parsing = _best(lambda: _parsed(sources.values()))
    rows = {
        "search every file for the libraries' names": _best(lambda: _searched(sources.values(), config)),
        "parse every file with ast": parsing,
        "convoy scan": _best(lambda: _scanned(directory(root), config)),
        "convoy migrate --diff": _best(lambda: _migrated(directory(root), config)),
    }
    for name, seconds in rows.items():
        print(f"{name:44} {seconds:8.2f} s {seconds / parsing:8.2f} × ast.parse")
    return 0


def _best(work: Callable[[], object]) -> float:
    return min(_timed(work) for _ in range(ROUNDS))


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _searched(contents: Collection[bytes], config: Config) -> int:
    names = [module.encode() for upgrade in config.upgrades for module in upgrade.imports]
    return sum(any(name in content for name in names) for content in contents)


def _parsed(contents: Collection[bytes]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for content in contents:
            try:
                ast.parse(content)
            except SyntaxError:
                continue  # newer than this Python, or none at all: Convoy names those


@remembering()
def _scanned(tree: Tree, config: Config) -> None:
    services = discover({"tree": tree}, config).services
    for service in services:
        inventory(tree, service, nested(service, services), config.upgrades)


@remembering()
def _migrated(tree: Tree, config: Config) -> None:
    computed(tree, discover({"tree": tree}, config).services, config)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
