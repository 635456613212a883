"""People act in the same world without telling anybody, and the forge notices."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox import checks, reviews, talk
from bot.sandbox.denied import Denied
from bot.sandbox.function_ci import FunctionCI
from bot.sandbox.persons import Person
from bot.sandbox.records import PullRequest, Rule
from bot.sandbox.world import Sandbox, add_fork

SHOP = "acme/shop"


def proposal(sandbox: Sandbox, branch: str = "feature", content: str = "new\n") -> PullRequest:
    alice = sandbox.person("alice")
    alice.push(SHOP, branch, {"api/app.py": content})
    return alice.open_pull(SHOP, branch)


def test_a_person_merges_and_another_reverts_by_hand(sandbox: Sandbox) -> None:
    pull = proposal(sandbox)
    bert = sandbox.person("bert")
    merged = bert.merge(pull)
    undone = bert.revert(pull)
    workspace = sandbox.workspace()
    assert [commit.sha for commit in workspace.log(SHOP, undone, limit=2)] == [undone, merged]
    assert workspace.files(SHOP, undone)["api/app.py"] == b"old\n"
    assert sandbox.history[-4:] == [
        "open acme/shop #1 feature",
        f"merge acme/shop #1 {merged[:7]}",
        "push acme/shop main",
        "push acme/shop main",
    ]


def test_a_revert_that_conflicts_or_has_nothing_to_undo_is_refused(sandbox: Sandbox) -> None:
    pull = proposal(sandbox)
    bert = sandbox.person("bert")
    with pytest.raises(Denied, match="Nothing to revert"):
        bert.revert(pull)
    bert.merge(pull)
    bert.push(SHOP, "main", {"api/app.py": "newer\n"})
    with pytest.raises(Denied, match="conflicts"):
        bert.revert(pull)


def test_a_pull_request_whose_commits_reach_the_base_by_push_counts_as_merged(sandbox: Sandbox) -> None:
    pull = proposal(sandbox)
    sandbox.person("bert").force_push(SHOP, "main", pull.head_sha)
    assert (pull.state, pull.merged_by, pull.merge_commit_sha) == ("closed", "bert", pull.head_sha)


def test_a_branch_pushed_back_to_the_base_closes_its_pull_request_unmerged(sandbox: Sandbox) -> None:
    pull = proposal(sandbox)
    sandbox.person("bert").force_push(SHOP, "feature", sandbox.workspace().head(SHOP, "main"))
    assert (pull.state, pull.merged) == ("closed", False)


def test_a_closed_pull_request_can_be_reopened_only_while_its_branch_stands(sandbox: Sandbox) -> None:
    pull = proposal(sandbox)
    alice = sandbox.person("alice")
    alice.close(pull)
    alice.reopen(pull)
    assert pull.state == "open"
    alice.close(pull)
    alice.push(SHOP, "feature", {"api/app.py": "moved\n"})
    with pytest.raises(Denied, match="Validation Failed"):
        alice.reopen(pull)


def test_a_branch_behind_its_base_may_not_merge_where_the_rule_is_strict(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.add_repository(SHOP, {"api/app.py": "old\n"}, rule=Rule(strict=True))
    pull = proposal(sandbox, "convoy/x/api")
    bert = sandbox.person("bert")
    bert.push(SHOP, "main", {"README.md": "moved\n"})
    sandbox.settle()
    forge = sandbox.forge()
    assert [forge.pull(SHOP, 1).mergeable_state for _ in range(2)] == ["unknown", "behind"]
    with pytest.raises(Denied, match="not up to date"):
        bert.merge(pull)


def test_a_red_check_that_is_not_required_makes_it_unstable_and_it_merges(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path, FunctionCI(lambda name, files: "failure"))
    sandbox.add_repository(SHOP, {"api/app.py": "old\n"})
    pull = proposal(sandbox, "convoy/x/api")
    forge = sandbox.forge()
    forge.pull(SHOP, pull.number)
    sandbox.settle()
    assert forge.pull(SHOP, pull.number).mergeable_state == "unstable"
    assert forge.pulls(SHOP)[0].mergeable_state == "unknown", "lists do not tell"
    sandbox.person("bert").merge(pull)


def test_a_request_for_changes_blocks_until_it_is_dismissed(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.add_repository(SHOP, {"api/app.py": "old\n"}, rule=Rule(approvals=1))
    pull = proposal(sandbox)
    bert, cleo = sandbox.person("bert"), sandbox.person("cleo")
    asked = bert.request_changes(pull)
    cleo.approve(pull)
    with pytest.raises(Denied, match="Changes have been requested"):
        cleo.merge(pull)
    reviews.dismiss(sandbox.state, "cleo", SHOP, pull.number, asked.id)
    cleo.merge(pull)


def test_the_author_cannot_approve_and_a_readers_approval_does_not_count(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.add_repository(SHOP, {"api/app.py": "old\n"}, rule=Rule(approvals=1))
    pull = proposal(sandbox)
    with pytest.raises(Denied, match="Can not approve your own"):
        sandbox.person("alice").approve(pull)
    sandbox.person("passerby", "read").approve(pull)
    with pytest.raises(Denied, match="At least 1 approving review"):
        sandbox.person("bert").merge(pull)


def test_only_admins_push_straight_to_a_protected_branch(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.add_repository(SHOP, {"api/app.py": "old\n"}, rule=Rule(required_checks=("test",)))
    with pytest.raises(Denied, match="Protected branch update failed"):
        sandbox.person("dora", "write").push(SHOP, "main", {"a.py": "1"})
    sandbox.person("alice").push(SHOP, "main", {"a.py": "1"})


def test_a_merge_queue_refuses_the_merge_button(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.add_repository(SHOP, {"api/app.py": "old\n"}, rule=Rule(merge_queue=True))
    pull = proposal(sandbox)
    with pytest.raises(Denied, match="merge queue"):
        sandbox.person("bert").merge(pull)


def test_a_newer_push_cancels_the_run_on_the_base_where_the_workflow_wants_that(sandbox: Sandbox) -> None:
    sandbox.state.repo(SHOP).cancel_in_progress = True
    alice = sandbox.person("alice")
    first = alice.push(SHOP, "main", {"a.py": "1"})
    sandbox.advance(minutes=1)
    second = alice.push(SHOP, "main", {"a.py": "2"})
    sandbox.settle()
    forge = sandbox.forge()
    assert [forge.checks(SHOP, sha)[0].conclusion for sha in (first, second)] == ["cancelled", "success"]


def test_a_check_runs_only_where_its_path_was_touched(tmp_path: Path) -> None:
    ci = FunctionCI(checks={SHOP: {"api": "services/api", "web": "services/web", "lint": ""}})
    sandbox = Sandbox(tmp_path, ci)
    sandbox.add_repository(SHOP, {"services/api/a.py": "", "services/web/a.py": ""})
    commit = sandbox.person("alice").push(SHOP, "main", {"services/api/a.py": "1"})
    assert [check.name for check in sandbox.forge().checks(SHOP, commit)] == ["api", "lint"]


def test_a_status_is_told_as_a_check(sandbox: Sandbox) -> None:
    pull = proposal(sandbox)
    checks.set_status(sandbox.state, "acme", SHOP, pull.head_sha, "legacy/ci", "error", "no luck")
    status = sandbox.forge().checks(SHOP, pull.head_sha)[-1]
    assert (status.name, status.status, status.conclusion) == ("legacy/ci", "completed", "failure")


def test_reactions_are_counted_once_per_login(sandbox: Sandbox) -> None:
    pull = proposal(sandbox)
    said = sandbox.person("bert").comment(pull, "/convoy hold")
    for _ in range(2):
        talk.react(sandbox.state, "convoy[bot]", SHOP, said.id, "+1")
    assert said.reactions == {"+1": ["convoy[bot]"]}


def test_when_a_merged_branch_goes_what_was_stacked_on_it_moves_to_the_base(sandbox: Sandbox) -> None:
    sandbox.state.repo(SHOP).delete_branch_on_merge = True
    pull = proposal(sandbox)
    alice = sandbox.person("alice")
    alice.force_push(SHOP, "stacked", pull.head_sha)
    alice.push(SHOP, "stacked", {"b.py": "1"})
    stacked = alice.open_pull(SHOP, "stacked", base="feature")
    sandbox.person("bert").merge(pull)
    assert (stacked.state, stacked.base_ref) == ("open", "main")


def test_a_pull_request_from_a_fork_follows_the_fork_and_says_where_it_comes_from(sandbox: Sandbox) -> None:
    add_fork(sandbox.state, SHOP, "mallory")
    mallory = Person(sandbox.state, "mallory")
    mallory.push("mallory/shop", "convoy/x/api", {"a.py": "evil"})
    pull = mallory.open_pull(SHOP, "mallory:convoy/x/api")
    moved = mallory.push("mallory/shop", "convoy/x/api", {"a.py": "worse"})
    (told,) = sandbox.forge().pulls(SHOP)
    assert (told.head_repo, told.head_ref, told.head_sha) == ("mallory/shop", "convoy/x/api", moved)
    assert sandbox.workspace().head(SHOP, "convoy/x/api") is None
    assert sandbox.workspace().files(SHOP, moved)["a.py"] == b"worse"
    with pytest.raises(Denied, match="not accessible"):
        mallory.merge(pull)
    sandbox.person("bert").merge(pull)


def test_our_own_branch_of_the_same_name_is_another_pull_request_than_the_forks(sandbox: Sandbox) -> None:
    add_fork(sandbox.state, SHOP, "mallory")
    mallory = Person(sandbox.state, "mallory")
    mallory.push("mallory/shop", "feature", {"a.py": "evil"})
    theirs = mallory.open_pull(SHOP, "mallory:feature")
    ours = proposal(sandbox)
    assert (theirs.number, ours.number) == (1, 2)
    sandbox.person("bert").force_push(SHOP, "feature", None)
    assert (theirs.state, ours.state) == ("open", "closed")
