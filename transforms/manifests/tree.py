"""Which files of a tree are manifests, and what all of them say, includes followed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from transforms.manifests import pyproject, requirements
from transforms.manifests.spot import Include, Reading
from transforms.manifests.text import decode
from transforms.model import Files, Problem

_SKIPPED = frozenset(
    {".git", ".hg", ".svn", ".venv", "venv", "virtualenv", ".tox", ".nox", "node_modules", "site-packages"}
    | {"__pycache__", ".eggs", ".mypy_cache"}
)
_REQUIREMENTS = re.compile(
    r"^(?:.*(?:requirements?|constraints?)[^/]*|(?:.*[-_.])?(?:reqs?|deps|dependencies)(?:[-_.].*)?)\.(?:txt|in|pip)$",
    re.I,
)
_FOLDER = re.compile(r"(?:^|/)(?:requirements?|reqs?|requires|constraints|deps)/[^/]+\.(?:txt|in|pip)$", re.I)
_LOOSE_IN = re.compile(r"(?:^|/)(?!MANIFEST)[\w-]+\.in$")

Reader = Callable[[str, str], Reading]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a file is read. ``loose``: by its name alone it might be something else, so its faults are not told."""

    reader: Reader
    requirements: bool = False
    loose: bool = False


def below(path: str, root: str) -> bool:
    """Whether a path lies in a folder (everything lies in the root, ``""``)."""
    return not root or path == root or path.startswith(f"{root}/")


def owned(files: Files, root: str, exclude: Sequence[str] = ()) -> list[str]:
    """The tree's paths below ``root`` and not below an ``exclude`` root, without installed or generated folders."""
    return sorted(
        p for p in files if below(p, root) and not any(below(p, e) for e in exclude) and not _is_skipped(p)
    )


def _is_skipped(path: str) -> bool:
    folders = path.split("/")[:-1]
    return any(f in _SKIPPED or f.endswith(".egg-info") for f in folders)


def is_dockerfile(path: str) -> bool:
    """Whether a path names a recipe for an image."""
    name = posixpath.basename(path).lower()
    return name in {"dockerfile", "containerfile"} or name.startswith("dockerfile.") or name.endswith(".dockerfile")


def kind(path: str) -> Kind | None:
    """What kind of manifest a path names, by its name alone."""
    name = posixpath.basename(path)
    if _REQUIREMENTS.match(name) or _FOLDER.search(path):
        return Kind(requirements.read, requirements=True)
    if _LOOSE_IN.search(path):
        return Kind(requirements.read, requirements=True, loose=True)
    by_name: dict[str, Reader] = {"pyproject.toml": pyproject.read, "Pipfile": pyproject.read_pipfile}
    return Kind(by_name[name]) if name in by_name else None


def readings(
    files: Files, root: str, exclude: Sequence[str] = (), wanted: re.Pattern[bytes] | None = None
) -> Iterator[tuple[str, Reading]]:
    """What each manifest says, those reached by includes too; files that cannot hold ``wanted`` are passed over.

    An include may leave ``root`` (a shared ``requirements/base.txt``) but not the repository. One that leads down
    into an excluded root is not followed: what is there belongs to that service.
    """
    nested = [e for e in exclude if below(e, root)]
    queue: list[tuple[str, Kind, bool]] = [(p, k, False) for p in owned(files, root, exclude) if (k := kind(p))]
    seen = {p for p, _, _ in queue}
    for path, how, constraint in queue:
        reading = _read(files, path, how, wanted)
        for include in reading.includes:
            target, problem = _target(files, path, include)
            reading = replace(reading, problems=reading.problems + problem)
            if target and target not in seen and not any(below(target, e) for e in nested):
                seen.add(target)
                queue.append((target, Kind(requirements.read, requirements=True), constraint or include.constraint))
        yield path, _as_constraint(reading) if constraint else reading


def reading_of(files: Files, path: str) -> Reading:
    """What one manifest says; a file of unknown name is read as a requirements file, as an include would be."""
    return _read(files, path, kind(path) or Kind(requirements.read, requirements=True), None)


def _read(files: Files, path: str, how: Kind, wanted: re.Pattern[bytes] | None) -> Reading:
    data = files[path]
    text = decode(data)
    if text is None:
        return Reading(
            problems=(Problem(path, None, "not text, or too large to be written by a person: not read"),)
        )
    if wanted and not how.requirements and not (wanted.search(data) or b"\0" in data):
        return Reading()
    reading = how.reader(path, text.words)
    if not how.loose:
        return reading
    return Reading() if reading.problems or not (reading.spots or reading.includes) else reading


def _as_constraint(reading: Reading) -> Reading:
    return replace(reading, spots=tuple(replace(s, runtime=False) for s in reading.spots))


def _target(files: Files, path: str, include: Include) -> tuple[str | None, tuple[Problem, ...]]:
    if "${" in include.path:
        return None, ()
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), include.path.replace("\\", "/")))
    if target in files:
        return target, ()
    where = "leaves the repository" if target.startswith(("..", "/")) else "is not in the repository"
    return None, (Problem(path, include.line, f"includes `{include.path}`, which {where}; correct the path"),)
