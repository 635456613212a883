"""Schedule and freeze: nothing begins outside them, what has begun goes on, and everybody is told until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

from voyage import HUB, Voyage, service

from bot import phases
from bot.model import Freeze, Schedule, Window


def later(voyage: Voyage, hours: float) -> Schedule:
    """A schedule whose next window opens so many hours from now and lasts for one."""
    opens = voyage.sandbox.clock.now() + timedelta(hours=hours)
    begins = opens.time().replace(second=0, microsecond=0)
    ends = (opens + timedelta(hours=1)).time().replace(second=0, microsecond=0)
    return Schedule((Window(frozenset({opens.weekday()}), begins, ends),))


def policed(voyage: Voyage, **policy: object) -> None:
    voyage.config = replace(voyage.config, policy=replace(voyage.config.policy, **policy))  # type: ignore[arg-type]


def test_outside_the_window_no_pull_request_is_opened_and_the_hour_is_named(tmp_path: Path) -> None:
    voyage = Voyage(tmp_path, {HUB: service()})
    policed(voyage, schedule=later(voyage, 3))
    voyage.sail(3)
    phase = voyage.phase("hub")
    assert isinstance(phase, phases.Throttled)
    assert phase.limit == "schedule"
    assert phase.until is not None
    assert f"{phase.until:%H:%M} UTC" in voyage.reason("hub")
    assert voyage.pulls(HUB) == ()
    voyage.sandbox.clock.advance(phase.until - voyage.sandbox.clock.now())
    voyage.sail(1)
    assert len(voyage.pulls(HUB)) == 1


def test_green_and_approved_it_waits_for_the_window_and_merges_in_it(tmp_path: Path) -> None:
    voyage = Voyage(tmp_path, {HUB: service()})
    voyage.sail(6, approving=False)
    policed(voyage, schedule=later(voyage, 3))
    voyage.anna.approve(voyage.pull("hub"))
    voyage.sail(3)
    assert voyage.merged() == []
    assert voyage.reason("hub").startswith("ready to merge; outside the hours of the schedule until ")
    voyage.sandbox.advance(hours=3)
    voyage.sail(1)
    assert voyage.merged() == ["hub"]


def test_in_a_freeze_a_sick_landing_is_still_taken_back(tmp_path: Path) -> None:
    voyage = Voyage(tmp_path, {HUB: service()}, revert="auto", merge="when_green")
    while not voyage.merged():
        voyage.sandbox.advance(minutes=5)
        voyage.tick()
    today = voyage.sandbox.clock.now().date()
    policed(voyage, freeze=(Freeze(today, today + timedelta(days=90)),))
    voyage.ci.verdict = lambda job, files: "failure" if b"==9" in files["requirements.txt"] else "success"
    voyage.sail(30)
    assert voyage.phases() == {"hub": "Reverted"}


def test_a_window_that_never_closes_changes_nothing(tmp_path: Path) -> None:
    voyage = Voyage(tmp_path, {HUB: service()})
    policed(voyage, schedule=Schedule((Window(frozenset(range(7)), time(0), time(0)),)))
    voyage.sail()
    assert voyage.phases() == {"hub": "Settled"}
