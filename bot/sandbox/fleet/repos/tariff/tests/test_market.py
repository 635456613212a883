import pytest
from tariff.market import day_ahead, lateness


class Market:
    """Publishes after so many questions."""

    def __init__(self, late):
        self.late = late

    def prices(self, zone):
        self.late -= 1
        return None if self.late >= 0 else [0.4, 0.3]


@pytest.mark.market
def test_published_prices_come_at_once():
    assert day_ahead(Market(late=0), "NO5") == [0.4, 0.3]
    assert lateness() == 0


@pytest.mark.market
def test_a_late_market_is_asked_again():
    assert day_ahead(Market(late=2), "NO5") == [0.4, 0.3]
    assert lateness() == 2


@pytest.mark.market
def test_a_silent_market_means_no_prices():
    assert day_ahead(Market(late=99), "NO5") == []
