"""How deep a Python file nests, counted without parsing it.

A parser walks down by recursion, and LibCST's ends the whole process where the stack ends. So what no person
writes is turned away before: a hostile file must not stop the others.
"""

from __future__ import annotations

import re

DEEPEST = 200
"""Brackets inside brackets. CPython itself reads no more."""
LONGEST = 3_000
"""Operators in one expression, or `elif`s."""

_TOKEN = re.compile(
    rb'''#[^\n]*|"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^'\\]|\\.|'(?!''))*\'\'\'|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*\''''
    rb"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>[,;])|(?P<line>\n)|(?P<branch>\belif\b)"
    rb"|(?P<operator>[-+*/%@&|^~<>=.:]|\b(?:and|or|not|if|else|lambda|await|in|is|yield)\b)",
    re.S,
)


def is_too_deep(source: bytes) -> bool:
    """Whether a parser could run out of stack over this."""
    counts = [0]
    branches = 0
    for token in _TOKEN.finditer(source):
        kind = token.lastgroup
        if kind == "open":
            counts[-1] += 1
            counts.append(0)
        elif kind == "close":
            counts[1:] = counts[1:-1]
        elif kind == "end" or (kind == "line" and len(counts) == 1):
            counts[-1] = 0
        elif kind == "branch":
            branches += 1
        elif kind == "operator":
            counts[-1] += 1
        if len(counts) > DEEPEST or counts[-1] > LONGEST or branches > LONGEST:
            return True
    return False
