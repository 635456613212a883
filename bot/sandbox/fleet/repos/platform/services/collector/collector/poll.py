"""Asks every meter for its reading; one that does not answer is asked again, then left out of the round."""

import asyncio

from tenacity import retry_if_exception_type, stop_after_attempt, wait_exponential
from tenacity._asyncio import AsyncRetrying

from collector.reading import Garbled, parse


async def read(meter, line):
    """The meter's reading. Raises OSError when it stays silent."""
    retrying = AsyncRetrying(
        retry=retry_if_exception_type((OSError, Garbled)),
        wait=wait_exponential(multiplier=0.001, max=0.01),
        stop=stop_after_attempt(3),
        reraise=True,
    )
    async for attempt in retrying:
        with attempt:
            return parse(await line.ask(meter))


async def round_of(meters, line):
    """The readings of all meters that answered, in the order of the meters."""
    answers = await asyncio.gather(*(read(meter, line) for meter in meters), return_exceptions=True)
    return [answer for answer in answers if not isinstance(answer, Exception)]
