import asyncio

import pytest
from store import intake


async def test_readings_come_out_in_the_order_they_came_in():
    for at in range(3):
        await intake.incoming.put(("quay-1", at, 1.0))
    assert [at for _, at, _ in await intake.batch(size=5)] == [0, 1, 2]


async def test_a_quiet_hour_gives_an_empty_batch():
    assert await intake.batch(size=5) == []


async def test_a_batch_waits_for_a_reading_that_is_on_its_way():
    taking = asyncio.create_task(intake.batch(size=1, patience=5))
    await asyncio.sleep(0)
    await intake.incoming.put(("quay-1", 7, 1.0))
    assert await taking == [("quay-1", 7, 1.0)]


class Full(Exception):
    """The shelf is full: a way out of a writer that never ends."""


class Shelf:
    def __init__(self, size):
        self.size = size
        self.batches = []

    def write(self, batch):
        self.batches.append([at for _, at, _ in batch])
        if sum(map(len, self.batches)) == self.size:
            raise Full


async def test_the_writer_writes_batch_by_batch():
    for at in range(4):
        await intake.incoming.put(("quay-2", at, 2.0))
    shelf = Shelf(size=4)
    with pytest.raises(Full):
        await asyncio.wait_for(intake.writer(shelf, size=2), timeout=5)
    assert shelf.batches == [[0, 1], [2, 3]]
