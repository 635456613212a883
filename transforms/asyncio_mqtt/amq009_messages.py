"""Messages are read from ``client.messages``; ``client.messages()`` was a context.

https://github.com/empicano/aiomqtt/releases/tag/v2.0.0
"""

from __future__ import annotations

from transforms.asyncio_mqtt.messages_samples import FIXTURE, OTHERS, SEVERAL, TASKS, TESTED, UNKNOWN
from transforms.asyncio_mqtt.proving import TOP, sending
from transforms.asyncio_mqtt.receptions import on, unknown
from transforms.asyncio_mqtt.unwrapping import Plan, plan
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag, Rewrite
from transforms.rule import Example, Probe, Rule, Verdicts

_NOTE = "the queue lives as long as the client: what came before the loop, or before a reconnect, is delivered too"


def find(page: Page) -> Verdicts:
    """``client.messages()``: rewritten when it is the client's only reception and is entered in a usual way."""
    for reception in on(page):
        if reception.method != "messages":
            continue
        client = page.module.code_for_node(reception.client)
        match plan(reception, loops_only=False):
            case Plan(edits=edits):
                message = f"`{client}.messages()` → `{client}.messages`: {_NOTE}"
                yield Rewrite(reception.call, message, edits, level=Level.CHANGES_SILENTLY)
            case str() as why:
                yield Flag(reception.call, f"`{client}.messages` is no context any more: {why}")
    for call in unknown(page, "messages"):
        yield Flag(call, "if this is an MQTT client: `messages` is no context any more, iterate over it")


_PLAIN = (
    TOP
    + """\
async def main():
    async with Client("127.0.0.1", PORT) as client:
        # all of them
        async with client.messages() as messages:  # one queue
            await client.subscribe("amq009/#")
            ready.set()
            async for message in messages:
                print(message.topic, message.payload)
                if message.payload == b"stop":
                    break
            # the end
        print("left")
"""
)

_PLAIN_AFTER = (
    TOP
    + """\
async def main():
    async with Client("127.0.0.1", PORT) as client:
        # all of them
        # one queue
        await client.subscribe("amq009/#")
        ready.set()
        async for message in client.messages:
            print(message.topic, message.payload)
            if message.payload == b"stop":
                break
            # the end
        print("left")
"""
)

_ITEM = (
    TOP
    + """\
async def main():
    async with Client(
        "127.0.0.1",
        PORT,
    ) as client, client.messages(queue_maxsize=10) as messages:
        await client.subscribe("item/#")
        ready.set()
        async for message in messages:
            print(message.topic, message.payload)
            if message.payload == b"stop":
                return
"""
)

_ITEM_AFTER = (
    _ITEM.replace("        PORT,\n", "        PORT,\n        max_queued_incoming_messages=10,\n")
    .replace(", client.messages(queue_maxsize=10) as messages", "")
    .replace("in messages", "in client.messages")
)

_STACK = (
    TOP.replace("import asyncio\n", "import asyncio\nimport contextlib\n")
    + """\
class Bus:
    async def start(self, stack):
        self.client = await stack.enter_async_context(Client("127.0.0.1", PORT))

    async def read(self, stack):
        incoming = await stack.enter_async_context(self.client.messages())
        await self.client.subscribe("stack/#")
        ready.set()
        async for message in incoming:
            print(message.topic, message.payload)
            if message.payload == b"stop":
                return


async def main():
    async with contextlib.AsyncExitStack() as stack:
        bus = Bus()
        await bus.start(stack)
        await bus.read(stack)
"""
)

RULE = Rule(
    id="AMQ009",
    title="client.messages is a stream, no context",
    library="asyncio-mqtt",
    link="https://github.com/empicano/aiomqtt/releases/tag/v2.0.0",
    was="`async with client.messages() as messages:` opens a queue of its own; every reader gets every message.",
    now="`TypeError: 'MessagesIterator' object is not callable`; one queue a client, and readers share it.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"messages(",),
    apply=find,
    examples=(
        Example(
            title="The plain shape: the block goes, its comments stay",
            before=_PLAIN,
            after=_PLAIN_AFTER,
            notes=(13,),
            probe=Probe(
                script=sending("amq009"),
                old="amq009/shop/7 b'stop'",
                broken="'MessagesIterator' object is not callable",
                works="amq009/shop/7 b'stop'",
            ),
        ),
        Example(
            title="As a second item, with a limit that the client takes now",
            before=_ITEM,
            after=_ITEM_AFTER,
            notes=(14,),
            probe=Probe(
                script=sending("item"),
                old="item/shop/7 b'stop'",
                broken="'MessagesIterator' object is not callable",
                works="item/shop/7 b'stop'",
            ),
        ),
        Example(
            title="Entered by a stack",
            before=_STACK,
            after=_STACK.replace("await stack.enter_async_context(self.client.messages())", "self.client.messages"),
            notes=(16,),
            probe=Probe(
                script=sending("stack"),
                old="stack/shop/7 b'stop'",
                broken="'MessagesIterator' object is not callable",
                works="stack/shop/7 b'stop'",
            ),
        ),
        Example(
            title="In a test, on a client that a fixture gives",
            path="tests/test_bus.py",
            before=TESTED,
            after=TESTED.replace("    async with client.messages() as messages:\n", "")
            .replace("        await client.pub", "    await client.pub")
            .replace("        async for message in messages: ", "    async for message in client.messages: "),
            others={"tests/conftest.py": FIXTURE},
            notes=(2,),
        ),
        Example(
            title="Two readers of one client, which would each get half",
            before=SEVERAL,
            flags=((7, Level.BREAKS), (13, Level.BREAKS)),
        ),
        Example(
            title="A reader started many times, a limit known too late, a context kept in a name",
            before=TASKS,
            flags=((7, Level.BREAKS), (20, Level.BREAKS), (27, Level.BREAKS), (34, Level.BREAKS)),
        ),
        Example(title="On something that is not known", before=UNKNOWN, flags=((6, Level.BREAKS),)),
        Example(title="Other objects' messages, and code that is right already", before=OTHERS),
    ),
)
