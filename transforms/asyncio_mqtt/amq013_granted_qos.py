"""``subscribe`` gives reason codes, which compare with numbers but are none.

https://github.com/empicano/aiomqtt/releases/tag/v2.0.0
"""

from __future__ import annotations

import libcst as cst

from transforms.asyncio_mqtt.clients import is_client
from transforms.asyncio_mqtt.names import is_moving, speaks_version_5
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Edit, Flag, Rewrite, dotted_text
from transforms.rule import Example, Probe, Rule, Verdicts

_NOTE = "a reason code, of which `.value` is the number"


def find(page: Page) -> Verdicts:
    """Results of ``await client.subscribe(...)`` used as numbers."""
    if not is_moving(page.tree) or speaks_version_5(page):
        return
    for call in page.all(cst.Call):
        match call.func:
            case cst.Attribute(value=owner, attr=cst.Name(value="subscribe")) if is_client(page, owner):
                awaited = page.parent(call)
                if isinstance(awaited, cst.Await):
                    yield from _used(page, awaited)


def _used(page: Page, awaited: cst.Await) -> Verdicts:
    match page.parent(awaited):
        case cst.Subscript() as item:
            yield from _number(page, item)
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name() as name)]) as assign:
            scope = page.scopes.scope(assign)
            for use in page.below(scope, cst.Name):
                if use.value == name.value and use is not name and [b.node for b in page.bindings(use)] == [assign]:
                    yield from _read(page, use)


def _read(page: Page, use: cst.Name) -> Verdicts:
    match page.parent(use):
        case cst.Subscript(value=value) as item if value is use:
            yield from _number(page, item)
        case cst.Arg(value=value) as arg if value is use:
            call = page.parent(arg)
            if not isinstance(call, cst.Call) or dotted_text(call.func) not in {
                "len",
                "bool",
                "print",
                "str",
                "repr",
            }:
                yield Flag(use, f"each of these is {_NOTE}")
        case cst.For() | cst.CompFor() | cst.Return():
            yield Flag(use, f"each of these is {_NOTE}")
        case cst.Comparison() | cst.ComparisonTarget():
            yield Flag(use, f"a list now, no tuple, and each in it is {_NOTE}")


def _number(page: Page, item: cst.Subscript) -> Verdicts:
    match page.parent(item):
        case cst.Attribute() | cst.Comparison() | cst.ComparisonTarget():
            return
    if not isinstance(item.slice[0].slice, cst.Index) or len(item.slice) != 1:
        return
    text = page.module.code_for_node(item)
    edit = Edit(item, lambda now: cst.Attribute(value=now, attr=cst.Name("value")))
    yield Rewrite(item, f"`{text}` → `{text}.value`: it is {_NOTE}", (edit,), level=Level.CHANGES_SILENTLY)


_RUN = "\n\nasyncio.run(main())\n"

_GRANTED = """\
import asyncio
import json
import os

try:
    from asyncio_mqtt import Client
except ImportError:
    from aiomqtt import Client


async def main():
    async with Client("127.0.0.1", int(os.environ["MQTT_PORT"])) as client:
        granted = await client.subscribe("amq013/a", 1)
        assert granted[0] == 1
        assert granted[0] in (0, 1, 2)
        print(json.dumps({"qos": granted[0]}), (await client.subscribe("amq013/b"))[0])
"""

_PASSED = """\
import json

from asyncio_mqtt import Client


async def main():
    async with Client("broker") as client:
        granted = await client.subscribe([("a", 0), ("b", 1)])
        for code in granted:
            print(code)
        assert granted == (0, 1)
        return json.dumps(granted)
"""

_OTHERS = """\
import asyncio_mqtt


async def main(bus):
    async with asyncio_mqtt.Client("broker") as client:
        granted = await client.subscribe("a")
        print(len(granted), granted[0] >= 128)
        result = await bus.subscribe("a")
        return result[0]
"""

RULE = Rule(
    id="AMQ013",
    title="What subscribe grants is a list of reason codes",
    library="asyncio-mqtt",
    link="https://github.com/empicano/aiomqtt/releases/tag/v2.0.0",
    was="`(await client.subscribe(...))[0]` is a number.",
    now="A `ReasonCode`: it compares with numbers, but `Object of type ReasonCode is not JSON serializable`.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    needles=(b"subscribe(",),
    apply=find,
    examples=(
        Example(
            title="Numbers that go somewhere else",
            before=_GRANTED,
            after=_GRANTED.replace('"qos": granted[0]', '"qos": granted[0].value').replace(
                'b"))[0]', 'b"))[0].value'
            ),
            notes=(16,),
            probe=Probe(
                script=_RUN, old='{"qos": 1} 0', broken="ReasonCode is not JSON serializable", works='{"qos": 1} 0'
            ),
        ),
        Example(
            title="The whole result, handed on",
            before=_PASSED,
            flags=((9, Level.CHANGES_SILENTLY), (11, Level.CHANGES_SILENTLY), (12, Level.CHANGES_SILENTLY)),
        ),
        Example(title="Comparisons, lengths and other buses", before=_OTHERS),
        Example(
            title="Code that is on aiomqtt 2 already",
            before=_GRANTED.replace("from asyncio_mqtt import Client", "from aiomqtt import Client"),
            others={"requirements.txt": "aiomqtt==2.5.1\n"},
        ),
    ),
)
