"""Internal packages: one service's manifest requires what another service releases, by name, path or git. Pure.

Only manifests are read, as data, and a name counts only when exactly one service of the fleet declares it: a word
that several of them use (``app``) says nothing.
"""

from __future__ import annotations

import configparser
import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from bot.model import Edge, Service
from bot.places import REQUIREMENTS, aside, owner
from transforms.manifests import find_pins
from transforms.model import Files, Upgrade

FOLDER = re.compile(r"(?:.*/)?requirements/[^/]+\.(?:txt|in)")
SECTION = re.compile(r"\s*\[+\s*(?P<name>[^\]]+)")
SOURCES = re.compile(r"(?:tool\.(?:poetry|uv|pdm)\b.*|project\b.*|dependency-groups|(?:dev-)?packages)")
PATH = re.compile(r"""(?:^|[\s"'@=])(?:file:)?(?P<path>\.{1,2}/[^\s"'#;,]*)""")
GIT = re.compile(r"""(?:git\+|\bgit\s*=\s*["'])(?P<address>[^\s"',;]+)""")
FOLDER_IN = re.compile(r"subdirectory\W+([^\s\"'&,;}]+)")
NAMED = re.compile(rb"""\bname\s*=\s*["']([A-Za-z0-9][\w.-]*)["']""")
LARGEST, LONGEST = 512 * 1024, 4096


def edges(trees: Mapping[str, Files], services: Sequence[Service]) -> Iterator[Edge]:
    """Requirements of one service on another, each with file and line."""
    released = _released(trees, services)
    for repo, files in sorted(trees.items()):
        for service, own in _manifests(files, [s for s in services if s.repo == repo]):
            for path, line, on in (*_named(own, service, released), *_placed(own, service, services)):
                if on != service.name:
                    yield Edge(service.name, on, f"{path}:{line}")


def _manifests(files: Files, services: Sequence[Service]) -> Iterator[tuple[Service, dict[str, bytes]]]:
    """Each service's own requirement files; those of its tests' data and examples are not its own."""
    found: dict[str, dict[str, bytes]] = {s.path: {} for s in services}
    for path in sorted(files):
        folder, name = posixpath.split(path)
        if not (REQUIREMENTS.fullmatch(name) or FOLDER.fullmatch(path)):
            continue
        place = owner(path, found)
        if place is not None and not aside(folder[len(place) :].lstrip("/")) and len(files[path]) <= LARGEST:
            found[place][path] = files[path]
    yield from ((s, found[s.path]) for s in services)


def _released(trees: Mapping[str, Files], services: Sequence[Service]) -> dict[str, str]:
    """Distribution name → the one service that declares it."""
    declared: dict[str, set[str]] = {}
    for service in services:
        for name in _names(trees[service.repo], service.path):
            declared.setdefault(str(canonicalize_name(name)), set()).add(service.name)
    return {name: min(owners) for name, owners in declared.items() if len(owners) == 1}


def _names(files: Files, folder: str) -> Iterator[str]:
    """What pyproject.toml, setup.cfg and setup.py of a folder call what they build. Nothing is executed."""
    found: list[object] = []
    if raw := _small(files, posixpath.join(folder, "pyproject.toml")):
        try:
            data = tomllib.loads(raw.decode("utf-8-sig"))
            found += [_inside(data, "project", "name"), _inside(data, "tool", "poetry", "name")]
        except (ValueError, RecursionError):
            pass  # said where pins are read
    if raw := _small(files, posixpath.join(folder, "setup.cfg")):
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read_string(raw.decode("utf-8-sig"))
            found.append(parser.get("metadata", "name", fallback=None))
        except (ValueError, configparser.Error):
            pass
    if match := NAMED.search(_small(files, posixpath.join(folder, "setup.py"))):
        found.append(match[1].decode())
    yield from (name for name in found if isinstance(name, str) and name)


def _small(files: Files, path: str) -> bytes:
    raw = files.get(path, b"")
    return raw if len(raw) <= LARGEST else b""


def _inside(data: object, *keys: str) -> object:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _named(files: Files, service: Service, released: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """Requirements by name, read by whatever reads the pins of target libraries."""
    others = {name: on for name, on in released.items() if on != service.name}
    text = b"\n".join(files.values()).lower().replace(b"_", b"-").replace(b".", b"-")
    wanted = [_as_library(name) for name in others if name.encode() in text]
    if wanted:
        pins, _ = find_pins(files, service.path, wanted)
        yield from ((pin.file, pin.line, others[pin.library]) for pin in pins)


def _as_library(name: str) -> Upgrade:
    return Upgrade(name, (name,), name, "0", SpecifierSet(), "3", (), "low", "0")


def _placed(files: Files, service: Service, services: Sequence[Service]) -> Iterator[tuple[str, int, str]]:
    """Requirements by path and by git repository."""
    for path, raw in files.items():
        for number, line in _lines(path, raw):
            for match in PATH.finditer(line):
                folder = posixpath.normpath(posixpath.join(posixpath.dirname(path), match["path"]))
                yield from ((path, number, s.name) for s in services if (s.repo, s.path) == (service.repo, folder))
            for repo, folder in _repositories(line):
                yield from ((path, number, s.name) for s in services if _is(s, repo, folder))


def _repositories(line: str) -> Iterator[tuple[str, str]]:
    """``owner/name`` of every git address in the line, and the folder of it that is meant."""
    inside = FOLDER_IN.search(line)
    for match in GIT.finditer(line):
        address = match["address"].partition("#")[0]
        _, _, place = address.partition("://")
        _, *parts = re.split("[/:]", place or address, maxsplit=1)  # the host, with whoever logs in there
        *_, holder, name = ["", "", *"".join(parts).partition("@")[0].strip("/").split("/")]
        yield f"{holder}/{name.removesuffix('.git')}", inside[1].strip("/") if inside else ""


def _is(service: Service, repo: str, folder: str) -> bool:
    """Its repository, which a local checkout knows by its short name alone, and its folder."""
    named = repo if "/" in service.repo else repo.rpartition("/")[2]
    return bool(named) and (service.repo, service.path) == (named, folder)


def _lines(path: str, raw: bytes) -> Iterator[tuple[int, str]]:
    """Lines that can hold a requirement, without comments; of TOML only the tables that list packages."""
    tables = path.endswith(".toml") or posixpath.basename(path) == "Pipfile"
    relevant = not tables
    for number, line in enumerate(raw.decode("utf-8", "replace").splitlines(), 1):
        if tables and (section := SECTION.match(line)) and "=" not in line and '"' not in line:
            relevant = bool(SOURCES.match(section["name"].strip()))
        if relevant and len(line) <= LONGEST and not line.lstrip().startswith("#"):
            yield number, line.partition(" #")[0]
