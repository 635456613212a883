"""When work may begin: windows, midnight, daylight saving, and freezes that touch."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import shut
from bot.model import Freeze, Policy, Schedule, Window

VIENNA = ZoneInfo("Europe/Vienna")
WORKDAYS = frozenset(range(5))
OFFICE = Policy(schedule=Schedule((Window(WORKDAYS, time(9), time(16)),), VIENNA))
NIGHT = Policy(schedule=Schedule((Window(frozenset({4}), time(22), time(2)),), UTC))
ALWAYS = Policy(schedule=Schedule((Window(frozenset(range(7)), time(0), time(0)),), UTC))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_without_a_calendar_it_is_always_time() -> None:
    assert shut(Policy(), at("2026-02-07T03:00")) is None


@pytest.mark.parametrize(
    ("policy", "now", "until"),
    [
        (OFFICE, "2026-02-05T08:00", None),
        (OFFICE, "2026-02-05T07:59", "2026-02-05T08:00"),
        (OFFICE, "2026-02-05T14:59", None),
        (OFFICE, "2026-02-05T15:00", "2026-02-06T08:00"),
        (OFFICE, "2026-02-06T15:00", "2026-02-09T08:00"),
        (OFFICE, "2026-03-27T15:00", "2026-03-30T07:00"),
        (NIGHT, "2026-02-06T21:59", "2026-02-06T22:00"),
        (NIGHT, "2026-02-06T23:00", None),
        (NIGHT, "2026-02-07T01:59", None),
        (NIGHT, "2026-02-07T02:00", "2026-02-13T22:00"),
        (NIGHT, "2026-02-06T01:00", "2026-02-06T22:00"),
        (ALWAYS, "2026-02-08T00:00", None),
        (ALWAYS, "2026-02-08T23:59", None),
    ],
)
def test_outside_its_windows_it_says_when_the_next_one_opens(policy: Policy, now: str, until: str | None) -> None:
    found = shut(policy, at(now))
    assert (found and (found.limit, found.until)) == (until and ("schedule", at(until)))


def test_the_reason_names_day_hour_and_zone() -> None:
    found = shut(OFFICE, at("2026-02-06T20:00"))
    assert found is not None
    assert found.reason == "outside the hours of the schedule until Monday 2026-02-09 09:00 Europe/Vienna"


def test_a_freeze_counts_whole_days_by_the_clock_of_the_schedule() -> None:
    days = (Freeze(date(2026, 12, 20), date(2027, 1, 6), "holidays"),)
    policy = Policy(schedule=Schedule((Window(frozenset(range(7)), time(0), time(0)),), VIENNA), freeze=days)
    assert shut(policy, at("2026-12-19T22:59")) is None
    found = shut(policy, at("2026-12-19T23:00"))
    assert found is not None
    assert (found.limit, found.until) == ("freeze", at("2027-01-06T23:00"))
    assert found.reason == "frozen until the end of 2027-01-06 Europe/Vienna (holidays)"
    assert shut(policy, at("2027-01-06T23:00")) is None


def test_freezes_that_touch_end_together_and_those_that_do_not_end_apart() -> None:
    touching = Freeze(date(2026, 2, 1), date(2026, 2, 3)), Freeze(date(2026, 2, 4), date(2026, 2, 9))
    apart = Freeze(date(2026, 2, 1), date(2026, 2, 3)), Freeze(date(2026, 2, 5), date(2026, 2, 9))
    for freezes, until in ((touching, "2026-02-10T00:00"), (apart, "2026-02-04T00:00")):
        found = shut(Policy(freeze=freezes), at("2026-02-02T12:00"))
        assert found is not None
        assert found.until == at(until)


WINDOWS = st.builds(
    Window,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.times(max_value=time(23, 58)).map(lambda t: t.replace(second=0, microsecond=0)),
    st.just(time(23, 59)),
)


MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda n: at("2025-01-01T00:00") + timedelta(minutes=n, seconds=7))


@given(st.lists(WINDOWS, min_size=1, max_size=3), MOMENTS)
def test_work_may_begin_when_it_was_promised_and_not_before(windows: list[Window], now: datetime) -> None:
    policy = Policy(schedule=Schedule(tuple(windows)))
    found = shut(policy, now)
    if found is not None:
        assert found.until > now
        assert shut(policy, found.until) is None
        assert shut(policy, found.until - timedelta(microseconds=1)) is not None
