"""Everything by which a page names the old client, said with the new one's names, or flagged where it has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import libcst as cst

from transforms.influxdb_client.names import (
    CLIENTS,
    INNER,
    NEW,
    OLD,
    PIVOT,
    SUCCESSORS,
    WRITERS,
    is_in_import,
    is_old,
    module_of,
)
from transforms.page import Page
from transforms.rewrites import Flag, Rewrite, change, dotted, dotted_text, remove, string_value, swap, with_string
from transforms.rule import Verdicts

_CLASSES = CLIENTS | WRITERS
_RENAMED = {"InfluxDBClient": "InfluxDBClient3", "WriteApi": "InfluxDBClient3"}
_PATCHING = frozenset(
    {"patch", "setattr", "delattr", "setitem", "import_module", "__import__", "importorskip", "dict"}
)
_INSTEAD = {
    "from_env_properties": (
        "the 3.x client has no `from_env_properties`: `InfluxDBClient3.from_env()` needs `INFLUX_HOST`, "
        "`INFLUX_TOKEN` and `INFLUX_DATABASE` in the environment; or name `host=`, `token=` and `org=`"
    ),
    "from_config_file": "the 3.x client has no `from_config_file`: read the file, name `host=` and `token=`",
}
_MISSING = {
    "InfluxDBClientAsync": (
        "the 3.x client has no async form: write with `await asyncio.to_thread(client.write, …)`, ask with "
        "`await client.query_async(…)`, and enter it with a plain `with`"
    ),
    "QueryApi": "the 3.x client asks itself, so what is typed `QueryApi` is an `InfluxDBClient3`",
}
_MIXED = "the 3.x client has these things in several modules: split the import"
_BY_NAME = "names the 2.x client in a string; what stands in for it has to have the 3.x client's shape"


def named(page: Page) -> Verdicts:
    """The imports of a page, the uses of what they bring, and strings that name it."""
    yield from _imports(page)
    yield from _names(page)
    yield from _attributes(page)
    yield from _strings(page)


# ── imports ──────────────────────────────────────────────────────────────────────────────────────────────────


def _imports(page: Page) -> Verdicts:
    for node in page.all(cst.ImportFrom):
        if is_old(module_of(node)):
            yield _from(page, node)
    for plain in page.all(cst.Import):
        for alias in plain.names:
            name = dotted_text(alias.name)
            if name == OLD:
                yield Rewrite(alias, "the 3.x client", (change(alias, name=cst.Name(NEW)),), file=page.path)
            elif is_old(name):
                yield Flag(alias, f"`{name}` is a module of the 2.x client only", file=page.path)


def _from(page: Page, node: cst.ImportFrom) -> Rewrite | Flag:
    if isinstance(node.names, cst.ImportStar):
        return Flag(node, "imports everything from the 2.x client; name what is needed", file=page.path)
    names = [f"{module_of(node)}.{dotted_text(alias.name)}" for alias in node.names]
    if names == [PIVOT]:
        return _without_pivot(page, node)
    missing = [name.rpartition(".")[2] for name in names if name not in SUCCESSORS]
    module = "" if missing else _module(names)
    if not module:
        return Flag(node, _lacking(missing), file=page.path)
    if guard := _fallback(page, node):
        return Flag(node, guard, file=page.path)
    aliases = _aliases(page, node)
    edit = change(node, module=dotted(module), names=aliases) if aliases else remove(node)
    return Rewrite(node, "the same things of the 3.x client", (edit,), file=page.path)


def _lacking(missing: list[str]) -> str:
    """Why an import has no successor."""
    other = ", ".join(f"`{name}`" for name in missing if name not in _MISSING)
    told = [_MISSING[name] for name in missing if name in _MISSING]
    return "; ".join([*([f"the 3.x client has no {other}"] if other else []), *told]) or _MIXED


def _module(names: list[str]) -> str:
    """The module of the 3.x client that has all of them; empty when there is none."""
    modules = {SUCCESSORS[name].rpartition(".")[0] for name in names}
    if len(modules) == 1:
        return modules.pop()
    short = {name.rpartition(".")[2] for name in names}
    return next((module for module, has in INNER.items() if short <= has), "")


def _fallback(page: Page, node: cst.ImportFrom) -> str:
    """Why a name that an ``except`` binds as well cannot be renamed."""
    assert not isinstance(node.names, cst.ImportStar)
    for alias in node.names:
        name = dotted_text(alias.name) or ""
        others = [b for b in page.scopes.module_level(name) if b.statement is not node and b.target not in _CLASSES]
        if alias.asname is None and name in _RENAMED and others:
            return f"`{name}` is bound elsewhere too, as when the import fails: rename both"
    return ""


def _without_pivot(page: Page, node: cst.ImportFrom) -> Rewrite | Flag:
    """Without the warning about Flux that lacks a pivot, and without what switches it off."""
    uses = [n for n in page.all(cst.Name) if page.resolve(n) == PIVOT and is_use(page, n)]
    lines = [page.parent(page.parent(call) or call) for n in uses if (call := page.around(n, cst.Call)) is not None]
    switches = [
        line
        for line in lines
        if isinstance(line, cst.SimpleStatementLine)
        and isinstance(line.body[0], cst.Expr)
        and isinstance(line.body[0].value, cst.Call)
        and (page.resolve(line.body[0].value.func) or "") in {"warnings.simplefilter", "warnings.filterwarnings"}
    ]
    if len(switches) < len(uses):
        return Flag(node, "there is no Flux any more, so nothing warns about it", file=page.path)
    edits = (remove(node), *(remove(line) for line in switches))
    return Rewrite(node, "there is no Flux any more, so nothing warns about it", edits, file=page.path)


def _aliases(page: Page, node: cst.ImportFrom) -> list[cst.ImportAlias]:
    """The names under which the 3.x client has them, each once in the file."""
    assert not isinstance(node.names, cst.ImportStar)
    others = {b.name: b.target for b in page.scopes.imports_at_top() if b.statement is not node}
    found: dict[tuple[str, str], cst.ImportAlias] = {}
    for alias in node.names:
        old = dotted_text(alias.name) or ""
        new = _RENAMED.get(old, old)
        local = dotted_text(alias.asname.name) or "" if alias.asname is not None else ""
        if old == "WriteApi" and not local and others.get("InfluxDBClient") in CLIENTS:
            continue
        found.setdefault((new, local), alias.with_changes(name=cst.Name(new)))
    if not found:
        return []
    *first, last = found.values()
    return [*first, last.with_changes(comma=node.names[-1].comma)]


# ── uses ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _names(page: Page) -> Verdicts:
    for node in page.all(cst.Name):
        if is_use(page, node) and page.resolve(node) in _CLASSES:
            if trouble := _trouble(page, node):
                yield Flag(node, trouble, file=page.path)
            elif node.value in _RENAMED:
                new = cst.Name(_RENAMED[node.value])
                yield Rewrite(node, "the 3.x client's class", (swap(node, new),), file=page.path)


def is_use(page: Page, node: cst.Name) -> bool:
    """Whether a name is looked up where it stands: no attribute, keyword or import."""
    match page.parent(node):
        case cst.Attribute(attr=attr) if attr is node:
            return False
        case cst.Arg(keyword=keyword) if keyword is node:
            return False
    return not is_in_import(page, node)


def _trouble(page: Page, node: cst.BaseExpression) -> str:
    """Why a use of the class does not survive its successor."""
    parent = page.parent(node)
    if isinstance(parent, cst.Call) and parent.func is node:
        return ""
    if isinstance(parent, cst.Attribute):
        name = parent.attr.value
        return _INSTEAD.get(name, f"the 3.x client has no `{name}` that does the same")
    told = any(isinstance(at, cst.Annotation) for at in page.above(node))
    call = page.around(node, cst.Call)
    checked = call is not None and dotted_text(call.func) in {"isinstance", "cast", "typing.cast"}
    return "" if told or checked else "the class is passed on or derived from; its successor has another shape"


def _attributes(page: Page) -> Verdicts:
    for node in page.all(cst.Attribute):
        name = page.resolve(node)
        if not is_old(name) or _is_inner(page, node) or is_in_import(page, node):
            continue
        owner = (name or "").rpartition(".")[0]
        if name in SUCCESSORS:
            trouble = _trouble(page, node) if name in _CLASSES else ""
            yield Flag(node, trouble, file=page.path) if trouble else _renamed(page, node)
        elif owner in SUCCESSORS:
            if isinstance(node.value, cst.Attribute):
                yield _renamed(page, node.value)
        else:
            yield Flag(node, f"the 3.x client has no `{name}`", file=page.path)


def _is_inner(page: Page, node: cst.Attribute) -> bool:
    """Whether a longer name that the import gives stands around it."""
    parent = page.parent(node)
    return isinstance(parent, cst.Attribute) and parent.value is node


def _renamed(page: Page, node: cst.Attribute) -> Rewrite:
    new = successor(page, node)
    assert new is not None
    return Rewrite(node, "the 3.x client's name", (swap(node, new),), file=page.path)


def successor(page: Page, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """How a dotted name of the old client is said with the new one, by the same import."""
    name, text = page.resolve(node), dotted_text(node) or ""
    if name not in SUCCESSORS or not isinstance(node, cst.Attribute):
        return None
    head = text.partition(".")[0]
    return dotted((NEW if head == OLD else head) + SUCCESSORS[name].removeprefix(NEW))


def translated(page: Page, node: cst.BaseExpression) -> cst.BaseExpression:
    """A copy of an expression in which the old client's dotted names are said with the new one's."""

    class Said(cst.CSTTransformer):
        def on_leave(self, original_node: Any, updated_node: Any) -> Any:
            is_name = isinstance(original_node, cst.Attribute)
            return (successor(page, original_node) if is_name else None) or updated_node

    result = node.visit(Said())
    assert isinstance(result, cst.BaseExpression)
    return result


# ── strings ──────────────────────────────────────────────────────────────────────────────────────────────────


def _strings(page: Page) -> Iterator[Flag | Rewrite]:
    for text in page.all(cst.SimpleString):
        value = string_value(text) or ""
        if any(isinstance(at, cst.Annotation) for at in page.above(text)):
            new = re.sub(r"(?<![\w.])(InfluxDBClient|WriteApi)\b", lambda m: _RENAMED[m[1]], value)
            if new != value and page.scopes.imported(text, "InfluxDBClient") in {*CLIENTS, None}:
                yield Rewrite(text, "the 3.x client's class", (swap(text, with_string(text, new)),), file=page.path)
        elif _names_client(value) and _is_patching(page, text):
            yield Flag(text, _BY_NAME, file=page.path)


def _names_client(value: str) -> bool:
    return is_old(value) or value == "InfluxDBClient" or value.endswith(".InfluxDBClient")


def _is_patching(page: Page, text: cst.SimpleString) -> bool:
    """Whether a string is looked up as a name: in a patch, an import by name, ``sys.modules``."""
    for at in page.above(text):
        match at:
            case cst.Call(func=func):
                return not _PATCHING.isdisjoint((dotted_text(func) or "").split("."))
            case cst.Subscript(value=value):
                return dotted_text(value) == "sys.modules"
            case cst.Dict() if (call := page.around(at, cst.Call)) is not None:
                return not _PATCHING.isdisjoint((dotted_text(call.func) or "").split("."))
            case cst.BaseStatement():
                return False
    return False
