"""``Client.id`` is ``Client.identifier``, and ``_pending_calls_threshold`` lost its underscore.

https://github.com/empicano/aiomqtt/releases/tag/v2.0.0
"""

from __future__ import annotations

import libcst as cst

from transforms.asyncio_mqtt.clients import is_client
from transforms.asyncio_mqtt.names import NEEDLES
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Rewrite, change
from transforms.rule import Example, Probe, Rule, Verdicts

_NAMES = {"id": "identifier", "_pending_calls_threshold": "pending_calls_threshold"}


def find(page: Page) -> Verdicts:
    """The two attributes, on what is certainly a client."""
    for site in page.all(cst.Attribute):
        new = _NAMES.get(site.attr.value)
        if new is not None and is_client(page, site.value):
            yield Rewrite(site, f"`.{site.attr.value}` → `.{new}`", (change(site.attr, value=new),))


_RUN = "\n\nasyncio.run(main())\n"

_ATTRIBUTES = """\
import asyncio
import os
from typing import Optional

import aiomqtt


class Bus:
    def __init__(self):
        self._client: Optional[aiomqtt.Client] = None

    async def start(self):
        self._client = aiomqtt.Client("127.0.0.1", int(os.environ["MQTT_PORT"]))
        self._client._pending_calls_threshold = 20

    @property
    def name(self):
        return self._client.id


def describe(client: "aiomqtt.Client") -> str:
    return f"client <{client.id}>"


def handed_over(client):
    return client.id


async def main():
    bus = Bus()
    await bus.start()
    async with aiomqtt.Client("127.0.0.1", int(os.environ["MQTT_PORT"])) as client:
        print(describe(client), handed_over(client), "named", bus.name)
"""

_OTHERS = """\
import aiomqtt
from paho.mqtt.client import Client as Low


class Device:
    def __init__(self, id, client):
        self.id = id
        self.client = client


def names(device: Device, low: Low, client):
    return device.id, low.id, client.id, device.client.id


async def main(client):
    async with aiomqtt.Client("broker") as client:
        return client.identifier
"""

RULE = Rule(
    id="AMQ007",
    title="id is identifier",
    library="asyncio-mqtt",
    link="https://github.com/empicano/aiomqtt/releases/tag/v2.0.0",
    was="`client.id` is the client's name, `client._pending_calls_threshold` when to warn.",
    now="`'Client' object has no attribute 'id'`; they are `identifier` and `pending_calls_threshold`.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=NEEDLES,
    apply=find,
    examples=(
        Example(
            title="On a client by annotation, attribute, `with` and argument",
            before=_ATTRIBUTES,
            after=_ATTRIBUTES.replace("._pending", ".pending").replace("client.id", "client.identifier"),
            probe=Probe(script=_RUN, old="client <>", broken="no attribute 'id'", works="client <>"),
        ),
        Example(title="Objects that are not, or not certainly, a client", before=_OTHERS),
    ),
)
