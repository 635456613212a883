import pytest
from api.upstream import Upstream


def restarting(times):
    """A store that refuses so many connections before it answers."""
    refusals = iter(range(times))

    def ask(path):
        for _ in refusals:
            raise ConnectionError(path)
        return {"path": path}

    return ask


def test_a_store_that_restarts_is_asked_again():
    store = Upstream(restarting(times=2))
    assert store.get("/readings") == {"path": "/readings"}
    assert store.questions == 3


def test_a_store_that_is_gone_is_reported():
    with pytest.raises(ConnectionError):
        Upstream(restarting(times=99)).get("/readings")
