"""The constructor's ``protocol`` must be a ``ProtocolVersion``; a plain number is none.

https://github.com/empicano/aiomqtt/releases/tag/v2.0.0
"""

from __future__ import annotations

import libcst as cst

from transforms.asyncio_mqtt.clients import constructions
from transforms.asyncio_mqtt.names import NEEDLES, say
from transforms.asyncio_mqtt.options import Option, options
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag, Rewrite, swap
from transforms.rule import Example, Probe, Rule, Verdicts

_VERSIONS = {"3": "V31", "4": "V311", "5": "V5"}


def find(page: Page) -> Verdicts:
    """``protocol=4`` in a call that makes a client."""
    for call in constructions(page):
        for option in options(page, call):
            match option:
                case Option(name="protocol", value=cst.Integer(value=number) as value):
                    yield _replaced(page, value, number)


def _replaced(page: Page, value: cst.Integer, number: str) -> Rewrite | Flag:
    kind = say(page, value, "ProtocolVersion")
    version = _VERSIONS.get(number)
    if kind is None or version is None:
        return Flag(value, f"`protocol={number}` must be a member of `ProtocolVersion`")
    new = cst.Attribute(value=kind.expression, attr=cst.Name(version))
    return Rewrite(value, f"`{number}` → `ProtocolVersion.{version}`", (swap(value, new),), imports=kind.imports)


_RUN = "\n\nasyncio.run(main())\n"

_NUMBER = """\
import asyncio
import os

from aiomqtt import Client

PORT = int(os.environ["MQTT_PORT"])


async def main():
    async with Client("127.0.0.1", PORT, protocol=4), Client("127.0.0.1", PORT, **{"protocol": 5}):
        print("connected")
"""

_RIGHT = """\
import aiomqtt
import paho.mqtt.client as paho


async def main(version):
    async with aiomqtt.Client("broker", protocol=aiomqtt.ProtocolVersion.V5):
        async with aiomqtt.Client("broker", protocol=paho.MQTTv5), aiomqtt.Client("broker", protocol=version):
            paho.Client(protocol=4)
"""

RULE = Rule(
    id="AMQ005",
    title="The protocol is a ProtocolVersion, not a number",
    library="asyncio-mqtt",
    link="https://github.com/empicano/aiomqtt/releases/tag/v2.0.0",
    was="`Client(protocol=4)` speaks MQTT 3.1.1.",
    now="`AttributeError: 'int' object has no attribute 'value'`",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=NEEDLES,
    apply=find,
    examples=(
        Example(
            title="Numbers become members, imported where needed",
            before=_NUMBER,
            after=_NUMBER.replace("import Client", "import Client, ProtocolVersion")
            .replace("protocol=4", "protocol=ProtocolVersion.V311")
            .replace('"protocol": 5', '"protocol": ProtocolVersion.V5'),
            probe=Probe(
                script=_RUN,
                old="connected",
                broken="'int' object has no attribute 'value'",
                works="connected",
            ),
        ),
        Example(
            title="A number that is no version",
            before='from aiomqtt import Client\n\n\ndef make():\n    return Client("broker", protocol=6)\n',
            flags=((5, Level.BREAKS),),
        ),
        Example(title="Members, paho's constants, variables and other clients", before=_RIGHT),
    ),
)
