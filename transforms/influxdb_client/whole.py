"""A service's way to the 3.x client as a whole: every edit, or every reason why there is none.

The two clients do not mix: a ``Point`` of one given to the other is dropped without an error. So either all of a
service is rewritten or nothing is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from transforms.influxdb_client.closing import closed, entered
from transforms.influxdb_client.constructor import Extra, constructed
from transforms.influxdb_client.health import asked
from transforms.influxdb_client.imports import named
from transforms.influxdb_client.missing import missing, queries
from transforms.influxdb_client.names import CLIENTS, NEW, is_old, module_of
from transforms.influxdb_client.points import compared
from transforms.influxdb_client.server import is_three
from transforms.influxdb_client.strings import quoted
from transforms.influxdb_client.writer import Writer, writers
from transforms.influxdb_client.writing import doubtful, dropped, extra, writes, written
from transforms.objects import Made
from transforms.page import Page
from transforms.rewrites import Flag, Rewrite, dotted_text
from transforms.tree import Tree

NEEDLES = (b"influxdb_client", b"InfluxDBClient", b"write_api", b"query_api")

_LOCAL = "a wrapper of this service writes with the same words; say which of the two this is"


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that the upgrade comes to in one service. ``queries`` and ``missing`` are said by their rules."""

    rewrites: tuple[Rewrite, ...]
    blockers: tuple[Flag, ...]
    queries: tuple[Flag, ...]
    missing: tuple[Flag, ...]

    @property
    def is_possible(self) -> bool:
        """Whether the code can be rewritten without a rest that would break."""
        return bool(self.rewrites) and not self.blockers


def whole(tree: Tree) -> Whole:
    """The service's plan; empty when it does not use the old client."""
    pages = list(tree.pages(*NEEDLES))
    if not any(uses_old(page) for page in pages):
        return Whole((), (), (), ())
    said = [verdict for page in pages for verdict in _said(page)]
    asks = [Flag(call, "asks in Flux", file=p.path) for p in pages for call in queries(p)]
    lacks = [Flag(node, message, file=p.path) for p in pages for node, message in missing(p)]
    rewrites = tuple(v for v in said if isinstance(v, Rewrite))
    blockers = tuple(v for v in said if isinstance(v, Flag))
    return Whole(rewrites, blockers, tuple(asks), tuple(lacks))


def may_move(tree: Tree) -> bool:
    """Whether the service is rewritten: all of it can be, and what it asks has a server that answers."""
    plan = tree.once(whole)
    return plan.is_possible and (not (plan.queries or plan.missing) or is_three(tree))


def uses_old(page: Page) -> bool:
    """Whether a page imports the 2.x client."""
    plain = (dotted_text(a.name) for node in page.all(cst.Import) for a in node.names)
    names = [*plain, *(module_of(node) for node in page.all(cst.ImportFrom))]
    return any(is_old(name) for name in names) and not page.tree.is_own("influxdb_client", page.path)


def _uses_new(page: Page) -> bool:
    return any((binding.target or "").partition(".")[0] == NEW for binding in page.scopes.imports())


def _said(page: Page) -> Iterator[Rewrite | Flag]:
    if uses_old(page):
        if _uses_new(page):
            yield Flag(page.module, "this file uses both clients: take one of them out first", file=page.path)
        yield from (v for v in named(page) if isinstance(v, (Rewrite, Flag)))
    yield from quoted(page)
    yield from (v for v in compared(page) if isinstance(v, Rewrite))
    yield from _clients(page)
    yield from _written(page)
    yield from closed(page)
    yield from asked(page)


def _clients(page: Page) -> Iterator[Rewrite | Flag]:
    mine: dict[cst.Call, list[Writer]] = defaultdict(list)
    found = list(writers(page))
    for writer in found:
        if isinstance(writer, Flag):
            yield writer
            continue
        yield dropped(writer)
        if (block := entered(writer)) is not None:
            yield block
        if writer.client.call is not None and writer.client.page is page:
            mine[writer.client.call].append(writer)
        elif not writer.is_plain:
            yield _flagged(extra(writer.client, [writer]), writer)
    for call in page.calls(*CLIENTS):
        more = extra(Made(page, call), mine[call])
        yield more if isinstance(more, Flag) else constructed(page, call, more)


def _flagged(more: Extra | Flag, writer: Writer) -> Flag:
    message = "says how to write, which the 3.x client is told where it is created: another file"
    return more if isinstance(more, Flag) else Flag(writer.call, message, file=writer.page.path)


def _written(page: Page) -> Iterator[Rewrite | Flag]:
    known = {w.call: w for w in writers(page) if isinstance(w, Writer)}
    if uses_old(page):
        yield from doubtful(page)
    for call, made in writes(page):
        if made is None and page.tree.once(_wraps):
            yield Flag(call, _LOCAL, file=page.path)
        else:
            yield written(page, call, known.get(made.call) if made is not None and made.call is not None else None)


def _wraps(tree: Tree) -> bool:
    """Whether the service itself has a ``write(bucket, …, record)``."""
    functions = (f for page in tree.pages(b"def write(") for f in page.all(cst.FunctionDef))
    return any(f.name.value == "write" and "bucket" in _parameters(f) for f in functions)


def _parameters(function: cst.FunctionDef) -> set[str]:
    params = function.params
    return {p.name.value for p in (*params.params, *params.kwonly_params, *params.posonly_params)}
