"""GitHub's filter patterns for ``branches:`` and ``paths:``, matched in linear time whatever the pattern says.

``*`` stops at a slash, ``**`` does not, ``**/`` may be nothing, ``?`` and ``+`` repeat the character before
them, ``[a-z]`` is one of a set, and a later ``!pattern`` takes out what an earlier one let in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class _Token:
    """One place in a pattern. ``skips`` are the places ahead that are reached without reading a character."""

    accepts: Callable[[str], bool]
    loops: bool = False
    skips: tuple[int, ...] = ()


_ANY = _Token(lambda _: True, loops=True, skips=(1,))
_NAME = _Token(lambda char: char != "/", loops=True, skips=(1,))
_GATE = _Token(lambda _: False, skips=(1, 3))
"""Stands before ``**/``, which is either a whole path with its slash or nothing at all."""


def admits(patterns: Sequence[str], name: str) -> bool:
    """Whether the list lets this name in: the last pattern that matches decides."""
    admitted = False
    for pattern in patterns:
        negative = pattern.startswith("!")
        if matches(pattern[1:] if negative else pattern, name):
            admitted = not negative
    return admitted


def matches(pattern: str, name: str) -> bool:
    """Whether the whole name matches one pattern."""
    tokens = _tokens(pattern)
    states = _reach(tokens, {0})
    for char in name:
        ahead: set[int] = set()
        for state in states:
            if state < len(tokens) and tokens[state].accepts(char):
                ahead.add(state + 1)
                if tokens[state].loops:
                    ahead.add(state)
        states = _reach(tokens, ahead)
    return len(tokens) in states


def _reach(tokens: Sequence[_Token], states: Iterable[int]) -> set[int]:
    """The states and every state that can be reached from them without reading."""
    reached: set[int] = set()
    pending = list(states)
    while pending:
        state = pending.pop()
        if state not in reached:
            reached.add(state)
            if state < len(tokens):
                pending += [state + skip for skip in tokens[state].skips]
    return reached


@lru_cache(maxsize=1024)
def _tokens(pattern: str) -> tuple[_Token, ...]:
    tokens: list[_Token] = []
    at = 0
    while at < len(pattern):
        at += _read(pattern, at, tokens)
    return tuple(tokens)


def _read(pattern: str, at: int, tokens: list[_Token]) -> int:
    """Append what stands at ``at``; return how many characters of the pattern that was."""
    rest = pattern[at:]
    if rest.startswith("**/") and (at == 0 or pattern[at - 1] == "/"):
        tokens += [_GATE, _ANY, _literal("/")]
        return 3
    if rest.startswith("**"):
        tokens.append(_ANY)
        return 2
    if rest[0] == "*":
        tokens.append(_NAME)
        return 1
    if rest[0] in "?+" and tokens:
        tokens[-1] = replace(tokens[-1], skips=(1,)) if rest[0] == "?" else replace(tokens[-1], loops=True)
        return 1
    if rest[0] == "[" and "]" in rest:
        end = rest.index("]")
        tokens.append(_Token(frozenset(_members(rest[1:end])).__contains__))
        return end + 1
    escaped = rest[0] == "\\" and len(rest) > 1
    tokens.append(_literal(rest[1] if escaped else rest[0]))
    return 2 if escaped else 1


def _literal(char: str) -> _Token:
    return _Token(char.__eq__)


def _members(body: str) -> Iterable[str]:
    at = 0
    while at < len(body):
        if body[at + 1 : at + 2] == "-" and at + 2 < len(body):
            yield from map(chr, range(ord(body[at]), ord(body[at + 2]) + 1))
            at += 3
        else:
            yield body[at]
            at += 1
