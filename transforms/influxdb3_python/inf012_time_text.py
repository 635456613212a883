"""`Point.time` takes a text only in ISO form; any form that dateutil reads was taken before.

https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md
"""

from __future__ import annotations

from datetime import datetime

import libcst as cst

from transforms.definitions import assigned
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag, argument, string_value
from transforms.rule import Example, Probe, Rule, Verdicts

_CHAINED = frozenset({"tag", "field", "time"})


def find(page: Page) -> Verdicts:
    """Literal times of points that are not ISO."""
    for call in page.all(cst.Call):
        match call.func:
            case cst.Attribute(value=inner, attr=cst.Name(value="time")) if _is_point(page, inner):
                told = argument(call, "time", 0)
                text = string_value(told.value) if told is not None else None
                if told is not None and text is not None and not _is_iso(text):
                    yield Flag(told, "not an ISO time: refused on Python 3.11 and later; pass a datetime")


def _is_point(page: Page, node: cst.BaseExpression) -> bool:
    """A point, or one with things added to it."""
    match node:
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value=name))) if name in _CHAINED:
            return _is_point(page, inner)
        case cst.Call(func=func):
            name = page.resolve(func) or ""
            return name.startswith("influxdb_client_3.") and name.rpartition(".")[2] == "Point"
        case cst.Name() if (value := assigned(page, node)) is not None and isinstance(value[1], cst.Call):
            return _is_point(*value)
    return False


def _is_iso(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


_BEFORE = """\
from influxdb_client_3 import Point

point = Point("home").field("temp", 21.5).time("Jan 2 2024")
print(point.to_line_protocol())
"""

_LEFT = """\
from influxdb_client_3 import Point


def points(when, clock):
    clock.time("Jan 2 2024")
    point = Point("home").tag("room", "a")
    point.time(when)
    point.time("2024-01-02T10:00:00Z")
    return Point("home").field("time", "Jan 2 2024").time(1_704_153_600)
"""

RULE = Rule(
    id="INF012",
    title="`Point.time` takes ISO texts only",
    library="influxdb3-python",
    link="https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md",
    was='`Point(...).time("Jan 2 2024")` is read by dateutil.',
    now="`ValueError: Invalid isoformat string: 'Jan 2 2024'` on Python 3.11 and later.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b".time(",),
    apply=find,
    examples=(
        Example(
            title="A time in words",
            before=_BEFORE,
            flags=((3, Level.BREAKS),),
            probe=Probe(old="home temp=21.5 1704153600000000000", broken="Invalid isoformat string"),
        ),
        Example(title="ISO texts, numbers, values, another object", before=_LEFT),
    ),
)
