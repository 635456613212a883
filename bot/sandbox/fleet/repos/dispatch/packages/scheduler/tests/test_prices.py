import asyncio

import pytest
from scheduler.prices import AuctionClosing, prices


class Bidder:
    """Answers after it has refused with these words."""

    def __init__(self, *refusals):
        self.refusals = list(refusals)

    async def prices(self, day):
        if self.refusals:
            raise AuctionClosing(self.refusals.pop())
        return [3, 2, 1]


async def test_an_auction_that_closes_is_waited_for():
    assert await prices(Bidder("closing", "closing"), "monday") == [3, 2, 1]


async def test_a_cancelled_auction_is_not():
    bidder = Bidder("closing", "closing", "cancelled")
    with pytest.raises(AuctionClosing, match="cancelled"):
        await prices(bidder, "monday")
    assert len(bidder.refusals) == 2


async def test_questions_run_side_by_side(event_loop):
    asked = [event_loop.create_task(prices(Bidder(), day)) for day in ("monday", "tuesday")]
    assert await asyncio.gather(*asked) == [[3, 2, 1]] * 2
