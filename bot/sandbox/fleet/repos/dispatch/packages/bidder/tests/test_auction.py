import pytest
from bidder.auction import Matching, place_all

pytestmark = pytest.mark.asyncio("module")


class Exchange:
    """Matches for the first calls, then numbers the bids."""

    def __init__(self, matching_for):
        self.matching_for = matching_for
        self.bids = []

    async def place(self, hour, price):
        if self.matching_for:
            self.matching_for -= 1
            raise Matching
        self.bids.append((hour, price))
        return len(self.bids)


async def test_every_bid_is_placed():
    assert await place_all(Exchange(matching_for=0), {3: 1.02, 5: 2.04}) == ({3: 1, 5: 2}, 0)


async def test_a_matching_exchange_is_waited_for():
    assert await place_all(Exchange(matching_for=2), {3: 1.02}) == ({3: 1}, 2)


async def test_a_bid_that_found_no_end_is_left_out():
    assert await place_all(Exchange(matching_for=4), {3: 1.02, 5: 2.04}) == ({5: 1}, 3)
