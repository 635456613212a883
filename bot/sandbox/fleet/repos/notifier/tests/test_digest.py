import asyncio

from notifier.digest import digest


async def test_a_storm_is_one_message():
    alarms = asyncio.Queue()
    for name in ("fire", "flood"):
        alarms.put_nowait(name)
    assert await digest(alarms, calm=0.01) == ["fire", "flood"]


async def test_the_digest_waits_for_the_first_alarm(event_loop):
    alarms = asyncio.Queue()
    event_loop.call_later(0.02, alarms.put_nowait, "fire")
    assert await digest(alarms, calm=0.01) == ["fire"]
