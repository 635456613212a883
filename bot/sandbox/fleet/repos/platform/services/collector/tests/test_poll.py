import pytest
from collector.poll import read, round_of
from collector.reading import Garbled, Reading


class Line:
    """A serial line on which some meters need to be asked more than once."""

    def __init__(self, silent=None, noise=()):
        self.silent = dict(silent or {})
        self.noise = list(noise)
        self.asked = []

    async def ask(self, meter):
        self.asked.append(meter)
        if self.silent.get(meter, 0) > 0:
            self.silent[meter] -= 1
            raise TimeoutError(meter)
        return self.noise.pop() if self.noise else f"{meter};1700000000000;42.5"


@pytest.mark.asyncio
@pytest.fixture
def quay():
    return ["quay-1", "quay-2", "quay-3"]


@pytest.mark.asyncio
async def test_every_meter_is_read_in_order(quay):
    readings = await round_of(quay, Line())
    assert [reading.meter for reading in readings] == quay


@pytest.mark.asyncio
async def test_a_meter_that_missed_a_call_is_asked_again(quay):
    line = Line(silent={"quay-2": 2})
    assert len(await round_of(quay, line)) == 3
    assert line.asked.count("quay-2") == 3


@pytest.mark.asyncio
async def test_a_dead_meter_does_not_cost_the_round(quay):
    readings = await round_of(quay, Line(silent={"quay-2": 99}))
    assert [reading.meter for reading in readings] == ["quay-1", "quay-3"]


@pytest.mark.asyncio
async def test_noise_on_the_line_is_read_again():
    assert await read("quay-1", Line(noise=["q?;;"])) == Reading("quay-1", 1700000000000, 42.5)


@pytest.mark.asyncio
async def test_noise_that_stays_is_reported():
    with pytest.raises(Garbled):
        await read("quay-1", Line(noise=["q?;;"] * 9))


@pytest.mark.asyncio
async def test_a_round_of_silent_meters_is_over_quickly(event_loop, quay):
    started = event_loop.time()
    assert await round_of(quay, Line(silent=dict.fromkeys(quay, 99))) == []
    assert event_loop.time() - started < 1
