"""Deployments: merged is Landing until they have succeeded, and a failed one is judged like a red check."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from voyage import HUB, Voyage, service

from bot.config import ServiceConfig
from bot.sandbox import deployments

LIVE = "production"


def deploy(voyage: Voyage, sha: str, *words: str, environment: str = LIVE) -> None:
    """Somebody's pipeline deploys a commit and reports how it goes."""
    state = voyage.sandbox.state
    made = deployments.create(state, "anna", HUB, sha, environment)
    for word in words:
        voyage.sandbox.advance(seconds=5)
        deployments.report(state, "anna", HUB, made.id, word, "5 of 9 pods are ready" if word == "failure" else "")


def head(voyage: Voyage) -> str:
    found = voyage.sandbox.workspace().head(HUB, "main")
    assert found is not None
    return found


def landed(root: Path, *before: str, **policy: object) -> Voyage:
    """Merged and green on the base; the commit before was deployed with this outcome."""
    voyage = Voyage(root, {HUB: service()}, services={"hub": ServiceConfig(deployments=(LIVE,))}, **policy)
    if before:
        deploy(voyage, head(voyage), *before)
    voyage.sail(8)
    assert voyage.phases() == {"hub": "Landing"}
    return voyage


def test_a_landing_waits_for_the_deployment_however_long_the_soak_is_over(tmp_path: Path) -> None:
    voyage = landed(tmp_path, "success", soak=timedelta(minutes=5))
    voyage.sandbox.advance(minutes=30)
    voyage.tick()
    assert voyage.reason("hub") == "green on the base; waiting for the deployment to production"
    deploy(voyage, head(voyage), "in_progress")
    voyage.tick()
    assert voyage.phases() == {"hub": "Landing"}
    deploy(voyage, head(voyage), "in_progress", "success")
    voyage.tick()
    assert "soaking until" in voyage.reason("hub"), "the soak begins with the deployment"
    voyage.sandbox.advance(minutes=6)
    voyage.tick()
    assert voyage.phases() == {"hub": "Settled"}


def test_a_failed_deployment_where_the_one_before_succeeded_is_ours_and_is_taken_back(tmp_path: Path) -> None:
    voyage = landed(tmp_path, "success", revert="auto")
    deploy(voyage, head(voyage), "in_progress", "failure")
    voyage.tick()
    revert = voyage.pulls(HUB)[0]
    assert revert.head_ref == "convoy-revert/phase2/hub-1"
    assert "the deployment to production failed" in revert.body
    assert "5 of 9 pods are ready" in revert.body
    voyage.sail(12, approving=False)
    assert voyage.phases() == {"hub": "Reverted"}


def test_where_the_one_before_had_failed_too_nobody_is_blamed(tmp_path: Path) -> None:
    voyage = landed(tmp_path, "failure")
    deploy(voyage, head(voyage), "failure")
    voyage.sail(4, approving=False)
    assert len(voyage.pulls(HUB)) == 1
    assert voyage.phases() == {"hub": "Landing"}
    assert "it is not clear by whom" in voyage.reason("hub")


def test_where_nothing_was_ever_deployed_before_nobody_is_blamed(tmp_path: Path) -> None:
    voyage = landed(tmp_path)
    deploy(voyage, head(voyage), "error")
    voyage.sail(4, approving=False)
    assert len(voyage.pulls(HUB)) == 1


def test_somebody_elses_later_commit_that_does_not_deploy_is_not_ours(tmp_path: Path) -> None:
    voyage = landed(tmp_path, "success")
    voyage.ben.push(HUB, "main", {"NOTES": "an innocent change\n"})
    voyage.sandbox.settle()
    deploy(voyage, head(voyage), "failure")
    voyage.sail(4, approving=False)
    assert len(voyage.pulls(HUB)) == 1
    assert "it is not clear by whom" in voyage.reason("hub")


def test_a_second_try_that_succeeds_is_good_and_so_is_a_later_commit(tmp_path: Path) -> None:
    voyage = landed(tmp_path, "failure")
    deploy(voyage, head(voyage), "failure")
    voyage.tick()
    voyage.ben.push(HUB, "main", {"NOTES": "more memory for the pods\n"})
    deploy(voyage, head(voyage), "success")
    voyage.sail(20)
    assert voyage.phases() == {"hub": "Settled"}


def test_where_no_deployment_ever_ends_a_person_is_asked(tmp_path: Path) -> None:
    voyage = landed(tmp_path, "success", checks_timeout=timedelta(hours=1))
    voyage.sandbox.advance(hours=2)
    voyage.tick()
    assert voyage.phases() == {"hub": "Landing"}
    assert "no deployment to production has ended within 1:00:00" in voyage.reason("hub")


def test_another_environment_is_nobodys_business(tmp_path: Path) -> None:
    voyage = landed(tmp_path, "success")
    here = head(voyage)
    deploy(voyage, here, "success")
    deploy(voyage, here, "failure", environment="staging")
    voyage.sail(20)
    assert voyage.phases() == {"hub": "Settled"}
