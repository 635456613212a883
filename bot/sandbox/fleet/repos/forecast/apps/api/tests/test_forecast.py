import pytest
from api.forecast import NotReady, forecast


class Models:
    """Publishes a model after so many questions."""

    def __init__(self, after):
        self.after = after

    async def load(self, quay):
        self.after -= 1
        if self.after >= 0:
            raise NotReady(quay)
        return lambda temperature: 10 + 2 * max(0, 17 - temperature)


@pytest.mark.asyncio
async def test_every_hour_has_its_word():
    assert await forecast(Models(after=0), "quay-1", [17, 7]) == [10, 30]


@pytest.mark.asyncio
async def test_a_model_that_is_being_published_is_waited_for():
    assert await forecast(Models(after=2), "quay-1", [12]) == [20]


@pytest.mark.asyncio
async def test_without_a_model_there_is_no_forecast():
    with pytest.raises(NotReady):
        await forecast(Models(after=9), "quay-1", [12])
