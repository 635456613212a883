import pytest
from tariff.price import cheapest, consumer_price
from tariff.settings import Settings

NORWAY = Settings("NO5", "NOK", 0.48)


def test_the_grid_fee_is_added():
    assert consumer_price(0.52, NORWAY) == 1.0


def test_a_negative_price_is_passed_on():
    assert consumer_price(-0.60, NORWAY) == -0.12


def test_the_cheapest_window_is_found():
    assert cheapest([5, 1, 2, 9], hours=2) == 1


def test_a_window_longer_than_the_day_is_refused():
    with pytest.raises(ValueError, match="no window of 3 hours in 2"):
        cheapest([1, 2], hours=3)
