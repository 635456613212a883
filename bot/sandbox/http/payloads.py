"""What a webhook says: the payload of each event, made when it happens."""

from __future__ import annotations

import json
from collections.abc import Callable

from bot.sandbox.http.shapes import commits, deployments, pulls, repositories, runs, threads, users
from bot.sandbox.http.shapes.words import Json, page, stamp
from bot.sandbox.records import Delivery, Repo
from bot.sandbox.state import ForgeState, locked

_ZERO = "0" * 40
_SUITE_ONLY = (
    "check_runs_url",
    "head_commit",
    "latest_check_runs_count",
    "rerequestable",
    "runs_rerequestable",
)
"""What a suite tells of itself and not where it stands inside a check run."""


@locked
def payload(state: ForgeState, delivery: Delivery) -> Json:
    """The JSON of an event: its own part, then the repository and whoever caused it."""
    repo = state.world.repos[delivery.repo]
    told = _PARTS[delivery.event](state, repo, delivery)
    action = {"action": delivery.action} if delivery.action else {}
    sender = delivery.sender or repo.name.partition("/")[0]
    return {
        **action,
        **told,
        "repository": repositories.within(state, repo),
        "sender": users.simple(state, sender),
    }


def _push(state: ForgeState, repo: Repo, delivery: Delivery) -> Json:
    ref, before, after = (str(delivery.subject[key]) for key in ("ref", "before", "after"))
    store = state.store(repo.name)
    known = before != _ZERO and after != _ZERO
    new = list(store.between(before, after)[::-1]) if known else [after] if after != _ZERO else []
    told = [_pushed(state, repo, sha) for sha in new[-20:]]
    user = users.simple(state, delivery.sender)
    return {
        "ref": ref,
        "before": before,
        "after": after,
        "created": before == _ZERO,
        "deleted": after == _ZERO,
        "forced": known and not store.is_ancestor(before, after),
        "base_ref": None,
        "compare": page(state, repo.name, f"compare/{before[:12]}...{after[:12]}"),
        "commits": told,
        "head_commit": told[-1] if told else None,
        "pusher": {"name": user["login"], "email": None},
    }


def _pushed(state: ForgeState, repo: Repo, sha: str) -> Json:
    commit = state.store(repo.name).commit(sha)
    parent = str(commit.parent_ids[0]) if commit.parent_ids else None
    return {
        **commits.simple(state, repo, sha),
        "distinct": True,
        "url": page(state, repo.name, f"commit/{sha}"),
        "added": [],
        "removed": [],
        "modified": list(state.store(repo.name).changed(parent, sha)),
    }


def _branch(state: ForgeState, repo: Repo, delivery: Delivery) -> Json:
    told: Json = {"ref": delivery.subject["ref"], "ref_type": "branch", "pusher_type": "user"}
    if delivery.event == "create":
        told |= {"master_branch": repo.default_branch, "description": None}
    return told


def _pull_request(state: ForgeState, repo: Repo, delivery: Delivery) -> Json:
    number = int(delivery.subject["number"])
    told: Json = {"number": number, "pull_request": pulls.full(state, repo, repo.pulls[number])}
    if delivery.action in ("labeled", "unlabeled"):
        told["label"] = threads.label(state, repo, str(delivery.subject["label"]))
    if delivery.action == "review_requested":
        told["requested_reviewer"] = users.simple(state, str(delivery.subject["reviewer"]))
    if delivery.action == "synchronize":
        told |= {"before": delivery.subject["before"], "after": delivery.subject["sha"]}
    if delivery.action == "edited":
        told["changes"] = {}
    return told


def _review(state: ForgeState, repo: Repo, delivery: Delivery) -> Json:
    found = repo.reviews[int(delivery.subject["review"])]
    told = pulls.review(state, repo, found)
    return {
        "review": {**told, "state": str(told["state"]).lower()},
        "pull_request": pulls.simple(state, repo, repo.pulls[found.number]),
    }


def _issue(state: ForgeState, repo: Repo, delivery: Delivery) -> Json:
    found = state.thread(repo.name, int(delivery.subject["number"]))
    told: Json = {"issue": threads.issue(state, repo, found)}
    if delivery.action in ("labeled", "unlabeled"):
        told["label"] = threads.label(state, repo, str(delivery.subject["label"]))
    if delivery.action == "edited":
        told["changes"] = {}
    return told


def _comment(state: ForgeState, repo: Repo, delivery: Delivery) -> Json:
    told = {key: value for key, value in _issue(state, repo, delivery).items() if key == "issue"}
    found = repo.comments.get(int(delivery.subject["comment"]))
    if found is not None:
        told["comment"] = threads.comment(state, repo, found)
    if delivery.action == "edited":
        told["changes"] = {}
    return told


def _check_run(state: ForgeState, repo: Repo, delivery: Delivery) -> Json:
    found = repo.runs[int(delivery.subject["run"])]
    suite = runs.suite_itself(state, repo, repo.suites[found.suite])
    brief = {key: value for key, value in suite.items() if key not in _SUITE_ONLY}
    started = stamp(found.started_at or found.created_at)
    return {"check_run": {**runs.check_run(state, repo, found), "started_at": started, "check_suite": brief}}


def _check_suite(state: ForgeState, repo: Repo, delivery: Delivery) -> Json:
    return {"check_suite": runs.suite_itself(state, repo, repo.suites[int(delivery.subject["suite"])])}


def _workflow_run(state: ForgeState, repo: Repo, delivery: Delivery) -> Json:
    found = repo.suites[int(delivery.subject["run"])]
    return {
        "workflow_run": runs.workflow_run(state, repo, found),
        "workflow": runs.workflow(state, repo, found),
    }


def _deployment_status(state: ForgeState, repo: Repo, delivery: Delivery) -> Json:
    found = repo.deployments[int(delivery.subject["deployment"])]
    status = next(s for s in found.statuses if s.id == delivery.subject["status"])
    return {
        "deployment_status": deployments.status(state, repo, found, status),
        "deployment": deployments.deployment(state, repo, found),
    }


def _dispatch(state: ForgeState, repo: Repo, delivery: Delivery) -> Json:
    return {**delivery.subject, "inputs": json.loads(str(delivery.subject["inputs"]))}


def _status(state: ForgeState, repo: Repo, delivery: Delivery) -> Json:
    found = repo.statuses[int(delivery.subject["status"])]
    told = runs.status(state, repo, found)
    keys = ("id", "context", "description", "target_url", "state", "created_at", "updated_at", "avatar_url")
    return {
        **{key: told[key] for key in keys},
        "sha": found.sha,
        "name": repo.name,
        "commit": _statused(commits.full(state, repo, found.sha)),
        "branches": [],
    }


def _statused(commit: Json) -> Json:
    """A commit as events tell it: without the time of verification, which only the REST has."""
    inner = commit["commit"]
    signed = {key: value for key, value in inner["verification"].items() if key != "verified_at"}
    return {**commit, "commit": {**inner, "verification": signed}}


_PARTS: dict[str, Callable[[ForgeState, Repo, Delivery], Json]] = {
    "push": _push,
    "create": _branch,
    "delete": _branch,
    "pull_request": _pull_request,
    "pull_request_review": _review,
    "issues": _issue,
    "issue_comment": _comment,
    "check_run": _check_run,
    "check_suite": _check_suite,
    "workflow_run": _workflow_run,
    "status": _status,
    "deployment_status": _deployment_status,
    "workflow_dispatch": _dispatch,
}
