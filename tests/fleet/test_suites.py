"""The fleet tells the truth: every suite is green on the old libraries, red when only the pins move, green again
when the code moves too. Real environments, real runs, except where a service is known to be special.
"""

from __future__ import annotations

import pytest

from bot.sandbox import fleet
from tests.fleet.harness import Service, judged, migrated, raised, services

pytestmark = pytest.mark.e2e

ALL = services()
GREEN_BEFORE = [s for s in ALL if s.name != fleet.RED_BEFORE]
TO_MIGRATE = [s for s in ALL if s.name not in (fleet.CURRENT, fleet.RED_BEFORE, fleet.DECIDED_BY_A_PERSON)]


def named(name: str) -> Service:
    return next(s for s in ALL if s.name == name)


@pytest.mark.parametrize("service", GREEN_BEFORE, ids=str)
def test_green_on_the_old_libraries(service: Service) -> None:
    assert judged(service, service.files).conclusion == "success"


@pytest.mark.parametrize("service", [s for s in ALL if s.name != fleet.CURRENT], ids=str)
def test_red_when_only_the_pins_are_raised(service: Service) -> None:
    result = judged(service, raised(service.files))
    assert result.conclusion == "failure"
    assert "nstall" not in result.title, "the tests fail, not the installation"


@pytest.mark.parametrize("service", TO_MIGRATE, ids=str)
def test_green_on_its_pull_request_once_migrated(service: Service) -> None:
    assert judged(service, migrated(service)).conclusion == "success"


def test_the_one_that_was_migrated_by_hand_is_left_as_it_is() -> None:
    service = named(fleet.CURRENT)
    assert migrated(service) == service.files


def test_the_one_that_was_red_before_stays_red_for_its_own_reason() -> None:
    service = named(fleet.RED_BEFORE)
    before, after = judged(service, service.files), judged(service, migrated(service))
    assert before.conclusion == after.conclusion == "failure"
    assert before.summary.splitlines()[1:] == after.summary.splitlines()[1:] != []


def test_the_one_that_a_person_decides_is_red_until_that_person_did() -> None:
    service = named(fleet.DECIDED_BY_A_PERSON)
    tree = migrated(service)
    assert "unexpected keyword argument" in judged(service, tree).text
    (edit,) = fleet.edits()
    assert judged(service, {**tree, **edit.files}).conclusion == "success"


def test_the_one_that_regresses_is_green_before_and_red_after_the_merge_for_good() -> None:
    service = named(fleet.REGRESSES)
    tree = migrated(service)
    assert judged(service, service.files, "push").conclusion == "success"
    assert judged(service, tree).conclusion == "success"
    for _ in range(2):
        result = judged(service, tree, "push")
        assert result.conclusion == "failure"
        assert "test_without_an_environment_the_defaults_file_counts" in result.summary
