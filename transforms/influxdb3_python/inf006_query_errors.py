"""A failing query raises `InfluxDB3ClientQueryError`, which no `except` for pyarrow's errors catches.

https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from transforms.definitions import definition
from transforms.influxdb3_python.clients import client
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.references import Reference, refer
from transforms.rewrites import Edit, Flag, Rewrite
from transforms.rule import Example, Probe, Rule, Verdicts

_ERROR = "influxdb_client_3.exceptions.InfluxDB3ClientQueryError"
_NOTE = "a failed query raises `InfluxDB3ClientQueryError`: also caught here; pyarrow's error is its `__context__`"
_MESSAGE = (
    "a failed query raises `InfluxDB3ClientQueryError`, which this does not catch; "
    "pyarrow's error is its `__context__`, so that is where kinds can be told apart"
)
_BROAD = frozenset({"ArrowException", "ArrowInvalid", "FlightError"})
_COVERED = frozenset({"Exception", "BaseException", "InfluxDB3ClientQueryError", "InfluxDB3ClientError"})


def find(page: Page) -> Verdicts:
    """``try`` statements around a query whose handlers name pyarrow's errors."""
    for attempt in page.all(cst.Try):
        mine = [h for h in attempt.handlers if _arrows(page, h)]
        if not mine or _is_covered(page, attempt, mine[0]) or not queries(page, attempt.body):
            continue
        name = refer(page, mine[0], _ERROR)
        if name is None or len(mine) > 1 or not _BROAD & set(_arrows(page, mine[0])):
            yield from (Flag(handler, _MESSAGE) for handler in mine)
        else:
            edit = _edit(mine[0], name)
            yield Rewrite(mine[0], _NOTE, (edit,), name.imports, level=Level.CHANGES_SILENTLY)


def _caught(handler: cst.ExceptHandler) -> list[cst.BaseExpression]:
    match handler.type:
        case cst.Tuple(elements=elements):
            return [e.value for e in elements]
        case None:
            return []
    return [handler.type]


def _arrows(page: Page, handler: cst.ExceptHandler) -> list[str]:
    names = (page.resolve(node) or "" for node in _caught(handler))
    return [name.rpartition(".")[2] for name in names if name.startswith("pyarrow.")]


def _is_covered(page: Page, attempt: cst.Try, mine: cst.ExceptHandler) -> bool:
    """Whether the new error is caught by this handler or before it is reached."""
    until = attempt.handlers[: list(attempt.handlers).index(mine) + 1]
    caught = [node for handler in until for node in _caught(handler)]
    return any(_short(page, node) in _COVERED for node in caught) or any(h.type is None for h in until)


def _short(page: Page, node: cst.BaseExpression) -> str:
    name = page.resolve(node) or (node.value if isinstance(node, cst.Name) else "")
    return name.rpartition(".")[2]


def queries(page: Page, body: cst.CSTNode, depth: int = 2) -> bool:
    """Whether a block queries InfluxDB, itself or through functions of the service that it calls."""
    return any(_queries(page, call, depth) for call in page.below(body, cst.Call))


def _queries(page: Page, call: cst.Call, depth: int) -> bool:
    match call.func:
        case cst.Attribute(value=receiver, attr=cst.Name(value="query" | "query_async")):
            if client(page, receiver) is not None:
                return True
    return depth > 0 and any(queries(p, body, depth - 1) for p, body in _called(page, call.func))


def _called(page: Page, func: cst.BaseExpression) -> Iterator[tuple[Page, cst.BaseSuite]]:
    found = definition(page, func)
    if found is not None and isinstance(found.node, cst.FunctionDef):
        yield found.page, found.node.body
    match func:
        case cst.Attribute(value=cst.Name(value="self"), attr=cst.Name(value=name)):
            klass = page.around(func, cst.ClassDef)
            for node in klass.body.body if klass is not None else ():
                if isinstance(node, cst.FunctionDef) and node.name.value == name:
                    yield page, node.body


