"""The lowest Python that a service runs on, and where that is said: image, metadata, version file or CI."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator, Sequence

from packaging.version import InvalidVersion, Version

from transforms.manifests.constraint import admitted
from transforms.manifests.spot import Dialect
from transforms.manifests.text import decode, line_of
from transforms.manifests.toml import literals
from transforms.manifests.tree import below, is_dockerfile, owned
from transforms.model import Files

_IMAGE = re.compile(r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(?:[\w.:-]+/)*python:v?(\d+\.\d+(?:\.\d+)?)", re.I | re.M)
_NUMBER = re.compile(r"^[ \t]*(?:python-)?(\d+\.\d+(?:\.\d+)?)", re.M)
_INI = re.compile(r"^[ \t]*python_requires\s*=\s*(.+)$", re.M)
_SETUP = re.compile(r"\bpython_requires\s*=\s*[\"']([^\"']+)[\"']")
_ACTION = re.compile(r"^[ \t-]*python-version\s*:\s*(.+(?:\n[ \t]+-[^\n]+)*)", re.M)
_QUOTED = re.compile(r"(?<![\d.])(\d+\.\d+)(?:\.\d+|\.x)?(?![\d.])")
_TOML = (("project", "requires-python"), ("tool", "poetry", "dependencies", "python"))

Floor = tuple[str, str, int]
"""Version, file, line."""


def python_floor(files: Files, root: str, exclude: Sequence[str] = ()) -> tuple[str, str] | None:
    """The lowest Python version and its ``file:line``, or None where nothing says one."""
    found = [*_own(files, root, exclude), *_version_file(files, root), *_workflows(files, root)]
    if not found:
        return None
    version, path, line = min(found, key=lambda f: Version(f[0]))
    return version, f"{path}:{line}"


def _own(files: Files, root: str, exclude: Sequence[str]) -> Iterator[Floor]:
    """What the service's own files say: images anywhere below it, metadata at its top."""
    for path in owned(files, root, exclude):
        name = posixpath.basename(path)
        top = posixpath.dirname(path) == root
        if is_dockerfile(path):
            yield from _matches(files, path, _IMAGE)
        elif top and name == "pyproject.toml":
            yield from _pyproject(files, path)
        elif top and name in {"setup.cfg", "setup.py"}:
            yield from _specified(files, path, _INI if name == "setup.cfg" else _SETUP)
        elif top and name == "runtime.txt":
            yield from _matches(files, path, _NUMBER)


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


def _version_file(files: Files, root: str) -> Iterator[Floor]:
    """The nearest ``.python-version``, at the service or above it."""
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
    """What CI sets up: all of it for a whole repository, for a part of one only when all workflows agree."""
    found: list[Floor] = []
    for path in sorted(p for p in files if below(p, ".github/workflows") and p.endswith((".yml", ".yaml"))):
        text = decode(files[path])
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
