"""``a/#`` matches ``a`` itself too, as the protocol has it.

https://github.com/empicano/aiomqtt/releases/tag/v1.1.0
"""

from __future__ import annotations

import libcst as cst

from transforms.asyncio_mqtt.names import thing, uses_old_package
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag, string_value
from transforms.rule import Example, Probe, Rule, Verdicts


def find(page: Page) -> Verdicts:
    """``message.topic.matches("a/#")`` in code written for asyncio_mqtt."""
    if not page.tree.once(uses_old_package):
        return
    for call in page.all(cst.Call):
        match call:
            case cst.Call(func=cst.Attribute(value=topic, attr=cst.Name(value="matches")), args=[arg]):
                text = string_value(arg.value) or ""
                if text.endswith("/#") and _is_topic(page, topic):
                    yield Flag(arg, f"matches `{text.removesuffix('/#')}` itself too now")


def _is_topic(page: Page, node: cst.BaseExpression) -> bool:
    match node:
        case cst.Attribute(attr=cst.Name(value="topic")):
            return True
        case cst.Call(func=func):
            return thing(page, func) == "Topic"
    return False


_PARENT = """\
try:
    from asyncio_mqtt import Topic
except ImportError:
    from aiomqtt import Topic


def is_shop(message):
    return message.topic.matches("shop/#")


print("parent", Topic("shop").matches("shop/#"))
"""

_OTHERS = """\
import re

import asyncio_mqtt


def is_shop(message, pattern):
    return message.topic.matches("shop/+") or message.topic.matches("#") or pattern.matches("shop/#")
"""

RULE = Rule(
    id="AMQ016",
    title="A filter that ends in `/#` matches the level above",
    library="asyncio-mqtt",
    link="https://github.com/empicano/aiomqtt/releases/tag/v1.1.0",
    was='`Topic("a").matches("a/#")` is False.',
    now="It is True.",
    proof=Proof.RAN,
    level=Level.ADVICE,
    needles=(b".matches(",),
    apply=find,
    examples=(
        Example(
            title="A filter for everything below",
            before=_PARENT,
            flags=((8, Level.ADVICE), (11, Level.ADVICE)),
            probe=Probe(old="parent False", broken="parent True"),
        ),
        Example(title="Other filters, and other things that match", before=_OTHERS),
    ),
)
