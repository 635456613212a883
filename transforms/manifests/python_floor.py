"""The lowest Python that a service runs on, and where that is said: image, metadata, version file or CI.

What runs (its image, its version file, the versions that CI tests) and what is promised (``requires-python``) are
kept apart: a promise binds an upgrade only where something holds the pin to it, see ``python_floor``.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator, Sequence

from packaging.version import Version

from transforms.manifests.constraint import admitted
from transforms.manifests.locks import NAMES as LOCKS
from transforms.manifests.locks import is_lock
from transforms.manifests.pythons import Floor, in_test_environments, running, series
from transforms.manifests.spot import Dialect
from transforms.manifests.text import decode, line_of
from transforms.manifests.toml import literals
from transforms.model import Files, Pin

_INI = re.compile(r"^[ \t]*python_requires\s*=\s*(.+)$", re.M)
_SETUP = re.compile(r"\bpython_requires\s*=\s*[\"']([^\"']+)[\"']")
_PUBLISHED = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})
_TOML = (("project", "requires-python"), ("tool", "poetry", "dependencies", "python"))


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
    """What is said of the Pythons on which the service really runs, else on which tox and nox test it.

    Test environments grow stale: those below what the metadata promises count for nothing.
    """
    found = list(running(files, root, exclude, places))
    if found:
        return found
    promised = max((Version(v) for place in places for v, _, _ in _promises(files, place)), default=Version("0"))
    return [f for f in in_test_environments(files, root) if Version(f[0]) >= promised]


def _is_bound(files: Files, pins: Sequence[Pin], tool: bool) -> bool:
    written = [p for p in pins if not is_lock(p.file)]
    if not tool and any(posixpath.basename(p.file) in _PUBLISHED for p in written):
        return True
    return any(_is_resolved(files, p.file) for p in written if p.file.endswith("pyproject.toml"))


def _is_resolved(files: Files, path: str) -> bool:
    """Whether a tool looks for versions that run on every Python which a ``pyproject.toml`` promises."""
    folder = posixpath.dirname(path)
    return b"[tool.poetry" in files[path] or any(posixpath.join(folder, lock) in files for lock in LOCKS)


def _promises(files: Files, root: str) -> Iterator[Floor]:
    """The metadata at the service's top."""
    for name in sorted(_PUBLISHED):
        path = posixpath.join(root, name)
        if path in files and name == "pyproject.toml":
            yield from _pyproject(files, path)
        elif path in files:
            yield from _specified(files, path, _INI if name == "setup.cfg" else _SETUP)


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
    return series(str(min(lows))) if lows else None
