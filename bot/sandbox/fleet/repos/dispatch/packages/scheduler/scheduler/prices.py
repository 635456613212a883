"""Asks the bidder for prices; it answers late while an auction closes."""

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_none


class AuctionClosing(Exception):
    pass


def is_not_final(state):
    """A cancelled auction never gives prices."""
    return "cancelled" not in str(state.outcome.exception())


@retry(
    retry=retry_if_exception_type(AuctionClosing) & is_not_final,
    wait=wait_none(),
    stop=stop_after_attempt(5),
    reraise=True,
)
async def prices(bidder, day):
    """The prices of a day's hours."""
    return await bidder.prices(day)
