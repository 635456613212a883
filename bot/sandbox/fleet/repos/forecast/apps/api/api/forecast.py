"""The forecast of a quay: the model's word, hour by hour."""

import tenacity._asyncio
from tenacity import stop_after_attempt, wait_fixed


class NotReady(Exception):
    """The trainer has not published a model yet."""


async def forecast(models, quay, temperatures):
    """What the quay will draw at these temperatures."""
    patient = tenacity._asyncio.AsyncRetrying(
        retry=tenacity.retry_if_exception_type(NotReady),
        wait=wait_fixed(0.001),
        stop=stop_after_attempt(3),
        reraise=True,
    )
    model = await patient(models.load, quay)
    return [round(model(temperature), 1) for temperature in temperatures]
