"""Where a line of one version of a file stands in another version of it."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache

_Span = tuple[str, int, int, int, int]


def carried(old: bytes, new: bytes, line: int) -> int | None:
    """The 1-based line of ``new`` that ``line`` of ``old`` became; None when it was taken out."""
    if old == new:
        return line
    at = line - 1
    for tag, i1, i2, j1, j2 in _spans(old, new):
        if i1 <= at < i2:
            if tag == "delete":
                return None
            return min(j1 + at - i1, j2 - 1) + 1
    return None


def nearest(old: bytes, new: bytes, line: int) -> int:
    """Like ``carried``; a line that is not in ``new`` is told by the place where it would stand."""
    if (found := carried(old, new, line)) is not None:
        return found
    starts = [j1 for _, i1, i2, j1, _ in _spans(old, new) if i1 <= line - 1 < i2]
    return starts[0] + 1 if starts else 1


@lru_cache(maxsize=64)
def _spans(old: bytes, new: bytes) -> tuple[_Span, ...]:
    a, b = old.splitlines(keepends=True), new.splitlines(keepends=True)
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    middle = SequenceMatcher(None, a[head : len(a) - tail], b[head : len(b) - tail], autojunk=False)
    spans: list[_Span] = [("equal", 0, head, 0, head)]
    spans += [(tag, i1 + head, i2 + head, j1 + head, j2 + head) for tag, i1, i2, j1, j2 in middle.get_opcodes()]
    return (*spans, ("equal", len(a) - tail, len(a), len(b) - tail, len(b)))
