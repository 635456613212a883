import pytest
from scheduler.plan import Stay, TooShort, plan

PRICES = [9, 1, 5, 1, 7, 2]


def test_the_cheapest_hours_are_taken_in_order():
    assert plan(Stay("Aurora", energy=25, power=10, hours=6), PRICES) == [1, 3, 5]


def test_only_hours_of_the_stay_count():
    assert plan(Stay("Aurora", energy=10, power=10, hours=1), PRICES) == [0]


def test_a_stay_that_is_too_short_is_refused():
    with pytest.raises(TooShort, match="Aurora"):
        plan(Stay("Aurora", energy=70, power=10, hours=6), PRICES)
