import pytest
from weather.wind import beaufort, mean


@pytest.mark.parametrize(("speed", "number"), [(0.0, 0), (0.2, 0), (5.5, 4), (20.7, 8), (20.8, 9), (40.0, 12)])
def test_the_scale(speed, number):
    assert beaufort(speed) == number


def test_the_mean_is_rounded_to_a_tenth():
    assert mean([3.0, 4.0, 4.1]) == 3.7


def test_the_mean_is_rounded_half_up_like_the_station_does():
    assert mean([2.0, 2.5]) == 2.3
