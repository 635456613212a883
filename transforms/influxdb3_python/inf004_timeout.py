"""A client takes `write_timeout` and `query_timeout` (milliseconds) instead of `timeout`.

https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md
"""

from __future__ import annotations

import libcst as cst

from transforms.influxdb3_python.clients import constructions
from transforms.influxdb3_python.layout import after, named
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Edit, Flag, Rewrite, rename_argument
from transforms.rule import Example, Probe, Rule, Verdicts

_NOTE = "`timeout=` became `write_timeout=` and `query_timeout=`: queries now end after it too, they had no limit"


def find(page: Page) -> Verdicts:
    """``InfluxDBClient3(..., timeout=...)``."""
    for call in constructions(page):
        named = {arg.keyword.value: arg for arg in call.args if arg.keyword is not None}
        arg = named.get("timeout")
        if arg is None:
            continue
        if named.keys() & {"write_timeout", "query_timeout"} or not repeatable(arg.value):
            yield Flag(arg, "`timeout=` is refused; say `write_timeout=` and `query_timeout=` in milliseconds")
        else:
            yield Rewrite(arg, _NOTE, _edits(call, arg), level=Level.CHANGES_SILENTLY)


def _edits(call: cst.Call, arg: cst.Arg) -> tuple[Edit, ...]:
    return rename_argument(arg, "write_timeout"), after(call, arg, named("query_timeout", arg.value))


def repeatable(value: cst.BaseExpression) -> bool:
    """Whether an expression may be said twice and means one number: no call, no pair."""
    match value:
        case cst.Name() | cst.Integer() | cst.Float():
            return True
        case cst.Attribute(value=inner):
            return repeatable(inner)
        case cst.BinaryOperation(left=left, right=right):
            return repeatable(left) and repeatable(right)
    return False


_BEFORE = """\
from influxdb_client_3 import InfluxDBClient3


def open(url):
    return InfluxDBClient3(host=url, database="home", timeout=5_000)
"""

_LINES = """\
import influxdb_client_3 as influx

LIMIT = 10


def open(url):
    return influx.InfluxDBClient3(
        host=url,
        timeout=LIMIT * 1000,  # milliseconds
        database="home",
    )
"""

_FLAGGED = """\
from influxdb_client_3 import InfluxDBClient3


def open(url, limit):
    InfluxDBClient3(host=url, timeout=(1_000, 5_000))
    return InfluxDBClient3(
        host=url,
        timeout=limit(),
    )
"""

_LEFT = """\
from influxdb_client import InfluxDBClient
from influxdb_client_3 import InfluxDBClient3

old = InfluxDBClient("http://old", "token", timeout=5)


def open(url, **rest):
    client = InfluxDBClient3(host=url, write_timeout=5, **rest)
    return client.query("SELECT 1", timeout=5)
"""

_OPEN = '\n\nopen("http://127.0.0.1:9")\nprint("opened")\n'
_PROBE = Probe(
    script=_OPEN,
    old="opened",
    broken="got multiple values for keyword argument 'timeout'",
    works="opened",
)

RULE = Rule(
    id="INF004",
    title="`timeout=` became `write_timeout=` and `query_timeout=`",
    library="influxdb3-python",
    link="https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md",
    was="`InfluxDBClient3(..., timeout=5000)` limits writes to five seconds; queries have no limit.",
    now=(
        "`TypeError: … got multiple values for keyword argument 'timeout'`. Without any, a query ends after 300 "
        "seconds; `query(timeout=...)` counts in seconds, `query_timeout=` in milliseconds."
    ),
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"timeout",),
    apply=find,
    examples=(
        Example(
            title="A number",
            before=_BEFORE,
            after=_BEFORE.replace("timeout=5_000", "write_timeout=5_000, query_timeout=5_000"),
            notes=(5,),
            probe=_PROBE,
        ),
        Example(
            title="An expression among lines",
            before=_LINES,
            after=_LINES.replace(
                "timeout=LIMIT * 1000,  #",
                "write_timeout=LIMIT * 1000,\n        query_timeout=LIMIT * 1000,  #",
            ),
            notes=(9,),
            probe=_PROBE,
        ),
        Example(
            title="A pair, or something that cannot be said twice",
            before=_FLAGGED,
            flags=((5, Level.BREAKS), (8, Level.BREAKS)),
        ),
        Example(title="The limits of a query, of writes, and another client", before=_LEFT),
    ),
)
