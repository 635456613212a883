"""When work may begin: the weekly windows and the frozen dates of the policy. Pure; the time is given.

Outside a window and in a freeze nothing is opened and nothing is merged. What has begun goes on: repairs, reverts,
the rest of a knot, the verdict on a landing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.model import Freeze, Policy, Schedule, Window

WEEK = 8
"""Days to look ahead for the next window: one more than a week, for the window that today's hour has passed."""


@dataclass(frozen=True, slots=True)
class Shut:
    """Why nothing begins: ``limit`` is ``schedule`` or ``freeze``. ``until`` is when that ends, in UTC."""

    limit: str
    reason: str
    until: datetime


def shut(policy: Policy, now: datetime) -> Shut | None:
    """What keeps work from beginning now, or None. A freeze is named before the hour is."""
    schedule = policy.schedule or Schedule()
    local = now.astimezone(schedule.timezone)
    frozen = [f for f in policy.freeze if f.first <= local.date() <= f.last]
    if frozen:
        return _frozen(max(frozen, key=lambda f: f.last), policy.freeze, schedule)
    if policy.schedule is None or any(_is_in(window, local) for window in schedule.windows):
        return None
    opens = _next(schedule, local)
    when = f"{opens:%A %Y-%m-%d %H:%M} {_zone(schedule)}"
    return Shut("schedule", f"outside the hours of the schedule until {when}", opens.astimezone(UTC))


def _frozen(freeze: Freeze, freezes: tuple[Freeze, ...], schedule: Schedule) -> Shut:
    """Until the day after the freeze, and after those that follow it without a gap."""
    last, why = freeze.last, f" ({freeze.why})" if freeze.why else ""
    while following := [f for f in freezes if f.first <= last + timedelta(days=1) and f.last > last]:
        last = max(f.last for f in following)
    ends = _at(last + timedelta(days=1), time(0), schedule)
    return Shut("freeze", f"frozen until the end of {last:%Y-%m-%d} {_zone(schedule)}{why}", ends.astimezone(UTC))


def _is_in(window: Window, local: datetime) -> bool:
    """A window that ends before it begins goes on past midnight and belongs to the day on which it began."""
    clock, day = local.time(), local.weekday()
    if window.begins < window.ends:
        return day in window.days and window.begins <= clock < window.ends
    before = (day - 1) % 7
    return (day in window.days and clock >= window.begins) or (before in window.days and clock < window.ends)


def _next(schedule: Schedule, local: datetime) -> datetime:
    """When the next window opens."""
    days = [local.date() + timedelta(days=n) for n in range(WEEK)]
    opens = (_at(day, w.begins, schedule) for day in days for w in schedule.windows if day.weekday() in w.days)
    return min(at for at in opens if at > local)


def _at(day: date, clock: time, schedule: Schedule) -> datetime:
    return datetime.combine(day, clock, schedule.timezone)


def _zone(schedule: Schedule) -> str:
    return str(schedule.timezone)
