"""`query(mode="polars")` returns a polars frame now, or fails without polars; it returned a pyarrow table.

https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md
"""

from __future__ import annotations

from transforms.influxdb3_python.clients import method_calls
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag, argument, string_value
from transforms.rule import Example, Probe, Rule, Verdicts


def find(page: Page) -> Verdicts:
    """Queries in that mode."""
    for call, _ in method_calls(page, "query"):
        mode = argument(call, "mode", 2)
        if mode is not None and string_value(mode.value) == "polars":
            yield Flag(mode, 'mode "polars" gave a pyarrow table; now it gives a polars frame and needs polars')


_BEFORE = """\
from influxdb_client_3 import InfluxDBClient3

client = InfluxDBClient3(host="https://127.0.0.1:9", token="t", database="home")
try:
    client.query("SELECT 1", mode="polars")
except ImportError as error:
    print(error)
except Exception:
    print("asked the server")
"""

_LEFT = """\
from influxdb_client_3 import InfluxDBClient3


def rows(client: InfluxDBClient3, engine):
    engine.query("SELECT 1", mode="polars")
    return client.query("SELECT 1", mode="pandas"), client.query("SELECT 1", "sql", "all")
"""

RULE = Rule(
    id="INF011",
    title='`mode="polars"` is no longer ignored',
    library="influxdb3-python",
    link="https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md",
    was="The mode is not known: a pyarrow table comes back.",
    now="A polars frame comes back, or `ImportError: Polars is not installed`.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    needles=(b"polars",),
    apply=find,
    examples=(
        Example(
            title="A query in that mode",
            before=_BEFORE,
            flags=((5, Level.CHANGES_SILENTLY),),
            probe=Probe(old="asked the server", broken="Polars is not installed"),
        ),
        Example(title="Other modes, another object", before=_LEFT),
    ),
)
