"""Collects alarms for a while, so that a storm of them is one message."""

import asyncio


async def digest(alarms, calm):
    """The alarms until none came for ``calm`` seconds."""
    storm = [await alarms.get()]
    while True:
        try:
            storm.append(await asyncio.wait_for(alarms.get(), calm))
        except asyncio.TimeoutError:
            return storm
