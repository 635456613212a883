import pytest
from rules import alarms


class Horn:
    """Fails as told before it sounds."""

    def __init__(self, *failures):
        self.failures = list(failures)
        self.sounded = []

    async def sound(self, meter):
        if self.failures:
            raise self.failures.pop(0)
        self.sounded.append(meter)


@pytest.fixture
def horn():
    return Horn


@pytest.fixture(autouse=True)
async def quiet():
    """Every test begins without alarms."""
    alarms.raised.clear()
