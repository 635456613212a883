"""A uv project written again from its data, so that its lock can be made anew where nothing of it can act.

Only what decides a lock is taken over, each word parsed and written by us: requirements, markers, versions. A
project that asks for anything else (another index, a path, an address, metadata that only a build tells) is not
written at all: then a person runs the command.
"""

from __future__ import annotations

import posixpath
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import chain

from packaging.version import Version

from transforms.manifests.plain import (
    Table,
    Unsafe,
    marker,
    named,
    names,
    requirements,
    specifier,
    strings,
    table,
    toml,
    version,
)
from transforms.manifests.uvtable import Uv, uv_table
from transforms.model import Files

_LARGEST = 5 * 1024 * 1024
_LARGEST_PYPROJECT = 1024 * 1024
_BUILT = frozenset({"dependencies", "optional-dependencies", "requires-python", "name"})
"""What decides a lock and is not known without a build when it is dynamic."""
_NO_VERSION = "0"
_ODD = (Unsafe, AttributeError, LookupError, TypeError, ValueError, RecursionError)
"""What data of any other shape comes to."""


@dataclass(frozen=True, slots=True)
class Project:
    """What ``uv lock`` gets to see. ``files``: path → text, the lock among them; ``members``: its own packages."""

    files: tuple[tuple[str, str], ...]
    members: tuple[tuple[str, str], ...]
    """Folder and name of each."""
    unversioned: tuple[str, ...]
    """Members whose version only a build tells: a lock leaves it out."""
    index: str
    uv: Uv
    python: str
    """The specifier of the Pythons for which it is locked."""
    locked: tuple[tuple[str, str], ...]
    newest: datetime | None
    """When the newest of the locked files was published, as far as the lock says."""


def project(files: Files, path: str, index: str) -> Project | None:
    """The project of the ``uv.lock`` at ``path``, or None where its lock is not ours to make."""
    try:
        return _project(files, path, index)
    except _ODD:
        return None


def _project(files: Files, path: str, index: str) -> Project:
    lock = _data(files, path, _LARGEST)
    members = dict(_members(lock, index))
    root = posixpath.dirname(path)
    sources = {folder: _data(files, _pyproject(root, folder), _LARGEST_PYPROJECT) for folder in {"", *members}}
    uv = uv_table(sources[""], frozenset(members.values()), members=tuple(sorted(m for m in members if m)))
    _check_globs(files, root, sources[""], set(members))
    texts = [(_pyproject("", folder), _written(data, folder, uv, members)) for folder, data in sources.items()]
    python = specifier(lock["requires-python"])
    seed = "".join(chain(_seed(lock, python), *(_seeded(p, index) for p in _packages(lock) if _is_released(p))))
    return Project(
        files=(*sorted(texts), ("uv.lock", seed)),
        members=tuple(sorted(members.items())),
        unversioned=tuple(sorted(_unversioned(lock, sources, members))),
        index=index,
        uv=uv,
        python=python,
        locked=locked(lock),
        newest=max(_published(lock), default=None),
    )


def locked(lock: Table) -> tuple[tuple[str, str], ...]:
    """Name and version of every released package of a lock."""
    return tuple(sorted((named(p["name"]), version(p["version"])) for p in _packages(lock) if _is_released(p)))


def parsed(text: str, index: str, members: tuple[tuple[str, str], ...]) -> Table | None:
    """A lock as data, if every package of it is from that index or is one of these members."""
    try:
        lock = tomllib.loads(text)
        return lock if dict(_members(lock, index)) == dict(members) else None
    except _ODD:
        return None


def _data(files: Files, path: str, largest: int) -> Table:
    content = files[path]
    if len(content) > largest:
        raise Unsafe(path)
    return tomllib.loads(content.decode("utf-8"))


def _pyproject(root: str, folder: str) -> str:
    return posixpath.join(root, folder, "pyproject.toml")


def _packages(lock: Table) -> Sequence[Table]:
    found = lock["package"]
    if lock["version"] != 1 or not isinstance(found, list):
        raise Unsafe("lock")
    return found


def _is_released(package: Table) -> bool:
    return "registry" in package["source"]


def _members(lock: Table, index: str) -> Iterator[tuple[str, str]]:
    """Folder and name of the project's own packages. Unsafe when another comes from elsewhere than the index."""
    for package in _packages(lock):
        [(kind, place)] = package["source"].items()
        if kind in {"editable", "virtual"}:
            folder = "" if place == "." else place
            if folder and (folder != posixpath.normpath(folder) or folder.startswith(("/", "../", ".."))):
                raise Unsafe(folder)
            yield strings([folder])[0], named(package["name"])
        elif (kind, place) != ("registry", index):
            raise Unsafe(kind)


