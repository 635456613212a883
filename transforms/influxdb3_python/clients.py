"""Which objects of a service are clients of InfluxDB, and how they are created."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import libcst as cst

from transforms.definitions import assigned
from transforms.page import Page
from transforms.rewrites import argument, string_value

MODULE = "influxdb_client_3"
CLIENT = f"{MODULE}.InfluxDBClient3"


@dataclass(frozen=True, slots=True)
class Client:
    """A client and the call that creates it, when that is certain."""

    page: Page
    call: cst.Call | None


def constructions(page: Page) -> Iterator[cst.Call]:
    """Every ``InfluxDBClient3(...)``."""
    return page.calls(CLIENT)


def method_calls(page: Page, *names: str) -> Iterator[tuple[cst.Call, Client]]:
    """Every call of one of those methods on something that is certainly a client."""
    for call in page.all(cst.Call):
        match call.func:
            case cst.Attribute(value=receiver, attr=cst.Name(value=name)) if name in names:
                if (found := client(page, receiver)) is not None:
                    yield call, found


def client(page: Page, node: cst.BaseExpression, known: str = CLIENT) -> Client | None:
    """The client that an expression is: a name, ``self.x`` or the call itself."""
    match node:
        case cst.Call(func=func):
            return Client(page, node) if page.resolve(func) == known else None
        case cst.Name():
            return _named(page, node, known)
        case cst.Attribute(value=cst.Name(value="self" | "cls"), attr=cst.Name(value=attr)):
            return _one(_kept(page, node, attr, known))
    return None


def _named(page: Page, node: cst.Name, known: str) -> Client | None:
    bound = page.bindings(node)
    if not bound or any(b.target for b in bound):
        elsewhere = assigned(page, node)
        return client(*elsewhere, known) if elsewhere is not None else None
    return _one([_bound(page, b.node, known) for b in bound if not _is_none(b.node)])


def _bound(page: Page, node: cst.CSTNode, known: str) -> Client | None:
    match node:
        case cst.Assign(value=value) | cst.AnnAssign(value=cst.BaseExpression() as value):
            return client(page, value, known)
        case cst.WithItem(item=item):
            return client(page, item, known)
        case cst.AnnAssign(annotation=cst.Annotation(annotation=told)):
            return _told(page, told, known)
        case cst.Param(annotation=cst.Annotation(annotation=told)):
            return _told(page, told, known)
    return None


def _told(page: Page, annotation: cst.BaseExpression, known: str) -> Client | None:
    text = string_value(annotation)
    short = known.rpartition(".")[2]
    if text is not None and text.replace(" ", "").removesuffix("|None") == short:
        return Client(page, None) if page.scopes.imported(annotation, short) == known else None
    inside = [*page.below(annotation, cst.Name), *page.below(annotation, cst.Attribute)]
    return Client(page, None) if any(page.resolve(part) == known for part in inside) else None


def _kept(page: Page, node: cst.CSTNode, attr: str, known: str) -> list[Client | None]:
    """What a class assigns to ``self.<attr>``."""
    klass = page.around(node, cst.ClassDef)
    if klass is None:
        return []
    plain = (a for a in page.below(klass.body, cst.Assign) if any(_is_self(t.target, attr) for t in a.targets))
    told = (a for a in page.below(klass.body, cst.AnnAssign) if _is_self(a.target, attr))
    return [_bound(page, assign, known) for assign in (*plain, *told) if not _is_none(assign)]


def _is_self(target: cst.BaseExpression, attr: str) -> bool:
    match target:
        case cst.Attribute(value=cst.Name(value="self" | "cls"), attr=cst.Name(value=name)):
            return name == attr
    return False


def _is_none(node: cst.CSTNode) -> bool:
    match node:
        case cst.Assign(value=cst.Name(value="None")) | cst.AnnAssign(value=cst.Name(value="None")):
            return True
    return False


def _one(found: Iterable[Client | None]) -> Client | None:
    """The client that all of them are; without its call when there are several."""
    every = list(found)
    certain = [c for c in every if c is not None]
    if not certain or len(certain) < len(every):
        return None
    return certain[0] if len(certain) == 1 else Client(certain[0].page, None)


# ── options ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Options:
    """``write_client_options=``: what is passed by name, and the node in which it stands."""

    page: Page
    node: cst.Call | cst.Dict
    values: dict[str, cst.BaseExpression]


def options(page: Page, call: cst.Call, keyword: str, position: int) -> Options | None:
    """The options passed to a client: ``write_client_options(...)``, ``dict(...)``, ``{...}``, or a name that
    is one of these.
    """
    arg = argument(call, keyword, position)
    return None if arg is None else _options(page, arg.value, f"{MODULE}.{keyword}")


def _options(page: Page, node: cst.BaseExpression, maker: str) -> Options | None:
    match node:
        case cst.Call(func=func, args=args) if page.resolve(func) == maker or _is_dict(page, func):
            if all(a.keyword is not None for a in args):
                return Options(page, node, {a.keyword.value: a.value for a in args if a.keyword is not None})
        case cst.Dict(elements=elements):
            keys = {string_value(e.key): e.value for e in elements if isinstance(e, cst.DictElement)}
            if len(keys) == len(elements) and None not in keys:
                return Options(page, node, {key: value for key, value in keys.items() if key is not None})
        case cst.Name():
            found = assigned(page, node)
            if found is not None and not isinstance(found[1], cst.Name):
                return _options(*found, maker)
    return None


def _is_dict(page: Page, func: cst.BaseExpression) -> bool:
    return isinstance(func, cst.Name) and func.value == "dict" and not page.bindings(func)


def is_true(node: cst.CSTNode | None) -> bool:
    """Whether an expression is the word ``True``."""
    return isinstance(node, cst.Name) and node.value == "True"


def is_false(node: cst.CSTNode | None) -> bool:
    """Whether an expression is the word ``False``."""
    return isinstance(node, cst.Name) and node.value == "False"


def batches(page: Page, call: cst.Call) -> bool:
    """Whether a client that is created so certainly writes in batches on the target."""
    found = options(page, call, "write_client_options", 4)
    how = found.values.get("write_options") if found is not None else None
    if found is None or how is None:
        return found is not None and bool(CALLBACKS & found.values.keys())
    value = assigned(found.page, how) or (found.page, how)
    return _is_batching(*value)


CALLBACKS = frozenset({"success_callback", "error_callback", "retry_callback"})
"""Called in batching mode only."""


def _is_batching(page: Page, how: cst.BaseExpression) -> bool:
    if not isinstance(how, cst.Call):
        return False
    name = page.resolve(how.func) or ""
    kind = argument(how, "write_type", 0)
    told = kind is None or (page.resolve(kind.value) or "").endswith(".batching")
    return name.startswith(MODULE) and name.endswith(".WriteOptions") and told
