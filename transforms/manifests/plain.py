"""Data from a repository as plain words: parsed and written again, so that nothing else gets through."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

Table = Mapping[str, Any]
"""A TOML table as ``tomllib`` gives it."""


class Unsafe(Exception):
    """This is not plain data, or nothing that we know to be harmless."""


def table(data: Table, key: str) -> Table:
    """The table at this key, empty where there is none."""
    found = data.get(key, {})
    if not isinstance(found, dict):
        raise Unsafe(key)
    return found


def strings(found: object) -> list[str]:
    """A list of printable strings."""
    if not isinstance(found, list) or not all(isinstance(s, str) and s.isprintable() for s in found):
        raise Unsafe("strings")
    return found


def requirements(found: object) -> list[str]:
    """Requirements of released packages, written again. Raises ValueError for what is none."""
    parsed = [Requirement(line) for line in strings(found)]
    if any(r.url is not None for r in parsed):
        raise Unsafe("address")
    return [str(r) for r in parsed]


def names(found: object) -> list[str]:
    """Names of packages, extras or groups. Raises ValueError for anything else."""
    return [str(canonicalize_name(name, validate=True)) for name in strings(found)]


def named(found: object) -> str:
    """One name, normalised."""
    return names([found])[0]


def version(found: object) -> str:
    """A version, written again."""
    return str(Version(strings([found])[0]))


def specifier(found: object) -> str:
    """A version specifier, as written; each part of it is one."""
    said = strings([found])[0]
    SpecifierSet(said)
    return said


def marker(found: object) -> str:
    """An environment marker, written again."""
    return str(Marker(strings([found])[0]))


def toml(data: Table) -> str:
    """A document of strings, numbers, truths, lists and tables."""
    return "".join(_lines(data, ()))


def _lines(data: Table, path: tuple[str, ...]) -> Iterator[str]:
    tables = {k: v for k, v in data.items() if isinstance(v, dict)}
    many = {k: v for k, v in data.items() if _is_many(v) and not path}
    if path:
        yield f"[{'.'.join(map(_word, path))}]\n"
    yield from (f"{_word(k)} = {_value(v)}\n" for k, v in data.items() if k not in tables and k not in many)
    for key, found in tables.items():
        yield from _lines(found, (*path, key))
    for key, found in many.items():
        for item in found:
            yield f"[[{_word(key)}]]\n"
            yield from (f"{_word(k)} = {_value(v)}\n" for k, v in item.items())


def _is_many(found: object) -> bool:
    return isinstance(found, list) and bool(found) and all(isinstance(x, dict) for x in found)


def _value(found: object) -> str:
    if isinstance(found, dict):
        return f"{{ {', '.join(f'{_word(k)} = {_value(v)}' for k, v in found.items())} }}"
    if isinstance(found, list):
        return f"[{', '.join(map(_value, found))}]"
    if isinstance(found, str):
        return _word(found)
    if isinstance(found, bool | int):
        return json.dumps(found)
    raise Unsafe(type(found).__name__)


def _word(said: str) -> str:
    if not said.isprintable():
        raise Unsafe("unprintable")
    return json.dumps(said, ensure_ascii=False)
