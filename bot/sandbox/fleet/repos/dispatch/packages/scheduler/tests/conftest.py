import pytest


@pytest.fixture
def event_loop(event_loop):
    """Complain about slow callbacks: the plan must never block the bidder's calls."""
    event_loop.set_debug(True)
    yield event_loop
