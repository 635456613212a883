"""Uses of ``message.topic`` as text, where a message comes from the methods that gave paho's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from transforms.asyncio_mqtt.calls import arguments
from transforms.asyncio_mqtt.names import say
from transforms.model import Level
from transforms.page import Page
from transforms.rewrites import Edit, Flag, Rewrite, dotted_text, swap

_PAHO_ONLY = frozenset({"timestamp", "state", "dup", "info"})
_READ_AS_TEXT = frozenset({"str", "print"})


@dataclass(frozen=True, slots=True, eq=False)
class Messages:
    """A name that holds such a message, everywhere in a block."""

    page: Page
    block: cst.CSTNode
    name: str
    bound_by: cst.CSTNode


def sites(messages: Messages, loops: frozenset[cst.CSTNode], steps: int = 3) -> Iterator[Rewrite | Flag]:
    """What becomes of the uses in the block, and in the functions that the message is handed to."""
    page = messages.page
    for use in page.below(messages.block, cst.Name):
        if use.value != messages.name or not _holds(messages, use):
            continue
        match page.parent(use):
            case cst.Attribute(value=value, attr=cst.Name(value="topic")) as topic if value is use:
                if not _reads_both(page, topic):
                    yield _valued(page, topic)
            case cst.Attribute(value=value, attr=cst.Name(value=attr)) as site if value is use:
                if attr in _PAHO_ONLY:
                    yield Flag(site, f"aiomqtt's messages have no `{attr}`")
            case cst.Arg(value=value) as arg if value is use:
                yield from _followed(messages, arg, loops, steps)
            case cst.AssignTarget() | cst.AsName() | cst.For() | cst.CompFor() | cst.Param():
                pass
            case cst.Assign() | cst.Return() | cst.Yield() | cst.Element() | cst.DictElement():
                yield _left(use, messages.name)


def _holds(messages: Messages, use: cst.Name) -> bool:
    """Whether the name holds the message where it is used: other loops may bind it before or after the block."""
    page = messages.page
    bound = [b.node for b in page.bindings(use)]
    others = [node for node in bound if node is not messages.bound_by]
    if len(others) == len(bound) or not all(isinstance(node, cst.For) for node in others):
        return False
    here = page.scopes.scope(use) is page.scopes.scope(messages.block)
    return not others or (here and not any(messages.block in page.above(node) for node in others))


def _reads_both(page: Page, topic: cst.Attribute) -> bool:
    """Whether the place is right for text and for a ``Topic`` alike, or says ``.value`` already."""
    match page.parent(topic):
        case cst.Attribute(attr=cst.Name(value="value" | "matches")):
            return True
        case cst.FormattedStringExpression(conversion=None | "s", format_spec=None, equal=None):
            return True
        case cst.Arg(keyword=None) as arg:
            call = page.parent(arg)
            return isinstance(call, cst.Call) and dotted_text(call.func) in {*_READ_AS_TEXT, "hasattr", "getattr"}
    return False


def _valued(page: Page, topic: cst.Attribute) -> Rewrite:
    text = page.module.code_for_node(topic)
    edit = Edit(topic, lambda now: cst.Attribute(value=now, attr=cst.Name("value")))
    return Rewrite(topic, f"`{text}` → `{text}.value`, which is text as before", (edit,))


def _left(at: cst.CSTNode, name: str) -> Flag:
    why = f"where `{name}` is read, its `topic` is a `Topic` now: `.value` is the text"
    return Flag(at, why, level=Level.CHANGES_SILENTLY)


# ── into functions ───────────────────────────────────────────────────────────────────────────────────────────


def _followed(
    messages: Messages, arg: cst.Arg, loops: frozenset[cst.CSTNode], steps: int
) -> Iterator[Rewrite | Flag]:
    page, call = messages.page, messages.page.parent(arg)
    if not isinstance(call, cst.Call) or dotted_text(call.func) in {*_READ_AS_TEXT, "repr", "len", "type"}:
        return
    function = _function(page, call)
    param = None if function is None else _param(page, function, call, arg)
    if function is None or param is None or steps <= 0 or not _only_messages(page, function, param, loops):
        yield _left(arg, messages.name)
        return
    if (kind := _paho_type(page, param)) is not None and (new := say(page, param, "Message")) is not None:
        edits = (swap(kind, new.expression),)
        yield Rewrite(kind, "paho's `MQTTMessage` → `Message`", edits, imports=new.imports)
    yield from sites(Messages(page, function.body, param.name.value, param), loops | {param}, steps - 1)


def _function(page: Page, call: cst.Call) -> cst.FunctionDef | None:
    """The function of the page that is called, by its name or on ``self``."""
    match call.func:
        case cst.Name():
            bound = [b.node for b in page.bindings(call.func)]
            return bound[0] if len(bound) == 1 and isinstance(bound[0], cst.FunctionDef) else None
        case cst.Attribute(value=cst.Name(value="self"), attr=cst.Name(value=name)):
            klass = page.around(call, cst.ClassDef)
            own = [] if klass is None else [f for f in klass.body.body if isinstance(f, cst.FunctionDef)]
            return next((f for f in own if f.name.value == name), None)
    return None


def _param(page: Page, function: cst.FunctionDef, call: cst.Call, arg: cst.Arg) -> cst.Param | None:
    params = function.params.params
    if arg.star:
        return None
    if arg.keyword is not None:
        return next((p for p in params if p.name.value == arg.keyword.value), None)
    index = call.args.index(arg) + isinstance(page.scopes.scope(function), cst.ClassDef)
    return params[index] if index < len(params) else None


def _only_messages(page: Page, function: cst.FunctionDef, param: cst.Param, loops: frozenset[cst.CSTNode]) -> bool:
    """Whether every call of the function hands it a message of those loops."""
    given = arguments(page, function, param)
    return bool(given) and all(
        isinstance(value, cst.Name) and {b.node for b in other.bindings(value)} <= loops
        for other, value in given or ()
    )


def _paho_type(page: Page, param: cst.Param) -> cst.BaseExpression | None:
    kind = param.annotation.annotation if param.annotation is not None else None
    return kind if kind is not None and page.resolve(kind) == "paho.mqtt.client.MQTTMessage" else None
