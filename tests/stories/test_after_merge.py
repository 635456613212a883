"""Further checks and addresses judge a landing where they answer at all; what nothing reports is not measured."""

from __future__ import annotations

from pathlib import Path

from voyage import HUB, Voyage, service

from bot.config import ServiceConfig
from bot.sandbox.records import Rule

RATE, URL = "error-rate", "https://hub.example/integrity"


def watched(root: Path, *names: str, offered: bool = True, revert: str = "open") -> Voyage:
    """Merged; ``test`` is required, and these are to be looked at after the merge."""
    services = {"hub": ServiceConfig(after_merge=names)}
    checks = {HUB: {"test": "", RATE: ""}} if offered else {HUB: {"test": ""}}
    rule = Rule(required_checks=("test",))
    voyage = Voyage(root, {HUB: service()}, services=services, checks=checks, rule=rule, revert=revert)
    voyage.sail(6, approving=False)
    voyage.anna.approve(voyage.pull("hub"))
    return voyage


def sick_after(voyage: Voyage, name: str) -> None:
    """From now on this check is red on the migrated tree."""
    voyage.ci.verdict = lambda job, files: (
        "failure" if job == name and b"==9" in files["requirements.txt"] else "success"
    )


def test_a_check_named_for_after_the_merge_takes_a_landing_back_though_it_is_not_required(tmp_path: Path) -> None:
    voyage = watched(tmp_path, RATE, revert="auto")
    sick_after(voyage, RATE)
    voyage.sail(20, approving=False)
    assert voyage.phases() == {"hub": "Reverted"}


def test_one_that_is_neither_required_nor_named_takes_nothing_back(tmp_path: Path) -> None:
    voyage = watched(tmp_path, revert="auto")
    sick_after(voyage, RATE)
    voyage.sail(20, approving=False)
    assert voyage.phases() == {"hub": "Settled"}


def test_what_nothing_reports_is_not_measured_and_holds_nobody_up(tmp_path: Path) -> None:
    voyage = watched(tmp_path, RATE, offered=False)
    voyage.sail(20, approving=False)
    assert voyage.phases() == {"hub": "Settled"}
    assert voyage.reason("hub").endswith(f"; not measured: {RATE}")


def test_an_address_named_for_after_the_merge_is_asked_then_and_not_before(tmp_path: Path) -> None:
    voyage = watched(tmp_path, URL)
    voyage.sandbox.state.faults.sick[URL] = 10_000
    assert voyage.probe.asked == []
    voyage.sail(6, approving=False)
    assert voyage.pulls(HUB)[0].head_ref == "convoy-revert/phase2/hub-1"
    assert "HTTP 503" in voyage.pulls(HUB)[0].body
