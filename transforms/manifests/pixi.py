"""``pixi.toml``, and pixi's conda packages in a ``pyproject.toml``, which are flagged and never edited."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace

from transforms.manifests.spot import Dialect, Reading, merged
from transforms.manifests.tables import broken, tables
from transforms.manifests.toml import Literal, literals

_CONDA = "a conda package is not edited"
_KINDS = ("dependencies", "host-dependencies", "build-dependencies")


def read(path: str, words: str) -> Reading:
    """Every package of a ``pixi.toml``: those of PyPI are edited, those of conda are not."""
    try:
        found = literals(words)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return broken(path, error)
    homes = (("pypi-dependencies",), ("feature", "*", "pypi-dependencies"))
    return merged([tables(path, words, found, homes), conda_packages(path, words, found, ())])


def conda_packages(path: str, words: str, found: Sequence[Literal], above: tuple[str, ...]) -> Reading:
    """The conda packages of the tables below ``above``."""
    homes = tuple((*above, *more, kind) for more in ((), ("feature", "*"), ("target", "*")) for kind in _KINDS)
    reading = tables(path, words, found, homes)
    spots = (replace(s, dialect=Dialect.CONDA, skip=_CONDA, runtime=False) for s in reading.spots)
    return replace(reading, spots=tuple(spots), partial=False)
