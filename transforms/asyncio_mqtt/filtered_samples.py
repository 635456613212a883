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
