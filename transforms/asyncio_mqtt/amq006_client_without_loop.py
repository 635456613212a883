"""A client can only be made while an event loop runs.

https://github.com/empicano/aiomqtt/releases/tag/v2.0.0
"""

from __future__ import annotations

import libcst as cst

from transforms.asyncio_mqtt.clients import makes_client
from transforms.asyncio_mqtt.names import NEEDLES
from transforms.definitions import definition
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts


def find(page: Page) -> Verdicts:
    """Clients made when a module is imported, and by functions that are called then or before ``asyncio.run``."""
    for call in page.all(cst.Call):
        if makes_client(page, call) and _runs_without_loop(page, call, 4):
            yield Flag(call, "no event loop runs here: make the client inside the coroutine that uses it")


def _runs_without_loop(page: Page, node: cst.CSTNode, steps: int) -> bool:
    """Whether the node certainly runs outside any coroutine."""
    function = next((at for at in page.above(node) if isinstance(at, (cst.FunctionDef, cst.Lambda))), None)
    if function is None:
        return True
    if isinstance(function, cst.Lambda) or function.asynchronous is not None or not steps:
        return False
    if any(_starts_loop(page, c) for c in page.below(function.body, cst.Call)):
        return True
    callers = [c for c in page.all(cst.Call) if _calls(page, c, function)]
    return any(_runs_without_loop(page, c, steps - 1) for c in callers)


def _starts_loop(page: Page, call: cst.Call) -> bool:
    name = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
    return page.resolve(call.func) == "asyncio.run" or name in {"run_until_complete", "run_forever"}


def _calls(page: Page, call: cst.Call, function: cst.FunctionDef) -> bool:
    found = definition(page, call.func)
    if found is None or found.page is not page:
        return False
    klass = page.scopes.scope(function)
    return found.node is function or (function.name.value == "__init__" and found.node is klass)


_MODULE = """\
import asyncio
import os

from aiomqtt import Client

client = Client("127.0.0.1", int(os.environ["MQTT_PORT"]))
"""

_INIT = """\
import asyncio

import aiomqtt


class Bus:
    def __init__(self):
        self.client = aiomqtt.Client("broker")

    async def run(self):
        async with self.client as client:
            await client.publish("a")


def main():
    bus = Bus()
    asyncio.run(bus.run())


main()
"""

_INSIDE = """\
import asyncio

import aiomqtt
import paho.mqtt.client as paho

low = paho.Client()


class Bus:
    def __init__(self):
        self.client = aiomqtt.Client("broker")


def make():
    return aiomqtt.Client("broker")


async def main():
    async with make(), Bus().client:
        pass


asyncio.run(main())
"""

RULE = Rule(
    id="AMQ006",
    title="A client made while no loop runs",
    library="asyncio-mqtt",
    link="https://github.com/empicano/aiomqtt/releases/tag/v2.0.0",
    was="`Client(...)` at module level took the loop that was to run later.",
    now="`RuntimeError: no running event loop`",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=NEEDLES,
    apply=find,
    examples=(
        Example(
            title="At module level",
            before=_MODULE,
            flags=((6, Level.BREAKS),),
            probe=Probe(script='\nprint("made")\n', old="made", broken="no running event loop"),
        ),
        Example(title="In an object that is made before the loop starts", before=_INIT, flags=((8, Level.BREAKS),)),
        Example(title="Inside a coroutine, by way of a function or class too", before=_INSIDE),
    ),
)
