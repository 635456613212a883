"""Which objects of a service are clients of InfluxDB, and how they are created."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from transforms.definitions import assigned
from transforms.objects import Kind, Made, made
from transforms.page import Page
from transforms.rewrites import argument, string_value

MODULE = "influxdb_client_3"
CLIENT = f"{MODULE}.InfluxDBClient3"


Client = Made

_KIND = Kind(lambda page, call: page.resolve(call.func) == CLIENT, frozenset({CLIENT}))


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


def client(page: Page, node: cst.BaseExpression) -> Client | None:
    """The client that an expression is, and how it is created."""
    return made(page, node, _KIND)


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
