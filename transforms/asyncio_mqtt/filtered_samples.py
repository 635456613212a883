"""Further programs for the examples of ``AMQ010``."""

SEVERAL = """\
import asyncio
from contextlib import AsyncExitStack

from asyncio_mqtt import Client


async def main(topics):
    async with AsyncExitStack() as stack:
        client = Client("broker")
        await stack.enter_async_context(client)
        for topic in topics:
            manager = client.filtered_messages(topic)
            messages = await stack.enter_async_context(manager)
            asyncio.create_task(log(messages))
        rest = await stack.enter_async_context(client.unfiltered_messages())
        await log(rest)


async def log(messages):
    async for message in messages:
        print(message.topic)
"""

KEPT = """\
import asyncio

import aiomqtt
import store


async def main(queue: asyncio.Queue):
    async with aiomqtt.Client("broker") as client:
        async with client.unfiltered_messages() as messages:
            async for message in messages:
                await queue.put(message)
                store.late(message.timestamp, message.topic.lower())


async def system():
    async with aiomqtt.Client("broker") as client, client.filtered_messages("$SYS/#") as messages:
        async for message in messages:
            print(message.payload)
"""

KEPT_AFTER = """\
import asyncio

import aiomqtt
import store


async def main(queue: asyncio.Queue):
    async with aiomqtt.Client("broker") as client:
        async for message in client.messages:
            await queue.put(message)
            store.late(message.timestamp, message.topic.value.lower())


async def system():
    async with aiomqtt.Client("broker") as client, client.filtered_messages("$SYS/#") as messages:
        async for message in messages:
            print(message.payload)
"""

UNKNOWN = """\
import asyncio_mqtt


async def read(box, topic):
    async with box.filtered_messages(topic) as messages:
        async for message in messages:
            print(message.topic.split("/"), asyncio_mqtt.MqttError)
"""

OTHERS = """\
import aiomqtt


async def main(mail):
    async with aiomqtt.Client("broker") as client:
        async for message in client.messages:
            print(message.topic == "a", message.topic.value)
    for letter in mail.filtered_messages("a"):
        print(letter.topic.split())
"""

IN_TURN = """\
async def main():
    async with Client("127.0.0.1", PORT) as client:
        await client.subscribe("turn/#")
        ready.set()
        async with client.filtered_messages("turn/shop/+") as messages:
            async for message in messages:
                print("first", message.topic.split("/")[1], message.payload)
                break
        await client.publish("turn/late/8", "8")
        async with client.unfiltered_messages() as messages:
            async for message in messages:
                if message.payload == b"8":
                    print("then", message.topic.split("/")[1])
                    return
"""

IN_TURN_AFTER = """\
async def main():
    async with Client("127.0.0.1", PORT) as client:
        await client.subscribe("turn/#")
        ready.set()
        async for message in client.messages:
            if not message.topic.matches("turn/shop/+"):
                continue
            print("first", message.topic.value.split("/")[1], message.payload)
            break
        await client.publish("turn/late/8", "8")
        async for message in client.messages:
            if message.payload == b"8":
                print("then", message.topic.value.split("/")[1])
                return
"""

AT_ONCE = """\
import asyncio

from asyncio_mqtt import Client


async def both(client: Client):
    async with client.filtered_messages("a") as first:
        async with client.unfiltered_messages() as rest:
            async for message in first:
                print(message.payload)
            async for message in rest:
                print(message.payload)


async def tasks(client: Client):
    async with client.filtered_messages("a") as first:
        task = asyncio.create_task(log(first))
    async with client.unfiltered_messages() as rest:
        async for message in rest:
            print(message.payload)
    await task


async def log(messages):
    async for message in messages:
        print(message.payload)
"""
