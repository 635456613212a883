"""Strings that name the 2.x client: quoted annotations, targets of patches, modules imported by name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from transforms.influxdb_client.imports import keeps
from transforms.influxdb_client.names import CLASSES, CLIENTS, RENAMED, SUCCESSORS, is_old
from transforms.model import Level
from transforms.page import Page
from transforms.rewrites import Flag, Rewrite, dotted_text, string_value, swap, with_string

_PATCHING = frozenset(
    {"patch", "setattr", "delattr", "setitem", "import_module", "__import__", "importorskip", "dict"}
)
_BY_NAME = "names the 2.x client in a string; what stands in for it has to have the 3.x client's shape"
_MOCKED = (
    "what stands in for the client has to have the 3.x client's shape: no `write_api()`, `database=` for `bucket=`"
)


def quoted(page: Page) -> Iterator[Flag | Rewrite]:
    """Every such string of a page, whether the page imports the client or not."""
    for text in page.all(cst.SimpleString):
        value = string_value(text) or ""
        if any(isinstance(at, cst.Annotation) for at in page.above(text)):
            new = re.sub(
                r"(?<![\w.])(InfluxDBClient|WriteApi)\b",
                lambda m: m[1] if keeps(page, m[1]) else RENAMED[m[1]],
                value,
            )
            if new != value and page.scopes.imported(text, "InfluxDBClient") in {*CLIENTS, None}:
                yield _said(page, text, new, "the 3.x client's class", None)
        elif _is_patching(page, text):
            if (target := _target(page, value)) is not None:
                yield _said(page, text, target, _MOCKED, Level.CHANGES_SILENTLY)
            elif is_old(value) or value == "InfluxDBClient":
                yield Flag(text, _BY_NAME, file=page.path)


def _said(page: Page, text: cst.SimpleString, new: str, message: str, level: Level | None) -> Rewrite:
    return Rewrite(text, message, (swap(text, with_string(text, new)),), level=level, file=page.path)


def _target(page: Page, value: str) -> str | None:
    """What a patch has to name instead: a thing of the client, or the name under which a module of ours has it."""
    if value in SUCCESSORS:
        return SUCCESSORS[value]
    module, _, name = value.rpartition(".")
    path = page.tree.find(module, page.path) if name in RENAMED else None
    other = page.tree.page(path) if path is not None else None
    bound = other.scopes.module_level(name) if other is not None else ()
    if bound and all(b.target in CLASSES for b in bound):
        return f"{module}.{RENAMED[name]}"
    return None


def _is_patching(page: Page, text: cst.SimpleString) -> bool:
    """Whether a string is looked up as a name: in a patch, an import by name, ``sys.modules``."""
    for at in page.above(text):
        match at:
            case cst.Comparison(
                comparisons=[cst.ComparisonTarget(operator=cst.In() | cst.NotIn(), comparator=among)]
            ):
                return dotted_text(among) == "sys.modules"
            case cst.Call(func=cst.Attribute(value=owner)) if dotted_text(owner) == "sys.modules":
                return True
            case cst.Call(func=func):
                return not _PATCHING.isdisjoint((dotted_text(func) or "").split("."))
            case cst.Subscript(value=value):
                return dotted_text(value) == "sys.modules"
            case cst.Dict() if (call := page.around(at, cst.Call)) is not None:
                return not _PATCHING.isdisjoint((dotted_text(call.func) or "").split("."))
            case cst.BaseStatement():
                return False
    return False
