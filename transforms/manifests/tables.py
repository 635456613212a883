"""Dependencies written as TOML tables, as Poetry, Pipenv and pixi do: a name and a constraint, or fields."""

from __future__ import annotations

import re
from collections.abc import Iterable

from transforms.manifests.constraint import admitted
from transforms.manifests.spot import Dialect, Reading, Spot, merged
from transforms.manifests.text import line_of, whole_line
from transforms.manifests.toml import Literal
from transforms.model import Problem

ESCAPED = "written with escapes"
_ADDRESSES = {"git", "url", "path", "file"}


def broken(path: str, error: Exception) -> Reading:
    """A TOML file that does not parse, with the line that tomllib names."""
    at = re.search(r"at line (\d+)", str(error))
    line = int(at[1]) if at else None
    return Reading(problems=(Problem(path, line, f"not valid TOML: {error}; mend it and run again"),), partial=True)


def tables(path: str, words: str, found: Iterable[Literal], homes: tuple[tuple[str, ...], ...]) -> Reading:
    """Dependencies written as tables: ``name = "^8.2"``, ``name = {version = …}``, ``[….name]``, lists of these."""
    groups: dict[tuple[str | int, ...], list[Literal]] = {}
    for literal in found:
        home = next((h for h in homes if matches(literal.path[: len(h)], h)), None)
        if home and len(literal.path) > len(home):
            depth = len(home) + 1
            several = len(literal.path) > depth and isinstance(literal.path[depth], int)
            groups.setdefault(literal.path[: depth + several], []).append(literal)
    return merged(_dependency(path, words, where, parts) for where, parts in groups.items())


def _dependency(path: str, words: str, where: tuple[str | int, ...], parts: list[Literal]) -> Reading:
    depth = len(where) - isinstance(where[-1], int)
    name, key = str(where[depth - 1]), parts[0].keys[depth - 1]
    fields = {str(p.path[len(where)]) if len(p.path) > len(where) else "version": p for p in parts}
    address = next((fields[k].value for k in _ADDRESSES if k in fields), "")
    source = fields.get("version", parts[0])
    if name == "python" or key is None or ("version" not in fields and not address):
        return Reading()
    version = "" if address else source.value
    at = source.raw if not address else (source.raw[1], source.raw[1])
    spot = Spot(
        file=path,
        line=line_of(words, source.raw[0]),
        span=source.raw,
        text=f'{name} = "{version}"' if not address else f"{name} @ {address}",
        name=name,
        name_at=key,
        constraint=version,
        constraint_at=source.span if not address else at,
        extras=tuple(sorted(p.value for p in parts if "extras" in p.path[len(where) :])),
        extras_at=(key[1], key[1]),
        dialect=Dialect.POETRY,
        marker=_marker(fields),
        address=address,
        scope=f"{path}:{'.'.join(str(p) for p in where[: depth - 1])}",
        drop=whole_line(words, (key[0], source.raw[1])) if len(source.path) == depth else None,
        skip=None if source.plain else ESCAPED,
    )
    return Reading((spot,), partial=bool(address))


def _marker(fields: dict[str, Literal]) -> str:
    """Poetry's ``python`` and ``markers`` keys as one PEP 508 marker."""
    sets = admitted(fields["python"].value, Dialect.POETRY) if "python" in fields else None
    said = [f'python_version {s.operator} "{s.version}"' for one in (sets or ())[:1] for s in one]
    return " and ".join([*said, *([f"({fields['markers'].value})"] if "markers" in fields else [])])


def matches(path: tuple[str | int, ...], home: tuple[str, ...]) -> bool:
    return len(path) == len(home) and all(
        isinstance(part, int) if want == "#" else want in {"*", part} for part, want in zip(path, home, strict=True)
    )
