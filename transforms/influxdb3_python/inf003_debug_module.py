"""The module `influxdb_client_3.debug` with its tracing middleware is gone.

https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag, dotted_text
from transforms.rule import Example, Probe, Rule, Verdicts

_OLD = "influxdb_client_3.debug"
_MESSAGE = "`influxdb_client_3.debug` is gone without a successor; pass your own Flight middleware"


def find(page: Page) -> Verdicts:
    """Imports of the module."""
    for node in page.all(cst.ImportFrom):
        module = None if node.relative else dotted_text(node.module)
        names = [] if isinstance(node.names, cst.ImportStar) else [dotted_text(a.name) for a in node.names]
        if module == _OLD or (module == "influxdb_client_3" and "debug" in names):
            yield Flag(node, _MESSAGE)
    for plain in page.all(cst.Import):
        if any(dotted_text(alias.name) == _OLD for alias in plain.names):
            yield Flag(plain, _MESSAGE)


_USED = """\
import influxdb_client_3.debug
from influxdb_client_3 import InfluxDBClient3, debug
from influxdb_client_3.debug import TracingClientMiddleWareFactory

print("tracing")
"""

_LEFT = """\
from influxdb_client_3 import InfluxDBClient3


def open(url):
    return InfluxDBClient3(host=url, database="home", debug=True)
"""

RULE = Rule(
    id="INF003",
    title="`influxdb_client_3.debug` is gone",
    library="influxdb3-python",
    link="https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md",
    was="The module holds a Flight middleware that prints headers.",
    now="`ModuleNotFoundError: No module named 'influxdb_client_3.debug'`.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"debug",),
    apply=find,
    examples=(
        Example(
            title="The module or something in it is imported",
            before=_USED,
            flags=((1, Level.BREAKS), (2, Level.BREAKS), (3, Level.BREAKS)),
            probe=Probe(old="tracing", broken="No module named 'influxdb_client_3.debug'"),
        ),
        Example(title="The client's own switch of that name", before=_LEFT),
    ),
)
