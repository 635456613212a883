"""The parts that probes of receiving share: a program that reads, and another client that sends what it reads."""

from __future__ import annotations

TOP = """\
import asyncio
import os

from aiomqtt import Client

PORT = int(os.environ["MQTT_PORT"])
ready = asyncio.Event()


"""

_SEND = """

async def send():
    await ready.wait()
    async with Client("127.0.0.1", PORT) as client:
        await client.publish("other", "no", qos=1)
        for text in ("one", "stop"):
            await client.publish("TOPIC/shop/7", text, qos=1)


async def both():
    await asyncio.wait_for(asyncio.gather(main(), send()), 10)


asyncio.run(both())
"""


def sending(topic: str) -> str:
    """What starts the example's ``main`` and sends it two messages below a topic, and one beside it."""
    return _SEND.replace("TOPIC", topic)
