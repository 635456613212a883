"""The constructor's ``client_id`` is called ``identifier``.

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
    """``client_id`` in a call that makes a client, or in the dictionary that is unpacked there."""
    for call in constructions(page):
        for option in options(page, call):
            match option:
                case Option(name="client_id"):
                    yield Rewrite(option.at, "`client_id` → `identifier`", (option.renamed("identifier"),))
                case cst.Arg() if may_hold(page, call, "client_id"):
                    yield Flag(
                        option,
                        "`client_id` is `identifier` now; if what is unpacked here holds it, rename that key",
                    )


_RUN = "\n\nasyncio.run(main())\n"

_CONNECT = """\
import asyncio
import os

import aiomqtt


async def main():
    async with aiomqtt.Client(
        "127.0.0.1",
        int(os.environ["MQTT_PORT"]),
        client_id="shop",
        clean_session=True,
    ) as client:
        await client.publish("amq003/a", "x")
        print("published")
"""

_UNPACKED = """\
import asyncio
import os
from functools import partial

from aiomqtt import Client

PORT = int(os.environ["MQTT_PORT"])
connect = partial(Client, client_id="d")


class Named(Client):
    def __init__(self, name):
        super().__init__("127.0.0.1", PORT, client_id=name)


async def main():
    options = {"hostname": "127.0.0.1", "client_id": "shop"}
    options["port"] = PORT
    async with Client(**options), Client(**dict(hostname="127.0.0.1", port=PORT, client_id="b")):
        async with Named("c"), connect("127.0.0.1", PORT):
            print("connected")
"""

_RETURNED = """\
import asyncio
import os

from aiomqtt import Client


class Bus:
    user = None

    def options(self):
        options = {"hostname": "127.0.0.1", "client_id": "shop"}
        options.update(port=int(os.environ["MQTT_PORT"]))
        if self.user:
            options["username"] = self.user
        return options

    async def run(self):
        async with Client(**self.options()), Client(**{**{"client_id": "b"}, "hostname": "127.0.0.1"}, port=PORT):
            print("connected")


PORT = int(os.environ["MQTT_PORT"])


async def main():
    await Bus().run()
"""

_ELSEWHERE = """\
from asyncio_mqtt import Client


def settings():
    return {"client_id": "shop"}


async def main():
    print(settings()["client_id"])
    async with Client("broker", **settings()) as client:
        await client.publish("a")
"""

_OTHERS = """\
import paho.mqtt.client as paho
from aiomqtt import Client
from oauth import Client as Login


class Notifier:
    def __init__(self, client_id):
        self.client_id = client_id
        self.login = Login(client_id=client_id)
        self.low = paho.Client(client_id=client_id)

    async def send(self, text):
        async with Client("broker", identifier=self.client_id) as client:
            await client.publish("a", text)
"""

RULE = Rule(
    id="AMQ003",
    title="A client's name is its identifier",
    library="asyncio-mqtt",
    link="https://github.com/empicano/aiomqtt/releases/tag/v2.0.0",
    was="`Client(client_id=...)` names the client.",
    now="`TypeError: Client.__init__() got an unexpected keyword argument 'client_id'`",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=NEEDLES,
    apply=find,
    examples=(
        Example(
            title="An argument, the others untouched",
            before=_CONNECT,
            after=_CONNECT.replace("client_id", "identifier"),
            probe=Probe(
                script=_RUN,
                old="published",
                broken="Client.__init__() got an unexpected keyword argument 'client_id'",
                works="published",
            ),
        ),
        Example(
            title="In dictionaries that are unpacked, a derived class, a partial",
            before=_UNPACKED,
            after=_UNPACKED.replace("client_id", "identifier"),
            probe=Probe(script=_RUN, old="connected", broken="argument 'client_id'", works="connected"),
        ),
        Example(
            title="In what a method gives, which is called for nothing else",
            before=_RETURNED,
            after=_RETURNED.replace("client_id", "identifier"),
            probe=Probe(script=_RUN, old="connected", broken="argument 'client_id'", works="connected"),
        ),
        Example(
            title="Handed over in a dictionary that is read elsewhere too",
            before=_ELSEWHERE,
            flags=((10, Level.BREAKS),),
        ),
        Example(title="Other classes, attributes and parameters of that name", before=_OTHERS),
    ),
)
