import pytest
from billing.invoice import Invoice, invoice


class Tariff:
    """Knows these prices; some of them only when asked again."""

    def __init__(self, prices, late=()):
        self.prices = prices
        self.late = set(late)
        self.asked = []

    def price(self, hour):
        self.asked.append(hour)
        if hour in self.late:
            self.late.discard(hour)
            raise LookupError(hour)
        return self.prices[hour]


@pytest.fixture
@pytest.mark.usefixtures("tmp_path")
def tariff():
    return Tariff({0: 100, 1: 250, 2: -40})


def test_hours_add_up(tariff):
    assert invoice("quay-1", {0: 2.0, 1: 1.5}, tariff) == Invoice("quay-1", 575, late_prices=0)


def test_a_late_price_is_asked_for_again_and_counted(tariff):
    tariff.late = {1}
    assert invoice("quay-1", {0: 1.0, 1: 1.0}, tariff) == Invoice("quay-1", 350, late_prices=1)


def test_a_negative_price_is_doubted_and_then_free(tariff):
    assert invoice("quay-1", {2: 10.0}, tariff).amount == 0
    assert tariff.asked == [2, 2, 2]
