import pytest
from rules.alarms import HornError, judge, sound
from rules.rule import Rule


@pytest.mark.asyncio
async def test_a_horn_that_cannot_be_reached_is_tried_again(horn):
    hooter = horn(ConnectionError(), TimeoutError())
    await sound(hooter, "quay-1")
    assert hooter.sounded == ["quay-1"]


@pytest.mark.asyncio
async def test_a_horn_that_is_overloaded_is_tried_again(horn):
    hooter = horn(HornError(503), HornError(503))
    await sound(hooter, "quay-1")
    assert hooter.sounded == ["quay-1"]


@pytest.mark.asyncio
async def test_a_horn_that_refuses_is_not_asked_twice(horn):
    with pytest.raises(HornError, match="403"):
        await sound(horn(HornError(403)), "quay-1")


async def test_an_alarm_sounds_once_until_the_rule_is_whole_again(horn):
    hooter, rule = horn(), Rule("quay-9", limit=10)
    for energy in (11, 12, 3, 13):
        await judge([rule], [("quay-9", energy)], hooter)
    assert hooter.sounded == ["quay-9", "quay-9"]