def _check_globs(files: Files, root: str, data: Table, members: set[str]) -> None:
    """The lock knows every member that the workspace has today."""
    found = table(table(table(data, "tool"), "uv"), "workspace")
    wanted, left = strings(found.get("members", [])), strings(found.get("exclude", []))
    there = {
        posixpath.relpath(posixpath.dirname(path) or ".", root or ".")
        for path in files
        if posixpath.basename(path) == "pyproject.toml" and (not root or path.startswith(f"{root}/"))
    } - {"."}
    matching = {f for f in there if _matches(f, wanted) and not _matches(f, left)}
    if matching != members - {""}:
        raise Unsafe("workspace")


def _matches(folder: str, globs: Sequence[str]) -> bool:
    parts = folder.split("/")
    for glob in globs:
        wanted = posixpath.normpath(glob).split("/")
        if "**" in wanted:
            raise Unsafe(glob)
        if len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted)):
            return True
    return False


def _unversioned(lock: Table, sources: Mapping[str, Table], members: Mapping[str, str]) -> Iterator[str]:
    """Members without a version of their own, if the lock has left it out as uv does."""
    for package in _packages(lock):
        if not _is_released(package):
            place = package["source"].get("editable") or package["source"].get("virtual")
            dynamic = "version" in table(sources["" if place == "." else place], "project").get("dynamic", ())
            if dynamic is ("version" in package):
                raise Unsafe("version")
            if dynamic:
                yield named(package["name"])


# ── what is written ──────────────────────────────────────────────────────────────────────────────────────────


def _written(data: Table, folder: str, uv: Uv, members: Mapping[str, str]) -> str:
    """One ``pyproject.toml``: the project, its groups, and in the root what uv is told."""
    own = table(data, "project")
    if set(own.get("dynamic", ())) & _BUILT or (folder in members and named(own["name"]) != members[folder]):
        raise Unsafe("project")
    said: dict[str, object] = {}
    if own:
        said["project"] = {
            "name": named(own["name"]),
            "version": version(own["version"]) if "version" in own else _NO_VERSION,
            **({"requires-python": specifier(own["requires-python"])} if "requires-python" in own else {}),
            "dependencies": requirements(own.get("dependencies", [])),
            "optional-dependencies": {
                names([extra])[0]: requirements(found)
                for extra, found in table(own, "optional-dependencies").items()
            },
        }
    said["dependency-groups"] = {
        names([g])[0]: _group(found) for g, found in table(data, "dependency-groups").items()
    }
    told = uv if not folder else uv_table(data, frozenset(members.values()))
    is_package = told.package if told.package is not None else "build-system" in data or None
    said["tool"] = {"uv": told.tables if is_package is None else {**told.tables, "package": is_package}}
    return toml(said)


def _group(found: object) -> list[object]:
    if not isinstance(found, list):
        raise Unsafe("group")
    return [
        {"include-group": names([x["include-group"]])[0]}
        if isinstance(x, dict) and len(x) == 1
        else requirements([x])[0]
        for x in found
    ]


def _seed(lock: Table, python: str) -> Iterator[str]:
    """The head of the lock from which versions are taken over."""
    yield toml({"version": 1, "requires-python": python, **_forks(lock)})


def _seeded(package: Table, index: str) -> Iterator[str]:
    said = {"name": named(package["name"]), "version": version(package["version"]), "source": {"registry": index}}
    yield toml({"package": [{**said, **_forks(package)}]})


def _forks(data: Table) -> dict[str, object]:
    found = [marker(m) for m in strings(data.get("resolution-markers", []))]
    return {"resolution-markers": found} if found else {}


def _published(lock: Table) -> Iterator[datetime]:
    for package in _packages(lock):
        for file in (*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])):
            if "upload-time" in file:
                yield datetime.fromisoformat(str(file["upload-time"]))


def went_back(project: Project, lock: Table) -> bool:
    """Whether something is older in this lock than before: a person should see why."""
    before, after = _highest(project.locked), _highest(locked(lock))
    return any(after.get(name, number) < number for name, number in before.items())


def _highest(found: Sequence[tuple[str, str]]) -> dict[str, Version]:
    best: dict[str, Version] = {}
    for name, number in found:
        best[name] = max(best.get(name, Version(number)), Version(number))
    return best
