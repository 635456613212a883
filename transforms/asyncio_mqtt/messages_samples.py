"""Further programs for the examples of ``AMQ009``."""

TESTED = """\
async def test_hears(client):
    async with client.messages() as messages:
        await client.publish("a")
        async for message in messages: return
"""

FIXTURE = """\
import pytest_asyncio
from aiomqtt import Client


@pytest_asyncio.fixture
async def client():
    async with Client("127.0.0.1") as client:
        yield client
"""

SEVERAL = """\
import asyncio

import aiomqtt


async def first(client):
    async with client.messages() as messages:
        async for message in messages:
            print(message)


async def second(client):
    async with client.messages() as messages:
        async for message in messages:
            print(message)


async def main():
    async with aiomqtt.Client("broker") as client:
        await asyncio.gather(first(client), second(client))
"""

TASKS = """\
import asyncio

from aiomqtt import Client


async def read(client: Client, topic: str):
    async with client.messages() as messages:
        await client.subscribe(topic)
        async for message in messages:
            print(message)


async def main(topics):
    async with Client("broker") as client:
        await asyncio.gather(*(read(client, topic) for topic in topics))


async def sized(client: Client):
    size = 10
    async with Client("broker") as own, own.messages(queue_maxsize=size) as messages:
        async for message in messages:
            print(message)


async def guess(box):
    async with Client("broker") as own:
        manager = own.messages()
        await box.put(manager)


async def each(stack, topics):
    client = await stack.enter_async_context(Client("broker"))
    for topic in topics:
        messages = await stack.enter_async_context(client.messages())
        asyncio.create_task(print(messages))
"""

UNKNOWN = """\
from asyncio_mqtt import MqttError


async def read(box):
    try:
        async with box.messages() as messages:
            async for message in messages:
                print(message)
    except MqttError:
        print("lost")
"""

OTHERS = """\
import aiomqtt


class Inbox:
    def messages(self):
        return []


async def main(box, chat):
    async with aiomqtt.Client("broker") as client:
        await client.subscribe("a")
        async for message in client.messages:
            print(message, Inbox().messages(), box.messages())
    async with chat.messages() as messages:
        print(messages)
"""
