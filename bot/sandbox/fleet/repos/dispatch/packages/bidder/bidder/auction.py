"""Places bids. The exchange asks for patience while it matches; a bid that it refused is not placed again."""

from tenacity import RetryError, retry, retry_if_exception_type, stop_after_attempt, wait_fixed


class Matching(Exception):
    """The exchange is busy with the last round."""


@retry(retry=retry_if_exception_type(Matching), wait=wait_fixed(0.001), stop=stop_after_attempt(4))
async def place(exchange, hour, price):
    """The number of the bid."""
    return await exchange.place(hour, price)


async def place_all(exchange, bids):
    """The numbers of all bids that were placed, and the patience it took: attempts beyond the first."""
    numbers, patience = {}, 0
    for hour, price in bids.items():
        try:
            numbers[hour] = await place(exchange, hour, price)
        except RetryError:
            continue
        finally:
            patience += place.retry.statistics["attempt_number"] - 1
    return numbers, patience
