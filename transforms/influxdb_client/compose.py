"""What a compose file above a service's folder says of that service, told by what it builds."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

_BUILDS = re.compile(r"""^\s*(?:build|context):\s*["']?(?P<folder>[\w./-]+)["']?\s*(?:#.*)?$""")
_KEY = re.compile(r"^(?P<indent> *)[\w.-]+:\s*(?:#.*)?$")


def about(lines: list[str], folder: PurePosixPath, root: str) -> Iterator[tuple[int, str]]:
    """The numbered lines of the services that are built from ``root``; ``folder`` is the compose file's."""
    for block in _services(lines):
        built = [found["folder"] for _, line in block if (found := _BUILDS.match(line)) is not None]
        if root and any(posixpath.normpath(posixpath.join(str(folder), path)) == root for path in built):
            yield from block


def _services(lines: list[str]) -> Iterator[list[tuple[int, str]]]:
    """The entries below ``services:``, each with its lines."""
    block: list[tuple[int, str]] = []
    depth: int | None = None
    inside = False
    for number, line in enumerate(lines, start=1):
        found = _KEY.match(line)
        if line[:1] not in ("", " ", "#"):
            yield block
            inside, block, depth = line.startswith("services:"), [], None
        elif inside and found is not None and (depth is None or len(found["indent"]) <= depth):
            yield block
            block, depth = [], len(found["indent"])
        if inside and depth is not None:
            block.append((number, line))
    yield block
