"""``[tool.uv]``: what of it decides a lock, as plain data; what does not, left out; anything else is not ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from packaging.specifiers import SpecifierSet

from transforms.manifests.plain import Table, Unsafe, marker, named, names, requirements, strings, table

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?")
_OPTIONS = {
    "resolution": frozenset({"highest", "lowest", "lowest-direct"}),
    "prerelease": frozenset({"disallow", "allow", "if-necessary", "explicit", "if-necessary-or-explicit"}),
    "fork-strategy": frozenset({"fewest", "requires-python"}),
}
_HARMLESS = frozenset(
    (
        *("build-backend", "cache-keys", "check-url", "compile-bytecode", "concurrent-builds", "default-groups"),
        *("concurrent-downloads", "concurrent-installs", "link-mode", "pip", "preview", "publish-url"),
        *("python-downloads", "python-preference"),
    )
)
"""What says how to install, build or publish."""


@dataclass(frozen=True, slots=True)
class Uv:
    """What uv is told. ``options`` are words of its command line."""

    tables: dict[str, object] = field(default_factory=dict, hash=False)
    options: tuple[str, ...] = ()
    package: bool | None = None
    required: str = ""
    """The versions of uv that the project admits."""

    @property
    def is_dated(self) -> bool:
        """The project itself says up to when releases count."""
        return "--exclude-newer" in self.options


def uv_table(data: Table, packages: frozenset[str], members: tuple[str, ...] = ()) -> Uv:
    """The table of one project. ``packages``: names of the workspace's own; ``members``: their folders. Unsafe."""
    found = table(table(data, "tool"), "uv")
    said: dict[str, object] = {}
    options: list[str] = []
    for key, value in found.items():
        if key in _KEPT:
            said[key] = _KEPT[key](value)
        elif key == "sources":
            said[key] = _sources(value, packages)
        elif key in _OPTIONS and value in _OPTIONS[key]:
            options += [f"--{key}", value]
        elif key == "exclude-newer" and isinstance(value, str) and _MOMENT.fullmatch(value):
            options += ["--exclude-newer", value]
        elif key not in _HARMLESS | {"workspace", "package", "required-version", "managed"}:
            raise Unsafe(key)
    if found.get("managed", True) is not True or not isinstance(found.get("package", True), bool):
        raise Unsafe("managed")
    if members:
        said["workspace"] = {"members": list(members)}
    return Uv(said, tuple(options), found.get("package"), _required(found.get("required-version", "")))


def _required(found: object) -> str:
    said = strings([found])[0]
    said = f"=={said}" if said[:1].isdigit() else said
    SpecifierSet(said)
    return said


def _sources(found: object, packages: frozenset[str]) -> dict[str, object]:
    if not isinstance(found, dict):
        raise Unsafe("sources")
    for name, source in found.items():
        if source != {"workspace": True} or named(name) not in packages:
            raise Unsafe(name)
    return {named(name): {"workspace": True} for name in found}


def _markers(found: object) -> list[str]:
    return [marker(m) for m in strings([found] if isinstance(found, str) else found)]


def _conflicts(found: object) -> list[list[dict[str, str]]]:
    if not isinstance(found, list):
        raise Unsafe("conflicts")
    return [[_conflict(item) for item in group] for group in found]


def _conflict(found: Any) -> dict[str, str]:
    if not isinstance(found, dict) or not found.keys() <= {"package", "extra", "group"}:
        raise Unsafe("conflicts")
    return {key: named(value) for key, value in found.items()}


_KEPT: dict[str, Callable[[object], object]] = {
    "build-constraint-dependencies": requirements,
    "conflicts": _conflicts,
    "constraint-dependencies": requirements,
    "dev-dependencies": requirements,
    "environments": _markers,
    "exclude-dependencies": names,
    "override-dependencies": requirements,
    "required-environments": _markers,
}
