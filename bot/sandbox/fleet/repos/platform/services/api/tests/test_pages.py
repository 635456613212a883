import asyncio

import pytest
import pytest_asyncio
from api.pages import page, walk

pytestmark = pytest.mark.asyncio(scope="module")
READINGS = list(range(7))


@pytest_asyncio.fixture(scope="module")
async def source():
    """A source that answers on the loop it was opened on."""
    loop = asyncio.get_running_loop()

    async def fetch(number):
        assert asyncio.get_running_loop() is loop
        return page(READINGS, number, size=3)

    yield fetch


async def test_every_item_is_met_once(source):
    assert [item async for item in walk(source)] == READINGS


async def test_a_walk_can_be_left_early(source):
    walking = walk(source)
    assert await walking.__anext__() == 0
    await walking.aclose()
