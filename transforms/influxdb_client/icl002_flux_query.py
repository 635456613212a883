"""InfluxDB 3 has no Flux: a query is asked in SQL, and its result has another shape.

https://github.com/InfluxCommunity/influxdb3-python#readme
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from transforms.definitions import assigned
from transforms.influxdb_client.flux import suggest
from transforms.influxdb_client.names import method
from transforms.influxdb_client.whole import whole
from transforms.model import Level, Proof
from transforms.objects import Kind, made
from transforms.page import Page
from transforms.rewrites import Flag, argument, string_value
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_ASKER = Kind(lambda _, call: method(call) == "query_api", frozenset({"influxdb_client.QueryApi"}))
_ASKING = frozenset({"query", "query_data_frame", "query_stream", "query_raw", "query_csv"})
_SHAPE = "rows are wide (`table.to_pylist()`, one column for each field), `time` is naive UTC"
_UNKNOWN = f"InfluxDB 3 has no Flux: ask in SQL with `client.query(sql)`; {_SHAPE}"


def survey(tree: Tree) -> Verdicts:
    """Every ``query_api`` and what is asked with it, with the SQL where the text is plain."""
    asked = tree.once(whole).queries
    yield from (Flag(flag.at, _UNKNOWN, file=flag.file) for flag in asked)
    for path in dict.fromkeys(flag.file for flag in asked):
        page = tree.page(path)
        if page is not None:
            yield from _questions(page, {f.at for f in asked if f.file == path})


def _questions(page: Page, told: set[cst.CSTNode | int]) -> Iterator[Flag]:
    lines = {page.line(node) for node in told if isinstance(node, cst.CSTNode)}
    for call in page.all(cst.Call):
        match call.func:
            case cst.Attribute(value=api, attr=cst.Name(value=name)) if name in _ASKING:
                if made(page, api, _ASKER) is not None:
                    message = _suggested(page, call)
                    if page.line(call) not in lines or message != _UNKNOWN:
                        yield Flag(call, message, file=page.path)


def _suggested(page: Page, call: cst.Call) -> str:
    text = argument(call, "query", 0)
    if text is None:
        return _UNKNOWN
    value = assigned(page, text.value) or (page, text.value)
    found = suggest(string_value(value[1]) or "")
    if found is None:
        return _UNKNOWN
    notes = "".join(f"; {note}" for note in found.notes)
    return f'in SQL: `{found.sql}` with `database="{found.database}"`{notes}; {_SHAPE}'


_BEFORE = '''\
from influxdb_client import InfluxDBClient

FLUX = """
from(bucket: "home")
  |> range(start: -1h)
  |> filter(fn: (r) => r._measurement == "home" and r._field == "temp")
  |> last()
"""

client = InfluxDBClient(url="http://127.0.0.1:9", token="t", org="o")
api = client.query_api()


def temp():
    for table in api.query(FLUX):
        for record in table.records:
            return record.get_value()


def all(text):
    return client.query_api().query_data_frame(text)


print("asked", api is not None)
'''

_LEFT = """\
from influxdb_client import InfluxDBClient, Point

client = InfluxDBClient(url="http://127.0.0.1:9", token="t", org="o")


def rows(database):
    return database.query("from(bucket: 1)")
"""

RULE = Rule(
    id="ICL002",
    title="Queries in Flux",
    library="influxdb-client",
    link="https://github.com/InfluxCommunity/influxdb3-python#readme",
    was="`client.query_api().query(flux)` gives tables of records, one for each series and field.",
    now=(
        "There is no `query_api`: `client.query(sql)` gives one pyarrow table with wide rows and naive times, "
        "from a server that serves Arrow Flight, which InfluxDB 2 does not."
    ),
    proof=Proof.RAN,
    level=Level.BREAKS,
    survey=survey,
    examples=(
        Example(
            title="A plain question, one that is not known",
            before=_BEFORE,
            flags=((11, Level.BREAKS), (15, Level.BREAKS), (21, Level.BREAKS)),
            probe=Probe(old="asked True", broken="No module named 'influxdb_client'"),
        ),
        Example(title="A client that asks nothing, somebody else's question", before=_LEFT),
    ),
)
