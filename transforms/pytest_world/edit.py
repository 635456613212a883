"""Sets and drops keys in the file that configures pytest, and touches no byte elsewhere."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping

from transforms.pytest_world import ini
from transforms.pytest_world.config import Configuration, decoded

_BOM = b"\xef\xbb\xbf"
TextEdit = Callable[[bytes], bytes]


def putting(configuration: Configuration, values: Mapping[str, str]) -> TextEdit:
    """An edit that sets keys of a configuration; the section is made where it is missing."""

    def to(text: str) -> str:
        if configuration.path.endswith(".toml"):
            return _put_toml(text, configuration, values)
        return ini.put(text, configuration.section, dict(values))

    return whole_lines(to)


def whole_lines(edit: Callable[[str], str]) -> TextEdit:
    """An edit of text as one of bytes: a byte order mark and a missing last line break stay as they are."""

    def to(content: bytes) -> bytes:
        text = decoded(content)
        if text is None:
            return content
        open_end = bool(text) and not text.endswith("\n")
        newline = "\r\n" if "\r\n" in text else "\n"
        new = edit(text + newline if open_end else text)
        mark = _BOM if content.startswith(_BOM) else b""
        return mark + (new.removesuffix(newline) if open_end else new).encode()

    return to


def _put_toml(text: str, configuration: Configuration, values: Mapping[str, str]) -> str:
    """``text`` with the keys set; unchanged where that cannot be done without reflowing the document."""
    for key, value in values.items():
        spelled = value if value in ("true", "false") else json.dumps(value)
        new = _put_toml_key(text, configuration.section, key, spelled)
        text = new if _says(new, configuration.section, key, value) else text
    return text


def _put_toml_key(text: str, section: str, key: str, spelled: str) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    start = _header(lines, section)
    if start is None:
        gap = newline if text.strip() else ""
        return f"{text}{gap}[{section}]{newline}{key} = {spelled}{newline}"
    stop = _end(lines, start)
    for at in range(start + 1, stop):
        if re.match(rf"[ \t]*{re.escape(key)}[ \t]*=", lines[at]):
            head, _, rest = lines[at].partition("=")
            comment = re.search(r"[ \t]*(#[^\"']*)?(\r?\n)?$", rest)
            lines[at] = f"{head}= {spelled}{comment.group(0) if comment else newline}"
            return "".join(lines)
    while stop > start + 1 and (not lines[stop - 1].strip() or lines[stop - 1].lstrip().startswith("#")):
        stop -= 1
    return "".join([*lines[:stop], f"{key} = {spelled}{newline}", *lines[stop:]])


def _header(lines: list[str], section: str) -> int | None:
    wanted = re.compile(r"[ \t]*\[[ \t]*" + r"[ \t]*\.[ \t]*".join(section.split(".")) + r"[ \t]*\][ \t]*(#.*)?$")
    return next((i for i, line in enumerate(lines) if wanted.match(line.rstrip("\r\n"))), None)


def _end(lines: list[str], start: int) -> int:
    """The line after the table's last: the next header that is not inside a list or a long string."""
    for at in range(start + 1, len(lines)):
        if lines[at].lstrip().startswith("[") and _is_toml("".join(lines[:at])):
            return at
    return len(lines)


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _says(text: str, section: str, key: str, value: str) -> bool:
    """Whether the edited document is valid and has the key: the edit is by text, the check is not."""
    try:
        table: object = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    for part in section.split("."):
        table = table.get(part, {}) if isinstance(table, dict) else {}
    found = table.get(key) if isinstance(table, dict) else None
    return found == value or (isinstance(found, bool) and str(found).lower() == value)


def can_put(configuration: Configuration, content: bytes, values: Mapping[str, str]) -> bool:
    """Whether ``putting`` would succeed on this content."""
    text = decoded(content)
    if text is None:
        return False
    if not configuration.path.endswith(".toml"):
        return True
    new = _put_toml(text + "\n", configuration, values)
    return all(_says(new, configuration.section, k, v) for k, v in values.items())


# ── words of addopts ─────────────────────────────────────────────────────────────────────────────────────────


def dropping_words(configuration: Configuration, key: str, words: frozenset[str]) -> TextEdit:
    """An edit that takes words out of ``addopts``; lines and the key itself go when nothing is left of them."""
    edit = _drop_toml_words if configuration.path.endswith(".toml") else _drop_ini_words
    return whole_lines(lambda text: edit(text, configuration, key, words))


