"""Questions whose answers say whether Convoy can work here. Nothing is changed by any of them.

What a fine-grained token may write cannot be read off it. It is asked with writes that no forge can carry out (a
pull request of nothing): who may not write is refused with 403, who may is told what is wrong with the request.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from github import GithubException

from bot.adapters.clients import Clients
from bot.adapters.github_errors import translated
from bot.adapters.permissions import PERMISSIONS, Permission
from bot.adapters.wire import Client

_NOTHING = "0" * 40
_QUESTIONS = {
    "contents": ("POST", "git/refs", {"ref": "refs/heads/convoy-doctor", "sha": _NOTHING}),
    "pull_requests": ("POST", "pulls", {"title": "", "head": "", "base": ""}),
    "issues": ("POST", "issues", {}),
    "actions": ("POST", "actions/jobs/0/rerun", {}),
    "checks": ("GET", f"commits/{_NOTHING}/check-runs", None),
    "statuses": ("GET", f"commits/{_NOTHING}/statuses", None),
    "metadata": ("GET", "", None),
}


@dataclass(frozen=True, slots=True)
class Account:
    """Who a token belongs to. ``scopes`` is None unless it is a classic one."""

    login: str
    kind: str
    scopes: tuple[str, ...] | None
    skew: float
    """Seconds that our clock is ahead of the forge's."""


def account(client: Client, login: str) -> Account:
    """Who we are there, and what time it is."""
    with translated("who we are"):
        sent = datetime.now(UTC)
        headers, told = client.requester.requestJsonAndCheck("GET", f"/users/{login}")
        date = headers.get("date")
        skew = (sent - parsedate_to_datetime(date)).total_seconds() if date else 0.0
        scopes = headers.get("x-oauth-scopes")
        held = None if scopes is None else tuple(scope.strip() for scope in scopes.split(",") if scope.strip())
        return Account(told["login"], told["type"], held, skew)


def lacking(clients: Clients, repo: str) -> list[Permission]:
    """Permissions that the token lacks in this repository, found by asking."""
    client = clients.of(repo)
    return [p for p in PERMISSIONS if p.name in _QUESTIONS and not _allowed(client, repo, p.name)]


def _allowed(client: Client, repo: str, name: str) -> bool:
    verb, path, body = _QUESTIONS[name]
    try:
        client.requester.requestJsonAndCheck(verb, f"/repos/{repo}/{path}".rstrip("/"), input=body)
    except GithubException as error:
        return not (error.status == 403 and "not accessible" in str(error.data).lower())
    return True


def latest(client: Client, repo: str, branch: str) -> Iterator[str]:
    """The last few commits of a branch, along their first parents."""
    with translated(repo):
        found = client.get_repo(repo).get_branch(branch).commit
        for _ in range(5):
            yield found.sha
            if not found.parents:
                return
            found = client.get_repo(repo).get_commit(found.parents[0].sha)