def _edit(handler: cst.ExceptHandler, name: Reference) -> Edit:
    new = cst.Element(name.expression)

    def to(now: cst.ExceptHandler) -> cst.ExceptHandler:
        if isinstance(now.type, cst.Tuple):
            return now.with_changes(type=now.type.with_changes(elements=_extended(now.type, new)))
        assert now.type is not None
        pair = cst.Tuple([cst.Element(now.type), new])
        return now.with_changes(type=pair, whitespace_after_except=cst.SimpleWhitespace(" "))

    return Edit(handler, to)


def _extended(old: cst.Tuple, new: cst.Element) -> tuple[cst.BaseElement, ...]:
    *first, last = old.elements
    space = first[-1].comma if first else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return (*first, last.with_changes(comma=space), new.with_changes(comma=last.comma))


_BEFORE = """\
from influxdb_client_3 import InfluxDBClient3
from pyarrow.lib import ArrowException

client = InfluxDBClient3(host="https://127.0.0.1:9", token="t", database="home")


def rows():
    try:
        return client.query("SELECT 1").to_pylist()
    except ArrowException:
        return []
"""

_AFTER = """\
from influxdb_client_3 import InfluxDBClient3
from influxdb_client_3.exceptions import InfluxDB3ClientQueryError
from pyarrow.lib import ArrowException

client = InfluxDBClient3(host="https://127.0.0.1:9", token="t", database="home")


def rows():
    try:
        return client.query("SELECT 1").to_pylist()
    except (ArrowException, InfluxDB3ClientQueryError):
        return []
"""

_CLASS = """\
import pyarrow as pa
from influxdb_client_3 import InfluxDBClient3
from pyarrow import flight


class Store:
    def __init__(self) -> None:
        self.client = InfluxDBClient3(host="https://127.0.0.1:9", token="t", database="home")

    def ask(self, sql):
        return self.client.query(sql)

    def rows(self):
        try:
            return self.ask("SELECT 1").to_pylist()
        except (pa.ArrowInvalid, flight.FlightError) as error:
            print(type(error))
            return []


def rows():
    return Store().rows()
"""

_CLASS_AFTER = _CLASS.replace(
    "(pa.ArrowInvalid, flight.FlightError)", "(pa.ArrowInvalid, flight.FlightError, InfluxDB3ClientQueryError)"
).replace(
    "import InfluxDBClient3\n",
    "import InfluxDBClient3\nfrom influxdb_client_3.exceptions import InfluxDB3ClientQueryError\n",
)

_FLAGGED = """\
from influxdb_client_3 import InfluxDBClient3
from pyarrow import flight


def rows(client: InfluxDBClient3):
    try:
        return client.query("SELECT 1")
    except flight.FlightUnauthenticatedError:
        return None
    except flight.FlightError:
        return []
"""

_LEFT = """\
import pyarrow as pa
from influxdb_client_3 import InfluxDBClient3


def rows(client: InfluxDBClient3):
    try:
        return client.query("SELECT 1")
    except Exception:
        return []
    except pa.ArrowInvalid:
        return None


def parsed(text):
    try:
        return pa.array([text]).cast(pa.int64())
    except pa.ArrowInvalid:
        return None


def found(search):
    try:
        return search.query("x")
    except KeyError:
        return None
"""

_PROBE = Probe(
    script="\n\nprint('rows:', rows())\n",
    old="rows: []",
    broken="InfluxDB3ClientQueryError: Error while executing query",
    works="rows: []",
)

RULE = Rule(
    id="INF006",
    title="A failed query raises `InfluxDB3ClientQueryError`",
    library="influxdb3-python",
    link="https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md",
    was="`query` lets `pyarrow.lib.ArrowException` and its subclasses through (`FlightError` is one).",
    now="It raises `InfluxDB3ClientQueryError`, which is neither a pyarrow error nor an `InfluxDBError`.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"pyarrow",),
    apply=find,
    examples=(
        Example(title="One error is caught", before=_BEFORE, after=_AFTER, notes=(10,), probe=_PROBE),
        Example(
            title="Several are caught, the query is in a method",
            before=_CLASS,
            after=_CLASS_AFTER,
            notes=(16,),
            probe=_PROBE,
        ),
        Example(
            title="Kinds of errors are told apart",
            before=_FLAGGED,
            flags=((8, Level.BREAKS), (10, Level.BREAKS)),
        ),
        Example(title="Caught in any case, pyarrow's own work, somebody else's query", before=_LEFT),
    ),
)
