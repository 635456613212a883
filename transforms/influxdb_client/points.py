"""Comparisons of points: by value in the 2.x client, by identity in the 3.x client."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from transforms.influxdb_client.names import SUCCESSORS, method
from transforms.objects import Kind, made
from transforms.page import Page
from transforms.rewrites import Edit, Flag, Rewrite

_POINTS = frozenset(old for old, new in SUCCESSORS.items() if new.endswith(".Point"))
_CHAINED = frozenset({"tag", "field", "time"})
_MESSAGE = "points are compared by identity now: compare what `to_line_protocol()` gives"


def _makes(page: Page, call: cst.Call) -> bool:
    """``Point(...)``, ``Point.measurement(...)``, or one of these with things added to it."""
    name = page.resolve(call.func) or ""
    if name in _POINTS or name.rpartition(".")[0] in _POINTS:
        return True
    return method(call) in _CHAINED and isinstance(call.func, cst.Attribute) and is_point(page, call.func.value)


_POINT = Kind(_makes, _POINTS)


def is_point(page: Page, node: cst.BaseExpression) -> bool:
    """Whether an expression certainly is a point of the 2.x client."""
    return made(page, node, _POINT) is not None


def compared(page: Page) -> Iterator[Rewrite | Flag]:
    """Points that are compared: rewritten in an ``assert`` of two, told anywhere else."""
    for node in page.all(cst.Comparison):
        sides = [node.left, *(target.comparator for target in node.comparisons)]
        equal = all(isinstance(t.operator, (cst.Equal, cst.NotEqual)) for t in node.comparisons)
        certain = [is_point(page, side) for side in sides]
        if equal and any(certain):
            if all(certain) and isinstance(page.parent(node), cst.Assert):
                edits = tuple(Edit(side, _as_line) for side in sides)
                yield Rewrite(node, _MESSAGE, edits, file=page.path)
            else:
                yield Flag(node, _MESSAGE, file=page.path)


def _as_line(now: cst.BaseExpression) -> cst.Call:
    return cst.Call(func=cst.Attribute(value=now, attr=cst.Name("to_line_protocol")))
