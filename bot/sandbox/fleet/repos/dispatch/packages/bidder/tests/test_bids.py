import pytest
from bidder.bids import bid, bids


def test_the_margin_grows_as_the_hour_comes_near():
    assert bid(1.0, hours_ahead=1) == 1.04
    assert bid(1.0, hours_ahead=10) == 1.022


def test_a_negative_price_is_not_undercut():
    assert bid(-1.0, hours_ahead=1) == -0.96


def test_only_hours_to_come_are_bid_for():
    assert list(bids([1, 3, 5], [1.0] * 6, now=3)) == [5]


def test_an_hour_that_has_begun_is_refused():
    with pytest.raises(ValueError, match="over"):
        bid(1.0, hours_ahead=0)
