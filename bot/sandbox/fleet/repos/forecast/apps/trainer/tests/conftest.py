import pytest

SAMPLES = {0: [(17.0, 10.0), (7.0, 30.0)], 1: [(12.0, 20.0)]}


class Store:
    """Drops the end of a day's piece for the first calls."""

    def __init__(self, drops):
        self.drops = drops

    def samples(self, day):
        if self.drops:
            self.drops -= 1
            return SAMPLES[day]
        return [*SAMPLES[day], "end"]


@pytest.fixture
def store():
    return Store(drops=0)


@pytest.fixture
def dropping_store():
    return Store(drops=2)
