"""Where each string of a TOML document stands, so that one can be replaced without reflowing the rest.

``tomllib`` decides whether the document is valid; this scanner only finds the places. Both views are compared in
the tests: same paths, same values.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.manifests.text import Span, line_of

_NOT_UTF8 = re.compile(r"[\udc80-\udcff]")
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_DOTS = 2_000
"""Dots in one line. The time that tomllib takes over a dotted key grows with the square of its parts."""
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\[\s\S])*?"{3,5}|\'\'\'[\s\S]*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'',
)
_SCALAR = re.compile(r"[^,\]\}\n#]+")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """One string value. ``keys`` holds the span of each path part (None for array indexes), inside its quotes."""

    path: Path
    value: str
    span: Span
    """Inside the quotes."""
    raw: Span
    """With the quotes."""
    keys: tuple[Span | None, ...]
    plain: bool
    """What stands between the quotes is the value itself, without escapes."""


def literals(words: str) -> tuple[Literal, ...]:
    """Every string value in document order. Raises ``tomllib.TOMLDecodeError`` for what is not TOML."""
    if any(line.count(".") > _DOTS for line in words.splitlines()):
        raise tomllib.TOMLDecodeError(f"a line with more than {_DOTS} dots")
    alien = _NOT_UTF8.search(words)
    if alien:
        raise tomllib.TOMLDecodeError(f"not UTF-8 (at line {line_of(words, alien.start())}, column 1)")
    tomllib.loads(words.replace("\r\n", "\n"))
    return tuple(_Scanner(words).document())


class _Scanner:
    """A cursor over a document that is known to be valid."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.at = 0
        self.arrays: Counter[Path] = Counter()

    def document(self) -> Iterator[Literal]:
        table: Path = ()
        spans: tuple[Span | None, ...] = ()
        self._space()
        while self.at < len(self.words):
            if self._sees("["):
                table, spans = self._header()
            else:
                yield from self._pair(table, spans)
            self._space()

    def _header(self) -> tuple[Path, tuple[Span | None, ...]]:
        double = self._sees("[[")
        self.at += 2 if double else 1
        self._blanks()
        names, spans = self._key()
        self._blanks()
        self.at += 2 if double else 1
        path, keys = self._indexed(names[:-1], spans[:-1])
        path, keys = (*path, names[-1]), (*keys, spans[-1])
        if double:
            self.arrays[path] += 1
        if self.arrays[path]:
            path, keys = (*path, self.arrays[path] - 1), (*keys, None)
        return path, keys

    def _indexed(self, names: tuple[str, ...], spans: tuple[Span, ...]) -> tuple[Path, tuple[Span | None, ...]]:
        path: Path = ()
        keys: tuple[Span | None, ...] = ()
        for name, span in zip(names, spans, strict=True):
            path, keys = (*path, name), (*keys, span)
            if self.arrays[path]:
                path, keys = (*path, self.arrays[path] - 1), (*keys, None)
        return path, keys

    def _pair(self, table: Path, spans: tuple[Span | None, ...]) -> Iterator[Literal]:
        names, keys = self._key()
        self._blanks()
        self.at += 1  # the equals sign
        self._blanks()
        yield from self._value((*table, *names), (*spans, *keys))

    def _value(self, path: Path, keys: tuple[Span | None, ...]) -> Iterator[Literal]:
        if self._sees("["):
            yield from self._array(path, keys)
        elif self._sees("{"):
            yield from self._inline(path, keys)
        elif self._sees('"') or self._sees("'"):
            value, span, raw = self._string()
            yield Literal(path, value, span, raw, keys, plain=self.words[slice(*span)] == value)
        else:
            match = _SCALAR.match(self.words, self.at)
            self.at = match.end() if match else self.at + 1

    def _array(self, path: Path, keys: tuple[Span | None, ...]) -> Iterator[Literal]:
        self.at += 1
        self._space()
        index = 0
        while not self._sees("]"):
            yield from self._value((*path, index), (*keys, None))
            self._separator()
            index += 1
        self.at += 1

    def _inline(self, path: Path, keys: tuple[Span | None, ...]) -> Iterator[Literal]:
        self.at += 1
        self._space()
        while not self._sees("}"):
            yield from self._pair(path, keys)
            self._separator()
        self.at += 1

    def _separator(self) -> None:
        self._space()
        if self._sees(","):
            self.at += 1
            self._space()

    def _key(self) -> tuple[tuple[str, ...], tuple[Span, ...]]:
        names: list[str] = []
        spans: list[Span] = []
        while True:
            bare = _BARE.match(self.words, self.at)
            if bare:
                name, span, self.at = bare[0], bare.span(), bare.end()
            else:
                name, span, _ = self._string()
            names.append(name)
            spans.append(span)
            dot = _DOT.match(self.words, self.at)
            if dot is None:
                return tuple(names), tuple(spans)
            self.at = dot.end()

    def _string(self) -> tuple[str, Span, Span]:
        match = _STRING.match(self.words, self.at)
        if match is None:  # cannot be: the document is valid
            raise tomllib.TOMLDecodeError(f"no string at offset {self.at}")
        raw, self.at = match[0], match.end()
        quotes = 3 if raw[:3] in {'"""', "'''"} else 1
        value = str(tomllib.loads(f"x = {raw}".replace("\r\n", "\n"))["x"])
        return value, (match.start() + quotes, match.end() - quotes), match.span()

    def _sees(self, mark: str) -> bool:
        return self.words.startswith(mark, self.at)

    def _space(self) -> None:
        match = _SPACE.match(self.words, self.at)
        self.at = match.end() if match else self.at

    def _blanks(self) -> None:
        while self.at < len(self.words) and self.words[self.at] in " \t":
            self.at += 1