def _drop_ini_words(text: str, configuration: Configuration, key: str, words: frozenset[str]) -> str:
    entry = ini.parse(text).section(configuration.section).get(key)
    if entry is None:
        return text
    if not set(entry.value.split()) - words:
        return ini.drop(text, configuration.section, key)
    lines = text.splitlines(keepends=True)
    kept = [_without(line, words) for line in lines[entry.line - 1 : entry.last]]
    return "".join([*lines[: entry.line - 1], *(k for k in kept if k is not None), *lines[entry.last :]])


def _without(line: str, words: frozenset[str]) -> str | None:
    """The line without the words; None when it held nothing else. A comment stays as it is."""
    head, value, end = _split(line)
    new = value
    for word in words:
        new = re.sub(rf"(?:^|\s+){re.escape(word)}(?=\s|$)", "", new).lstrip()
    if new == value:
        return line
    if not new:
        return head.rstrip() + end if head.strip() else None
    return head + new + end


def _split(line: str) -> tuple[str, str, str]:
    """``key = ``, the value, the line's end; a continuation has only its indentation before the value."""
    found = re.match(r"([^\s#;=:][^=:]*[=:][ \t]*|[ \t]*)(.*?)([ \t]*\r?\n?)$", line)
    if found is None or line.lstrip().startswith(("#", ";")):
        return line, "", ""
    return found.group(1), found.group(2), found.group(3)


def _drop_toml_words(text: str, configuration: Configuration, key: str, words: frozenset[str]) -> str:
    lines = text.splitlines(keepends=True)
    start = _header(lines, configuration.section)
    if start is None:
        return text
    stop = _end(lines, start)
    before, table, after = "".join(lines[:start]), "".join(lines[start:stop]), "".join(lines[stop:])
    found = re.search(rf"(?m)^[ \t]*{re.escape(key)}[ \t]*=[ \t]*", table)
    if found is None:
        return text
    close = _value_end(table, found.end())
    value = table[found.end() : close]
    new = _drop_in_list(value, words) if value.startswith("[") else _drop_in_string(value, words)
    if re.fullmatch(r"\[\s*\]|(['\"]{1,3})\s*\1", new):
        rest = table[close:].partition("\n")[2]
        return before + table[: found.start()] + rest + after
    return before + table[: found.end()] + new + table[close:] + after


def _value_end(table: str, start: int) -> int:
    """Where the value that begins at ``start`` ends: the shortest text that is a valid value."""
    for end in range(start + 1, len(table) + 1):
        if table[end : end + 1] in ("", "\r", "\n", " ", "\t", "#") and _is_toml(f"a = {table[start:end]}"):
            return end
    return len(table)


def _drop_in_list(value: str, words: frozenset[str]) -> str:
    for word in words:
        item = rf"(['\"]){re.escape(word)}\1"
        value = re.sub(rf"\r?\n[ \t]*{item}[ \t]*,?[ \t]*(?=\r?\n)", "", value)
        value = re.sub(rf"{item}[ \t]*,[ \t]*", "", value)
        value = re.sub(rf",?[ \t]*{item}", "", value)
    return value


def _drop_in_string(value: str, words: frozenset[str]) -> str:
    for word in words:
        value = re.sub(rf"\r?\n[ \t]*{re.escape(word)}[ \t]*(?=\r?\n)", "", value)
        value = re.sub(rf"(?<=['\"]){re.escape(word)}(?:[ \t]+|(?=['\"\r\n]))", "", value)
        value = re.sub(rf"[ \t]+{re.escape(word)}(?=[\s'\"])", "", value)
    return value


# ── lines of filterwarnings ──────────────────────────────────────────────────────────────────────────────────


def dropping_lines(configuration: Configuration, key: str, word: str) -> TextEdit:
    """An edit that takes every entry with the word out of a key that has one entry a line."""

    def to(text: str) -> str:
        lines = text.splitlines(keepends=True)
        first, last = _extent(text, configuration, key)
        kept = [line for at, line in enumerate(lines, 1) if not (first < at <= last and word in line)]
        new = "".join(kept)
        return new if not configuration.path.endswith(".toml") or _is_toml(new) else text

    return whole_lines(to)


def _extent(text: str, configuration: Configuration, key: str) -> tuple[int, int]:
    """The first and last line of a key, 1-based; nothing where it is not found."""
    if not configuration.path.endswith(".toml"):
        entry = ini.parse(text).section(configuration.section).get(key)
        return (entry.line, entry.last) if entry else (0, 0)
    lines = text.splitlines(keepends=True)
    start = _header(lines, configuration.section)
    first = configuration.options[key].line
    if start is None or not start < first <= len(lines):
        return 0, 0
    last = next((n for n in range(first, len(lines) + 1) if _is_toml("".join(lines[first - 1 : n]))), first)
    return first, last
