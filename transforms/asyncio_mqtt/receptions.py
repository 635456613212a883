"""Where messages are received, and whether only one place of a service does it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from transforms.asyncio_mqtt.calls import is_test
from transforms.asyncio_mqtt.clients import is_client, makes_client, uses_library
from transforms.asyncio_mqtt.names import NEW, OLD, was_old
from transforms.page import Page
from transforms.rewrites import dotted_text
from transforms.tree import Tree

METHODS = ("messages", "filtered_messages", "unfiltered_messages")


@dataclass(frozen=True, slots=True, eq=False)
class Reception:
    """A call of one of the old methods on what is certainly a client."""

    page: Page
    call: cst.Call
    client: cst.BaseExpression
    method: str

    @property
    def holder(self) -> cst.CSTNode | None:
        """What the call is part of."""
        return self.page.parent(self.call)

    @property
    def names(self) -> frozenset[cst.CSTNode]:
        """The places that bind the client's name to a new client; empty when it was made elsewhere."""
        if not isinstance(self.client, cst.Name):
            return frozenset()
        bound = [b.node for b in self.page.bindings(self.client)]
        made = any(construction(self.page, node) is not None for node in bound)
        return frozenset(bound) if made else frozenset()


def construction(page: Page, node: cst.CSTNode) -> cst.Call | None:
    """The ``Client(...)`` in ``with Client(...) as name`` and ``name = Client(...)``."""
    match node:
        case cst.WithItem(item=cst.Call() as call) | cst.Assign(value=cst.Call() as call) if makes_client(
            page, call
        ):
            return call
        case cst.Assign(value=cst.Await(expression=cst.Call(args=[cst.Arg(value=cst.Call() as call)]))):
            return call if makes_client(page, call) else None
    return None


def receptions(tree: Tree) -> tuple[Reception, ...]:
    """All of the service."""
    return tuple(
        Reception(page, call, call.func.value, call.func.attr.value)
        for page in tree.pages(b"messages(")
        for call in page.all(cst.Call)
        if isinstance(call.func, cst.Attribute)
        and call.func.attr.value in METHODS
        and is_client(page, call.func.value)
    )


def on(page: Page) -> Iterator[Reception]:
    """Those on one page."""
    return (r for r in page.tree.once(receptions) if r.page is page)


def unknown(page: Page, *methods: str) -> Iterator[cst.Call]:
    """Calls that look like a reception, on something that may be a client, in code written for the old library."""
    known = {r.call for r in on(page)}
    name = OLD if any((b.target or "").startswith(OLD) for b in page.scopes.imports()) else NEW
    for call in page.all(cst.Call):
        match call.func:
            case cst.Attribute(attr=cst.Name(value=method)) if method in methods and call not in known:
                entered = isinstance(page.parent(call), (cst.WithItem, cst.Arg))
                if uses_library(page) and was_old(page, name) and (method != "messages" or entered):
                    yield call


# ── alone? ───────────────────────────────────────────────────────────────────────────────────────────────────


def is_alone(reception: Reception) -> bool:
    """Whether nothing else receives from the same client, as far as the whole service shows."""
    everything = reception.page.tree.once(receptions)
    others = [o for o in everything if o is not reception and _may_meet(reception, o)]
    own = reception.names
    if own:
        shared = any(own & o.names for o in others)
        reaches = _escapes(reception) and any(not o.names for o in others)
        return not (shared or reaches or _is_repeated(reception))
    return not any(not o.names or _escapes(o) for o in others) and not _is_repeated(reception)


def _may_meet(reception: Reception, other: Reception) -> bool:
    """Whether two receptions may be of one client at a time: those of tests only within one test."""
    if _follow(reception, other):
        return False
    if is_test(reception.page.path) or is_test(other.page.path):
        page = reception.page
        return other.page is page and page.scopes.scope(reception.call) is page.scopes.scope(other.call)
    return True


def _follow(one: Reception, other: Reception) -> bool:
    """Whether two receptions of a function are over, each in its own ``async with``, before the other begins."""
    page = one.page
    if other.page is not page or page.scopes.scope(one.call) is not page.scopes.scope(other.call):
        return False
    first, second = _block(one), _block(other)
    if first is None or second is None or first is second:
        return False
    return second not in page.above(one.call) and first not in page.above(other.call)


def _block(reception: Reception) -> cst.With | None:
    """The ``async with`` of a reception that is read in it by ``async for`` only, so that it ends with it."""
    page, item = reception.page, reception.holder
    block = page.parent(item) if isinstance(item, cst.WithItem) else None
    if not isinstance(item, cst.WithItem) or not isinstance(block, cst.With):
        return None
    if item.asname is None or not isinstance(item.asname.name, cst.Name):
        return None
    scope, name = page.scopes.scope(reception.call), item.asname.name
    uses = [n for n in page.below(block.body, cst.Name) if n.value == name.value]
    read = all(isinstance(at := page.parent(n), cst.For) and at.iter is n for n in uses)
    return block if read and all(page.scopes.scope(n) is scope for n in uses) else None


def _escapes(reception: Reception) -> bool:
    """Whether the client is handed to other code than the library's."""
    page, name = reception.page, reception.client
    assert isinstance(name, cst.Name)
    scope = page.scopes.scope(next(iter(reception.names)))
    uses = [n for n in page.below(scope, cst.Name) if n.value == name.value]
    return not all(_stays(page, use) for use in uses)


def _stays(page: Page, use: cst.Name) -> bool:
    match page.parent(use):
        case cst.Attribute() | cst.WithItem() | cst.AsName() | cst.AssignTarget() | cst.AnnAssign():
            return True
        case cst.Arg() as arg:
            call = page.parent(arg)
            entered = isinstance(call, cst.Call) and (dotted_text(call.func) or "").endswith(".enter_async_context")
            return entered or arg.keyword is use
    return False


def _is_repeated(reception: Reception) -> bool:
    """Whether the function around it is called from several places or in a loop, between it and the client."""
    page = reception.page
    for at in page.above(reception.call):
        if reception.names and at is page.scopes.scope(next(iter(reception.names))):
            return False
        if isinstance(at, cst.FunctionDef):
            calls = [(p, c) for p in _callers(page, at.name.value) for c in p.all(cst.Call) if _says(p, c, at)]
            return len(calls) > 1 or any(_is_in_loop(p, c) for p, c in calls)
    return False


def _callers(page: Page, name: str) -> Iterator[Page]:
    return (p for p in page.tree.pages(f"{name}(".encode()) if not is_test(p.path))


def _says(page: Page, call: cst.Call, function: cst.FunctionDef) -> bool:
    last = (dotted_text(call.func) or "").rpartition(".")[2]
    return last == function.name.value and page.resolve(call.func) is None


def _is_in_loop(page: Page, call: cst.Call) -> bool:
    for at in page.above(call):
        if isinstance(at, (cst.For, cst.CompFor, cst.GeneratorExp, cst.ListComp, cst.SetComp)):
            return True
        if isinstance(at, cst.FunctionDef):
            return False
    return False
