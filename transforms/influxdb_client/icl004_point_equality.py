"""Points of the 3.x client are equal only to themselves.

https://github.com/InfluxCommunity/influxdb3-python#readme
"""

from __future__ import annotations

from transforms.influxdb_client.points import compared
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts


def find(page: Page) -> Verdicts:
    """Comparisons with a point that are not rewritten with the client."""
    return (verdict for verdict in compared(page) if isinstance(verdict, Flag))


_BEFORE = """\
try:
    from influxdb_client import Point
except ImportError:
    from influxdb_client_3 import Point

last = Point("home").field("temp", 21.5)


def is_new(point):
    return point != last


print("new:", is_new(Point("home").field("temp", 21.5)))
"""

_LEFT = """\
from influxdb_client import Point

last = Point("home").field("temp", 21.5)


def is_new(point):
    return last is not None and point.to_line_protocol() != last.to_line_protocol()
"""

RULE = Rule(
    id="ICL004",
    title="Points compared with `==`",
    library="influxdb-client",
    link="https://github.com/InfluxCommunity/influxdb3-python#readme",
    was="`Point`s of the same content are equal.",
    now="A `Point` is equal only to itself; `to_line_protocol()` can be compared.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    needles=(b"influxdb_client",),
    apply=find,
    examples=(
        Example(
            title="A point compared with one that came from elsewhere",
            before=_BEFORE,
            flags=((10, Level.CHANGES_SILENTLY),),
            probe=Probe(old="new: False", broken="new: True"),
        ),
        Example(title="Lines compared, identity asked", before=_LEFT),
    ),
)
