"""The judge in the doorway is awake: it looked, it finds what is wrong, and GitHub's own recordings pass it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from bot import webhook
from tests.contract.conftest import SHOP, World
from tests.contract.judged import Judge
from tests.contract.published import answer_errors, described, published, webhook_errors

REPO = f"/repos/{SHOP}"
ANY = "/repos/{owner}/{repo}"
INSTALLED = ("repositories", "repositories_added", "repositories_removed")
Change = Callable[[dict[str, Any]], object]


def http_only(world: World) -> bool:
    return hasattr(world.door, "served")


def test_every_answer_and_every_event_is_looked_at(world: World, judge: Judge) -> None:
    opened = world.proposed()
    world.sandbox.settle()
    world.forge.merge_pull(SHOP, opened.number, opened.head_sha, "squash", "t", "m")
    seen = (("PUT", f"{ANY}/pulls/{{pull_number}}/merge") in judge.answers, "pull_request closed" in judge.events)
    assert seen == ((True, True) if http_only(world) else (False, False))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda pull: pull.pop("head"), "'head' is a required property"),
        (lambda pull: pull.update(number="7"), "'7' is not of type 'integer'"),
        (lambda pull: pull["user"].update(id=None), "user"),
        (lambda pull: pull.update(created_at="yesterday"), "'yesterday' is not a 'date-time'"),
    ],
)
def test_an_answer_that_github_would_not_give_is_found(spoil: Change, words: str) -> None:
    example = {**described_example("pull-request"), "requested_teams": []}  # its teams lack what teams must have
    assert answer_errors("GET", f"{REPO}/pulls/7", 200, json.dumps(example).encode()) == []
    spoil(example)
    assert words in "".join(answer_errors("GET", f"{REPO}/pulls/7", 200, json.dumps(example).encode()))


@pytest.mark.parametrize(
    ("method", "path", "status", "body", "words"),
    [
        ("GET", "/repos/acme/shop/nonsense", 200, b"{}", "describes no path"),
        ("POST", f"{REPO}/pulls", 200, b"{}", "never answers 200"),
        ("DELETE", f"{REPO}/git/refs/heads/x", 204, b"{}", "says nothing with 204"),
        ("PUT", f"{REPO}/pulls/1/merge", 409, b'{"message": 1}', "is not of type 'string'"),
        ("GET", f"{REPO}/pulls/1", 404, b"[]", "is not of type 'object'"),
    ],
)
def test_a_wrong_path_status_or_refusal_is_found(
    method: str, path: str, status: int, body: bytes, words: str
) -> None:
    assert words in "".join(answer_errors(method, path, status, body))


def test_an_event_that_github_would_not_send_is_found() -> None:
    (example, *_) = recorded("check_run")
    assert webhook_errors("check_run", example) == []
    assert "None is not of type 'object'" in "".join(webhook_errors("check_run", {**example, "check_run": None}))
    assert webhook_errors("check_run", {**example, "action": "imagined"}) == ["GitHub sends no check_run$imagined"]


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/branches/release/1.x", "/branches/{branch}"),
        ("/branches/main/protection", "/branches/{branch}/protection"),
        ("/git/ref/heads/convoy/phase2/api", "/git/ref/{ref}"),
        ("/issues/comments/5", "/issues/comments/{comment_id}"),
        ("/issues/1/labels/skip:a/b", "/issues/{issue_number}/labels/{name}"),
        ("/pulls/1/merge", "/pulls/{pull_number}/merge"),
    ],
)
def test_a_path_is_judged_by_the_description_that_is_meant(path: str, template: str) -> None:
    assert described(REPO + path) == ANY + template


@pytest.mark.parametrize("event", sorted(webhook.EVENTS))
def test_every_delivery_that_github_recorded_wakes_the_repositories_that_it_names(event: str) -> None:
    for payload in recorded(event):
        named = {r["full_name"] for r in [payload.get("repository")] if r}
        named |= {r["full_name"] for key in INSTALLED for r in payload.get(key, [])}
        assert webhook.wake(event, json.dumps(payload).encode()) == named


def recorded(event: str) -> list[dict[str, Any]]:
    """GitHub's own examples of an event, those that its schemas admit first."""
    (group,) = [group for group in published("examples") if group["name"] == event]
    found: list[dict[str, Any]] = group["examples"]
    return sorted(found, key=lambda payload: bool(webhook_errors(event, payload)))


def described_example(name: str) -> dict[str, Any]:
    """A copy of GitHub's own example of an answer."""
    return copy.deepcopy(published("rest")["components"]["examples"][name]["value"])
