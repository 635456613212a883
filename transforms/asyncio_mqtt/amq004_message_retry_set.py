"""The constructor's ``message_retry_set`` is gone: paho 2 retries as the protocol says.

https://github.com/empicano/aiomqtt/releases/tag/v2.0.0
"""

from __future__ import annotations

import libcst as cst

from transforms.asyncio_mqtt.clients import constructions
from transforms.asyncio_mqtt.names import NEEDLES
from transforms.asyncio_mqtt.options import Option, may_hold, options
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag, Rewrite
from transforms.rule import Example, Probe, Rule, Verdicts


def find(page: Page) -> Verdicts:
    """``message_retry_set`` in a call that makes a client, or in the dictionary that is unpacked there."""
    for call in constructions(page):
        for option in options(page, call):
            match option:
                case Option(name="message_retry_set"):
                    yield Rewrite(option.at, "`message_retry_set` removed", option.dropped())
                case cst.Arg() if may_hold(page, call, "message_retry_set"):
                    yield Flag(option, "`message_retry_set` is gone: take it out if it is in what is unpacked here")


_RUN = "\n\nasyncio.run(main())\n"

_LAST = """\
import asyncio
import os

import aiomqtt


async def main():
    port = int(os.environ["MQTT_PORT"])
    options = {"message_retry_set": 5, "keepalive": 30}
    async with aiomqtt.Client("127.0.0.1", port, message_retry_set=20):
        async with aiomqtt.Client("127.0.0.1", port, **options):
            print("connected")
"""

_ELSEWHERE = """\
from asyncio_mqtt import Client

from settings import load


async def main():
    async with Client("broker", **load("message_retry_set")) as client:
        await client.publish("a")
"""

RULE = Rule(
    id="AMQ004",
    title="message_retry_set is gone",
    library="asyncio-mqtt",
    link="https://github.com/empicano/aiomqtt/releases/tag/v2.0.0",
    was="`Client(message_retry_set=20)` was handed to paho, which ignored it.",
    now="`TypeError: Client.__init__() got an unexpected keyword argument 'message_retry_set'`",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=NEEDLES,
    apply=find,
    examples=(
        Example(
            title="Taken out of the call and of an unpacked dictionary",
            before=_LAST,
            after=_LAST.replace(", message_retry_set=20", "").replace('"message_retry_set": 5, ', ""),
            probe=Probe(
                script=_RUN, old="connected", broken="keyword argument 'message_retry_set'", works="connected"
            ),
        ),
        Example(title="Handed over in a dictionary from elsewhere", before=_ELSEWHERE, flags=((7, Level.BREAKS),)),
        Example(
            title="A client of another library",
            before="import paho.mqtt.client as paho\n\npaho.Client().message_retry_set(20)\n",
        ),
    ),
)
