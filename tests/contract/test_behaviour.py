"""What GitHub's documentation says that happens, asked for over plain HTTP. Shapes are judged in the doorway."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.sandbox.function_ci import FunctionCI
from bot.sandbox.records import Rule
from bot.sandbox.world import add_fork
from tests.contract.conftest import BRANCH, REPO, SHOP, Face

ONE = f"{REPO}/pulls/1"


ASKED = {"title": "Move api", "head": BRANCH, "base": "main"}


def opened(face: Face) -> str:
    """A pull request of ours, number 1, that can be merged; its head."""
    tip = face.sandbox.person("mira").push(SHOP, BRANCH, {"api/app.py": "import new\n"})
    made = face.client.post(f"{REPO}/pulls", json=ASKED)
    assert (made.status_code, made.json()["mergeable"]) == (201, None)
    return tip


def merging(face: Face, sha: str) -> tuple[int, str]:
    answer = face.client.put(f"{ONE}/merge", json={"sha": sha, "merge_method": "squash"})
    return answer.status_code, answer.json()["message"]


def told(face: Face, path: str, **query: Any) -> Any:
    return face.client.get(path, params=query).raise_for_status().json()


def test_mergeable_is_null_while_it_is_computed_and_again_after_the_base_moved(face: Face) -> None:
    opened(face)
    face.sandbox.advance(seconds=5)
    assert told(face, ONE)["mergeable"]
    face.sandbox.person("mira").push(SHOP, "main", {"api/app.py": "import other\n"})
    assert told(face, ONE)["mergeable"] is None
    face.sandbox.advance(seconds=5)
    assert (told(face, ONE)["mergeable"], told(face, ONE)["mergeable_state"]) == (False, "dirty")


def test_before_the_merge_its_sha_is_that_of_the_test_merge_and_afterwards_that_of_the_squash(face: Face) -> None:
    tip = opened(face)
    test = told(face, ONE)["merge_commit_sha"]
    assert told(face, f"{REPO}/git/ref/pull/1/merge")["object"]["sha"] == test
    assert [parent["sha"] for parent in told(face, f"{REPO}/git/commits/{test}")["parents"]][1] == tip
    merging(face, tip)
    made = told(face, ONE)["merge_commit_sha"]
    assert made == told(face, f"{REPO}/branches/main")["commit"]["sha"] != test


def test_a_merge_of_a_head_that_moved_is_a_conflict_and_changes_nothing(face: Face) -> None:
    tip = opened(face)
    face.sandbox.person("mira").push(SHOP, BRANCH, {"README.md": "more\n"})
    assert merging(face, tip) == (409, "Head branch was modified. Review and try the merge again.")
    assert not told(face, ONE)["merged"]


def test_a_base_that_moved_is_no_obstacle_unless_the_rule_is_strict(face: Face) -> None:
    tip = opened(face)
    face.sandbox.state.repo(SHOP).rules["main"] = Rule(strict=True)
    face.sandbox.person("mira").push(SHOP, "main", {"README.md": "moved\n"})
    assert merging(face, tip) == (405, "Head branch is not up to date with the base branch.")
    face.sandbox.state.repo(SHOP).rules.clear()
    assert merging(face, tip) == (200, "Pull Request successfully merged")


def test_a_second_pull_request_for_the_same_head_is_refused_until_the_first_is_closed(face: Face) -> None:
    opened(face)
    refused = face.client.post(f"{REPO}/pulls", json=ASKED)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["message"] == f"A pull request already exists for acme:{BRANCH}."
    assert face.client.patch(ONE, json={"state": "closed"}).json()["state"] == "closed"
    assert face.client.post(f"{REPO}/pulls", json=ASKED).json()["number"] == 2


def test_a_deleted_branch_closes_its_pull_request_which_cannot_be_reopened(face: Face) -> None:
    tip = opened(face)
    path = f"{REPO}/git/refs/heads/{BRANCH}"
    assert [face.client.delete(path).status_code for _ in range(2)] == [204, 422]
    closed = told(face, ONE)
    assert (closed["state"], closed["merged"], closed["head"]["sha"]) == ("closed", False, tip)
    assert face.client.patch(ONE, json={"state": "open"}).status_code == 422
    assert told(face, f"{REPO}/git/ref/pull/1/head")["object"]["sha"] == tip


def test_a_rerun_is_a_new_attempt_under_the_same_name_and_lists_tell_the_latest(face: Face) -> None:
    assert isinstance(face.sandbox.state.ci, FunctionCI)
    face.sandbox.state.ci.verdict = lambda name, files: "failure"
    runs = f"{REPO}/commits/{opened(face)}/check-runs"
    face.sandbox.settle()
    (red,) = told(face, runs)["check_runs"]
    assert face.client.post(f"{REPO}/actions/jobs/{red['id']}/rerun").status_code == 201
    assert face.client.post(f"{REPO}/actions/jobs/{red['id']}/rerun").status_code == 403
    face.sandbox.state.ci.verdict = lambda name, files: "success"
    face.sandbox.settle()
    (latest,) = told(face, runs)["check_runs"]
    every = told(face, runs, filter="all")
    assert (latest["name"], latest["conclusion"], every["total_count"]) == (red["name"], "success", 2)
    assert told(face, f"{REPO}/actions/jobs/{latest['id']}")["run_attempt"] == 2


def test_a_force_push_drops_the_approvals_where_the_rule_says_so(face: Face) -> None:
    tip = opened(face)
    face.sandbox.state.repo(SHOP).rules["main"] = Rule(approvals=1, dismiss_stale=True)
    face.sandbox.person("noor").approve(face.sandbox.state.pull(SHOP, 1))
    assert told(face, f"{ONE}/reviews")[0]["state"] == "APPROVED"
    mira = face.sandbox.person("mira")
    mira.force_push(SHOP, BRANCH, mira.push(SHOP, "side", {"api/app.py": "import newer\n"}))
    (review,) = told(face, f"{ONE}/reviews")
    assert (review["state"], review["commit_id"]) == ("DISMISSED", tip)
    assert merging(face, told(face, ONE)["head"]["sha"])[0] == 405


def test_a_head_in_a_fork_is_named_and_null_once_the_fork_is_gone(face: Face) -> None:
    fork = add_fork(face.sandbox.state, SHOP, "stranger")
    face.sandbox.state.world.users["stranger"].workflows = True
    stranger = type(face.sandbox.person("mira"))(face.sandbox.state, "stranger")
    stranger.push(fork.name, BRANCH, {"api/app.py": "import evil\n"})
    token = {"Authorization": f"token {face.sandbox.state.issue_token('stranger')}"}
    asked = {**ASKED, "head": f"stranger:{BRANCH}"}
    assert face.client.post(f"{REPO}/pulls", json=asked, headers=token).status_code == 201
    head = told(face, ONE)["head"]
    assert (head["label"], head["repo"]["full_name"], head["repo"]["fork"]) == (
        f"stranger:{BRANCH}", "stranger/shop", True,
    )  # fmt: skip
    assert told(face, f"{REPO}/pulls", head=f"acme:{BRANCH}") == []
    fork.gone = True
    assert told(face, ONE)["head"]["repo"] is None


def test_a_push_to_the_base_cancels_the_run_that_is_under_way_there(face: Face) -> None:
    face.sandbox.state.repo(SHOP).cancel_in_progress = True
    mira = face.sandbox.person("mira")
    first, second = (mira.push(SHOP, "main", {"README.md": f"{n}\n"}) for n in range(2))
    face.sandbox.settle()
    for sha, conclusion in ((first, "cancelled"), (second, "success")):
        (run,) = told(face, f"{REPO}/commits/{sha}/check-runs")["check_runs"]
        (whole,) = told(face, f"{REPO}/actions/runs", head_sha=sha)["workflow_runs"]
        assert (run["conclusion"], whole["conclusion"]) == (conclusion, conclusion)


def test_what_a_branch_demands_is_told_without_administration_and_a_queue_bars_the_merge(face: Face) -> None:
    tip = opened(face)
    assert told(face, f"{REPO}/rules/branches/main") == []
    face.sandbox.state.repo(SHOP).rules["main"] = Rule(("test",), strict=True, approvals=2, merge_queue=True)
    rules = {rule["type"]: rule["parameters"] for rule in told(face, f"{REPO}/rules/branches/main")}
    assert set(rules) == {"required_status_checks", "pull_request", "merge_queue"}
    assert rules["pull_request"]["required_approving_review_count"] == 2
    assert told(face, f"{REPO}/branches/main")["protection"]["required_status_checks"]["contexts"] == ["test"]
    status, words = merging(face, tip)
    assert (status, "merge queue" in words) == (405, True)


def test_what_may_not_be_known_is_404_and_what_may_not_be_done_is_403(face: Face) -> None:
    opened(face)
    repo = face.sandbox.state.repo(SHOP)
    repo.permissions["guest"] = "read"
    face.sandbox.person("guest", "read")
    guest = {"Authorization": f"token {face.sandbox.state.issue_token('guest')}"}
    assert face.client.get(ONE, headers=guest).status_code == 200
    assert face.client.put(f"{ONE}/merge", json={}, headers=guest).status_code == 403
    del repo.permissions["guest"]
    hidden = [face.client.get(ONE, headers=guest), face.client.put(f"{ONE}/merge", json={}, headers=guest)]
    assert [(answer.status_code, answer.json()["message"]) for answer in hidden] == [(404, "Not Found")] * 2
    repo.archived = True
    assert face.client.get(ONE).status_code == 200
    archived = face.client.patch(ONE, json={"title": "x"})
    assert (archived.status_code, "archived" in archived.json()["message"]) == (403, True)


@pytest.mark.parametrize(
    ("query", "names", "rels"),
    [
        ({"per_page": 4}, ["main", "t/0", "t/1", "t/2"], ["last", "next"]),
        ({"per_page": 4, "page": 2}, ["t/3", "t/4"], ["first", "prev"]),
        ({"per_page": 4, "page": 9}, [], ["first", "prev"]),
        ({"per_page": 999}, ["main", "t/0", "t/1", "t/2", "t/3", "t/4"], []),
    ],
)
def test_pages_say_where_the_others_are(
    face: Face, query: dict[str, int], names: list[str], rels: list[str]
) -> None:
    for number in range(5):
        face.sandbox.person("mira").push(SHOP, f"t/{number}", {"a": str(number)})
    answer = face.client.get(f"{REPO}/branches", params=query)
    assert ([branch["name"] for branch in answer.json()], sorted(answer.links)) == (names, rels)


def test_a_page_never_holds_more_than_a_hundred(face: Face) -> None:
    assert isinstance(face.sandbox.state.ci, FunctionCI)
    face.sandbox.state.ci.checks = {SHOP: {f"job-{number:03}": "" for number in range(130)}}
    runs = f"{REPO}/commits/{opened(face)}/check-runs"
    first = face.client.get(runs, params={"per_page": 500})
    second = face.client.get(first.links["next"]["url"])
    assert [len(answer.json()["check_runs"]) for answer in (first, second)] == [100, 30]
    assert first.json()["total_count"] == 130


def test_a_tag_holds_until_the_answer_would_be_another_and_304_costs_nothing(face: Face) -> None:
    opened(face)
    face.client.get(ONE)
    face.sandbox.settle()
    first = face.client.get(ONE)
    same = {"If-None-Match": first.headers["ETag"]}

    def again() -> httpx.Response:
        return face.client.get(ONE, headers=same)

    before = int(first.headers["X-RateLimit-Remaining"])
    unchanged = again()
    assert (unchanged.status_code, int(unchanged.headers["X-RateLimit-Remaining"])) == (304, before)
    face.client.post(f"{REPO}/issues/1/comments", json={"body": "hello"})
    assert again().status_code == 200
    assert again().headers["ETag"] != first.headers["ETag"]
