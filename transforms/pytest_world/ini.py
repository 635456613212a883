"""The ini dialect that pytest reads (that of ``iniconfig``), with line numbers, and edits that keep every byte.

``configparser`` reads another dialect: it interpolates, lower-cases keys, and knows no line numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``key = value``, with the 1-based first and last line that it takes."""

    section: str
    key: str
    value: str
    line: int
    last: int


@dataclass(frozen=True, slots=True)
class Ini:
    """Sections in file order (name -> line of the header) and their entries."""

    sections: dict[str, int]
    entries: tuple[Entry, ...]

    def section(self, name: str) -> dict[str, Entry]:
        """The entries of one section by key."""
        return {e.key: e for e in self.entries if e.section == name}


def parse(text: str) -> Ini:
    """Read ``text``; lines that no reader would accept are passed over, since pytest itself will complain."""
    sections: dict[str, int] = {}
    entries: list[Entry] = []
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        if line[0] == "[" and (name := _header(line)) is not None:
            section = name
            sections.setdefault(name, number)
        elif line[0].isspace():
            _continue(entries, section, stripped, number)
        elif (pair := _pair(line)) is not None:
            entries.append(Entry(section, pair[0], pair[1], number, number))
    return Ini(sections, tuple(entries))


def _header(line: str) -> str | None:
    bare = line.split("#")[0].split(";")[0].rstrip()
    return bare[1:-1] if bare.endswith("]") else None


def _pair(line: str) -> tuple[str, str] | None:
    key, equals, value = line.partition("=")
    if not equals or ":" in key:
        key, equals, value = line.partition(":")
    return (key.strip(), value.strip()) if equals else None


def _continue(entries: list[Entry], section: str, value: str, line: int) -> None:
    if entries and entries[-1].section == section:
        last = entries[-1]
        entries[-1] = Entry(section, last.key, f"{last.value}\n{value}", last.line, line)


def put(text: str, section: str, values: dict[str, str]) -> str:
    """Set ``values`` in ``section``: in place where the key exists, else behind the section's last entry.

    ``text`` is empty or ends with a line break.
    """
    for key, value in values.items():
        text = _put(text, section, key, value)
    return text


def _put(text: str, section: str, key: str, value: str) -> str:
    ini, lines = parse(text), text.splitlines(keepends=True)
    newline = "\r\n" if "\r\n" in text else "\n"
    here = ini.section(section)
    if key in here:
        old = here[key]
        lines[old.line - 1 : old.last] = [_respell(lines[old.line - 1], value, newline)]
        return "".join(lines)
    new = f"{key} = {value}{newline}"
    if section not in ini.sections:
        gap = [newline] if lines else []
        return "".join([*lines, *gap, f"[{section}]{newline}", new])
    at = max((e.last for e in here.values()), default=ini.sections[section])
    return "".join([*lines[:at], new, *lines[at:]])


def _respell(line: str, value: str, newline: str) -> str:
    """The line with another value, its key and the blanks around ``=`` as they were."""
    head = line[: len(line) - len(line.lstrip())] + "".join(takewhile(lambda c: c not in "=:", line.lstrip()))
    rest = line[len(head) :].rstrip("\r\n")
    blanks = "".join(takewhile(str.isspace, rest[1:])) if rest[1:].strip() else " "
    return f"{head}{rest[:1]}{blanks}{value}{newline}"


def drop(text: str, section: str, key: str) -> str:
    """Remove a key with all its lines."""
    entry = parse(text).section(section).get(key)
    if entry is None:
        return text
    lines = text.splitlines(keepends=True)
    return "".join(lines[: entry.line - 1] + lines[entry.last :])
