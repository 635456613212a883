"""The lowest Python that a service runs on, and where that is said: image, metadata, version file or CI.

What runs (its image, its version file, the versions that CI tests) and what is promised (``requires-python``) are
kept apart: a promise binds an upgrade only where something holds the pin to it, see ``python_floor``.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator, Sequence

from packaging.version import InvalidVersion, Version

from transforms.manifests.constraint import admitted
from transforms.manifests.locks import NAMES as LOCKS
from transforms.manifests.locks import is_lock
from transforms.manifests.spot import Dialect
from transforms.manifests.text import decode, line_of
from transforms.manifests.toml import literals
from transforms.manifests.tree import below, is_dockerfile, owned
from transforms.model import Files, Pin

_IMAGE = re.compile(r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(?:[\w.:-]+/)*python:v?(\d+\.\d+(?:\.\d+)?)", re.I | re.M)
_NUMBER = re.compile(r"^[ \t]*(?:python-)?(\d+\.\d+(?:\.\d+)?)", re.M)
_INI = re.compile(r"^[ \t]*python_requires\s*=\s*(.+)$", re.M)
_SETUP = re.compile(r"\bpython_requires\s*=\s*[\"']([^\"']+)[\"']")
_ACTION = re.compile(
    r"^[ \t-]*python(?:[-_]versions?)?[ \t]*:[ \t]*"
    r"(\[[^\]]*\]|[^\s#\[][^\n#]*|(?:[ \t]*\n[ \t]*-[ \t]*[\"']?\d[^\n#]*)+)",
    re.M,
)
_QUOTED = re.compile(r"(?<![\d.])(\d+\.\d+)(?:\.\d+|\.x)?(?![\d.])")
_TESTING = re.compile(rb"(?<!la)test|\b(?:tox|nox)\b", re.I)
"""``ubuntu-latest`` tests nothing."""
_COMPOSE = re.compile(r"(?:^|/)(?:docker-)?compose[^/]*\.ya?ml$")
_BUILT = re.compile(rb"^[ \t]*dockerfile[ \t]*:[ \t]*[\"']?([^\s\"'#]+)", re.M)
_CONTEXT = re.compile(rb"^[ \t]*(?:context|build)[ \t]*:[ \t]*[\"']?([^\s\"'#]+)", re.M)
_HOMES = frozenset({".", "docker", ".docker"})
_PUBLISHED = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})
_TOML = (("project", "requires-python"), ("tool", "poetry", "dependencies", "python"))

Floor = tuple[str, str, int]
"""Version, file, line."""


def python_floor(
    files: Files, root: str, exclude: Sequence[str] = (), pins: Sequence[Pin] | None = None, *, tool: bool = False
) -> tuple[str, str] | None:
    """The lowest Python version and its ``file:line``, or None where nothing says one.

    For the ``pins`` of one upgrade the promise counts where it is published with them or where a resolver holds
    them to it (Poetry, a lock), or where nothing else is known of what the service runs on. What a library's
    tests need (``tool``) is not published.
    """
    places = _places(root, pins or ())
    found = _running(files, root, exclude, places)
    if pins is None or _is_bound(files, pins, tool) or not (found or tool):
        found += [floor for place in sorted(places) for floor in _promises(files, place)]
    if not found:
        return None
    version, path, line = min(found, key=lambda f: Version(f[0]))
    return version, f"{path}:{line}"


def python_reach(files: Files, root: str, exclude: Sequence[str], pins: Sequence[Pin]) -> str | None:
    """The highest Python that the pins' library is installed for, None where nothing limits that.

    Poetry looks for one version that suits all Pythons; elsewhere each gets the newest that runs on it.
    """
    if any(p.file.endswith("pyproject.toml") and b"[tool.poetry" in files[p.file] for p in pins):
        floor = python_floor(files, root, exclude, pins)
        return floor[0] if floor else None
    running = _running(files, root, exclude, _places(root, pins))
    return max((v for v, _, _ in running), key=Version, default=None)


def _places(root: str, pins: Sequence[Pin]) -> frozenset[str]:
    """The folders that speak for the service: its top, and those of its parts that have pins of their own."""
    return frozenset({root, *(posixpath.dirname(p.file) for p in pins)})


def _running(files: Files, root: str, exclude: Sequence[str], places: frozenset[str]) -> list[Floor]:
    """What is said of the Pythons on which the service really runs."""
    return [*_images(files, root, exclude, places), *_version_files(files, root), *_workflows(files, root)]


def _is_bound(files: Files, pins: Sequence[Pin], tool: bool) -> bool:
    written = [p for p in pins if not is_lock(p.file)]
    if not tool and any(posixpath.basename(p.file) in _PUBLISHED for p in written):
        return True
    return any(_is_resolved(files, p.file) for p in written if p.file.endswith("pyproject.toml"))


def _is_resolved(files: Files, path: str) -> bool:
    """Whether a tool looks for versions that run on every Python which a ``pyproject.toml`` promises."""
    folder = posixpath.dirname(path)
    return b"[tool.poetry" in files[path] or any(posixpath.join(folder, lock) in files for lock in LOCKS)


def _images(files: Files, root: str, exclude: Sequence[str], places: frozenset[str]) -> Iterator[Floor]:
    """The service's own images: of a Dockerfile at its places, in ``docker/``, or named by a compose file above."""
    built = set(_built(files, root))
    for path in (p for p in owned(files, root, exclude) if is_dockerfile(p)):
        homes = {posixpath.relpath(posixpath.dirname(path) or ".", place or ".") for place in places}
        if path in built or not homes.isdisjoint(_HOMES):
            yield from _matches(files, path, _IMAGE)


