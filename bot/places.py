"""Where services are, in one repository: the folders that are released as units. Pure.

In order: what the configuration declares; what compose builds; a folder under services/, apps/, packages/ or src/
with its own requirement file or Dockerfile; else the repository. What an earlier rule claimed, a later one leaves.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator

from transforms.model import Files

ROOTS = ("services", "apps", "packages", "src")
REQUIREMENTS = re.compile(
    r"requirements[^/]*\.(?:txt|in)|pyproject\.toml|setup\.py|setup\.cfg|Pipfile|environment\.ya?ml"
)
DOCKERFILE = re.compile(r"(?:Docker|Container)file(?:\.[^/]+)?|[^/]+\.(?:Docker|docker)file")
ASIDE = frozenset(
    ("test", "tests", "testdata", "fixtures", "examples", "docs", "scripts", "docker", ".devcontainer")
)
"""Folders whose requirement files belong to what surrounds them."""


def places(files: Files, declared: Iterable[str], contexts: Iterable[str]) -> tuple[str, ...]:
    """The paths of a repository's services, sorted; ``("",)`` when it is one itself, empty when there is none."""
    claimed = set(declared)
    built = {c for c in contexts if not covered(c, claimed) and not aside(c)}
    claimed |= built
    claimed |= {f for f in _shallowest(_folders(files)) if not covered(f, claimed)}
    if claimed:
        return tuple(sorted(claimed))
    return ("",) if any(map(_releasable, files)) else ()


def covered(path: str, claimed: Collection[str]) -> bool:
    """The path is, or lies inside, one of those folders. The repository's root covers only itself."""
    return path in claimed or any(parent in claimed for parent in parents(path))


def aside(path: str) -> bool:
    """Something for tests, documentation or a development container, not something that is released."""
    return any(part in ASIDE or part.startswith(".") for part in path.split("/"))


def inner(path: str, others: Iterable[str]) -> tuple[str, ...]:
    """Those folders that lie inside this one: their files are theirs."""
    return tuple(
        other for other in others if other and other != path and (not path or other.startswith(f"{path}/"))
    )


def parents(path: str) -> Iterator[str]:
    """``a/b/c`` → ``a/b``, ``a``."""
    while path := posixpath.dirname(path):
        yield path


def owner(path: str, claimed: Collection[str]) -> str | None:
    """The innermost of those folders that the path is in."""
    inner = next((p for p in (path, *parents(path)) if p in claimed), None)
    return "" if inner is None and "" in claimed else inner


def _folders(files: Files) -> Iterator[str]:
    for path in files:
        folder, name = posixpath.split(path)
        if posixpath.basename(folder) == "requirements" and name.endswith((".txt", ".in")):
            folder = posixpath.dirname(folder)
        elif not (REQUIREMENTS.fullmatch(name) or DOCKERFILE.fullmatch(name)):
            continue
        parts = folder.split("/")
        if len(parts) > 1 and parts[0] in ROOTS and not aside(folder):
            yield folder


def _shallowest(folders: Iterable[str]) -> set[str]:
    found = set(folders)
    return {f for f in found if found.isdisjoint(parents(f))}


def _releasable(path: str) -> bool:
    name = posixpath.basename(path)
    return name.endswith(".py") or bool(REQUIREMENTS.fullmatch(name) or DOCKERFILE.fullmatch(name))