def _built(files: Files, root: str) -> Iterator[str]:
    """The Dockerfiles that a compose file at the service or above may name."""
    for path in (p for p in files if _COMPOSE.search(p) and below(root, posixpath.dirname(p))):
        places = [b".", *_CONTEXT.findall(files[path])]
        for name in _BUILT.findall(files[path]):
            for place in places:
                parts = (part.decode("utf-8", "replace") for part in (place, name))
                yield posixpath.normpath(posixpath.join(posixpath.dirname(path), *parts))


def _promises(files: Files, root: str) -> Iterator[Floor]:
    """The metadata at the service's top."""
    for name in sorted(_PUBLISHED):
        path = posixpath.join(root, name)
        if path in files and name == "pyproject.toml":
            yield from _pyproject(files, path)
        elif path in files:
            yield from _specified(files, path, _INI if name == "setup.cfg" else _SETUP)


def _matches(files: Files, path: str, pattern: re.Pattern[str]) -> Iterator[Floor]:
    text = decode(files[path])
    for match in pattern.finditer(text.words if text else ""):
        yield _short(match[1]), path, line_of(match.string, match.start(1))


def _specified(files: Files, path: str, pattern: re.Pattern[str]) -> Iterator[Floor]:
    text = decode(files[path])
    for match in pattern.finditer(text.words if text else ""):
        lowest = _lowest(match[1].strip())
        if lowest:
            yield lowest, path, line_of(match.string, match.start(1))


def _pyproject(files: Files, path: str) -> Iterator[Floor]:
    text = decode(files[path])
    try:
        found = literals(text.words) if text else ()
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    for literal in found:
        if literal.path in _TOML and text:
            lowest = _lowest(literal.value)
            if lowest:
                yield lowest, path, line_of(text.words, literal.raw[0])


def _lowest(constraint: str) -> str | None:
    """The smallest version that a constraint's lower bounds name."""
    lows = []
    for one in admitted(constraint, Dialect.POETRY) or ():
        bounds = [
            Version(s.version.removesuffix(".*")) for s in one if s.operator in {">=", ">", "==", "~=", "==="}
        ]
        lows += [max(bounds)] if bounds else []
    return _short(str(min(lows))) if lows else None


def _version_files(files: Files, root: str) -> Iterator[Floor]:
    """``runtime.txt`` at the service, and the nearest ``.python-version``, there or above."""
    runtime = posixpath.join(root, "runtime.txt")
    if runtime in files:
        yield from _matches(files, runtime, _NUMBER)
    folder = root
    while True:
        path = posixpath.join(folder, ".python-version")
        if path in files:
            yield from list(_matches(files, path, _NUMBER))[:1]
            return
        if not folder:
            return
        folder = posixpath.dirname(folder)


def _workflows(files: Files, root: str) -> Iterator[Floor]:
    """What CI tests on: all of it for a whole repository, for a part of one only when all workflows agree."""
    found: list[Floor] = []
    for path in sorted(p for p in files if below(p, ".github/workflows") and p.endswith((".yml", ".yaml"))):
        text = decode(files[path]) if _TESTING.search(files[path]) else None
        for match in _ACTION.finditer(text.words if text else ""):
            versions = [v for v in _QUOTED.finditer(match[1]) if _is_python(v[1])]
            found += [(v[1], path, line_of(match.string, match.start(1) + v.start())) for v in versions]
    if not root or len({v for v, _, _ in found}) == 1:
        yield from found


def _is_python(version: str) -> bool:
    return Version("2.6") <= Version(version) < Version("4")


def _short(version: str) -> str:
    """``3.11`` of ``3.11.4``: floors are told by series."""
    try:
        release = Version(version).release
    except InvalidVersion:
        return version
    return ".".join(str(n) for n in (*release, 0)[:2])
