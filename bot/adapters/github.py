"""GitHub through PyGithub: every answer copied into frozen facts at once, every refusal told as one of ours.

A read may be repeated by the client; a write is sent once. When its answer was lost, the next tick looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import requests
from github import (
    Auth,
    Github,
    GithubException,
    GithubRetry,
    RateLimitExceededException,
    UnknownObjectException,
)
from github.CommitStatus import CommitStatus
from github.PaginatedList import PaginatedList
from github.Reaction import Reaction
from github.Repository import Repository as GithubRepository

from bot.adapters import github_facts as facts
from bot.ports import (
    BranchRules,
    Check,
    Comment,
    ForgeError,
    Issue,
    Pull,
    Refused,
    Repository,
    Review,
    Stale,
    Unreachable,
)

_WEB = "web-flow"
"""Commits in GitHub's name for what somebody did in the browser."""
_PREFIX = "convoy"
_PER_PAGE = 100


def connect(base_url: str, auth: Auth.Auth, *, throttled: bool = True, timeout: int = 30) -> Github:
    """A PyGithub client. Its own default would send a POST again after a 5xx, and so open two pull requests.

    ``throttled`` keeps the pauses that GitHub asks of its clients; the sandbox asks for none.
    """
    pause = 0.5 if throttled else 0.0
    return Github(
        base_url=base_url,
        auth=auth,
        timeout=timeout,
        per_page=_PER_PAGE,
        retry=GithubRetry(total=3, allowed_methods=frozenset({"GET"}), backoff_factor=pause, backoff_jitter=pause),
        seconds_between_requests=pause / 2,
        seconds_between_writes=pause * 2,
        user_agent="convoy",
        lazy=True,
    )


class GithubForge:
    """Implements ``bot.ports.Forge``.

    ``login`` is asked of GitHub when not given; an app, whose token has no user, must give it. Pull requests
    created before ``since`` are not looked at, which spares an old repository's many pages.
    """

    def __init__(self, client: Github, login: str = "", since: datetime | None = None) -> None:
        self._client = client
        self._login = login
        self._since = since

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def login(self) -> str:
        """Who we are to GitHub."""
        if not self._login:
            with _translated("who we are"):
                self._login = self._client.get_user().login
        return self._login

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────

    def repository(self, repo: str) -> Repository:
        """The repository's settings."""
        with _translated(repo):
            return facts.repository(self._repo(repo))

    def rules(self, repo: str, branch: str) -> BranchRules:
        """What the branch demands, from the two places that a reader may see."""
        with _translated(repo):
            found = self._repo(repo).get_branch(branch)
            protection = found.raw_data.get("protection") or {}
            path = (
                found.raw_data["protection_url"]
                .removesuffix("/protection")
                .replace("/branches/", "/rules/branches/")
            )
            _, rules = self._client.requester.requestJsonAndCheck("GET", path, {"per_page": str(_PER_PAGE)})
            return facts.branch_rules(protection, rules)

    def pulls(self, repo: str) -> tuple[Pull, ...]:
        """Ours by head ref, newest first. One request a page."""
        found = []
        with _translated(repo):
            for pull in self._repo(repo).get_pulls(state="all", sort="created", direction="desc"):
                if self._since and pull.created_at < self._since:
                    break
                if pull.head.ref.startswith(_PREFIX):
                    found.append(facts.listed_pull(repo, pull))
        return tuple(found)

    def pull(self, repo: str, number: int) -> Pull:
        """One of them; asking makes GitHub find out whether it merges."""
        with _translated(repo):
            return facts.pull(repo, self._repo(repo).get_pull(number))

    def checks(self, repo: str, sha: str) -> tuple[Check, ...]:
        """Every check run and every commit status."""
        with _translated(repo):
            repository = self._repo(repo)
            runs = [facts.check(run) for run in repository.get_commit(sha).get_check_runs(filter="all")]
            url = f"{repository.url}/commits/{sha}/statuses"
            statuses = PaginatedList(CommitStatus, self._client.requester, url)
            told = [facts.status(sha, status) for status in statuses]
        return tuple(sorted(runs + told, key=lambda check: check.id))

    def reviews(self, repo: str, number: int) -> tuple[Review, ...]:
        """Every submitted review, oldest first."""
        with _translated(repo):
            found = self._repo(repo).get_pull(number).get_reviews()
            return tuple(facts.review(review) for review in found if review.state != "PENDING")

    def comments(self, repo: str, number: int) -> tuple[Comment, ...]:
        """The conversation, oldest first."""
        with _translated(repo):
            return tuple(facts.comment(found) for found in self._repo(repo).get_issue(number).get_comments())

    def may_write(self, repo: str, login: str) -> bool:
        """What GitHub calls ``write`` and ``admin``; ``maintain`` is told as the first of them."""
        with _translated(repo):
            try:
                return self._repo(repo).get_collaborator_permission(login) in ("write", "admin")
            except UnknownObjectException:
                return False

    def reacted(self, repo: str, comment: int) -> frozenset[str]:
        """Our own reactions, from the list that says whose each is."""
        with _translated(repo):
            url = f"{self._repo(repo).url}/issues/comments/{comment}/reactions"
            found = PaginatedList(Reaction, self._client.requester, url)
            return frozenset(one.content for one in found if one.user and one.user.login == self.login)

    def open_pulls(self, repo: str) -> tuple[Pull, ...]:
        """Everybody's that are open."""
        with _translated(repo):
            found = self._repo(repo).get_pulls(state="open", sort="created", direction="desc")
            return tuple(facts.listed_pull(repo, pull) for pull in found)

    def issues(self, repo: str, label: str) -> tuple[Issue, ...]:
        """Open issues that carry the label. GitHub lists pull requests among them."""
        with _translated(repo):
            found = self._repo(repo).get_issues(state="open", labels=[label])
            return tuple(facts.issue(issue) for issue in found if "/pull/" not in issue.html_url)

    def committer(self, repo: str, sha: str) -> str:
        """Whose address the commit's committer has, if GitHub knows."""
        with _translated(repo):
            commit = self._repo(repo).get_commit(sha)
            who = commit.author if commit.committer and commit.committer.login == _WEB else commit.committer
            return who.login if who else ""

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────

    def create_pull(self, repo: str, head: str, base: str, title: str, body: str) -> Pull:
        """Open a pull request within the repository."""
        with _translated(repo):
            made = self._repo(repo).create_pull(base=base, head=head, title=title, body=body)
            return facts.pull(repo, made)

    def edit_pull(self, repo: str, number: int, title: str, body: str) -> None:
        """New words for a pull request."""
        with _translated(repo):
            self._repo(repo).get_pull(number).edit(title=title, body=body)

    def close_pull(self, repo: str, number: int) -> None:
        """Close it unmerged."""
        with _translated(repo):
            self._repo(repo).get_pull(number).edit(state="closed")

    def merge_pull(self, repo: str, number: int, sha: str, method: str, title: str, message: str) -> str:
        """Merge exactly this head."""
        with _translated(repo):
            merged = self._repo(repo).get_pull(number).merge(message, title, method, sha)
            return merged.sha

    def comment(self, repo: str, number: int, body: str) -> int:
        """Say something. The comment's id."""
        with _translated(repo):
            return self._repo(repo).get_issue(number).create_comment(body).id

    def edit_comment(self, repo: str, comment: int, body: str) -> None:
        """Say something else in its place."""
        with _translated(repo):
            self._send("PATCH", repo, f"issues/comments/{comment}", {"body": body})

    def react(self, repo: str, comment: int, content: str) -> None:
        """GitHub answers 200 when it is there already."""
        with _translated(repo):
            self._send("POST", repo, f"issues/comments/{comment}/reactions", {"content": content})

    def label(self, repo: str, number: int, label: str) -> None:
        """Add a label; GitHub makes it when the repository has none of that name."""
        with _translated(repo):
            self._repo(repo).get_issue(number).add_to_labels(label)

    def unlabel(self, repo: str, number: int, label: str) -> None:
        """Remove a label; one that is not there is no error."""
        with _translated(repo):
            try:
                self._repo(repo).get_issue(number).remove_from_labels(label)
            except GithubException as error:
                if not (error.status == 404 and "label" in _words(error).lower()):
                    raise

    def request_review(self, repo: str, number: int, reviewers: Sequence[str]) -> None:
        """Ask people."""
        with _translated(repo):
            self._repo(repo).get_pull(number).create_review_request(reviewers=list(reviewers))

    def rerun(self, repo: str, check: Check) -> None:
        """A check run made by Actions has its job's id; any other is asked of the app that made it."""
        with _translated(repo, forbidden=Refused):
            try:
                self._send("POST", repo, f"actions/jobs/{check.id}/rerun")
            except UnknownObjectException:
                self._send("POST", repo, f"check-runs/{check.id}/rerequest")

    def open_issue(self, repo: str, title: str, body: str, labels: Sequence[str]) -> int:
        """Open an issue. Its number."""
        with _translated(repo):
            return self._repo(repo).create_issue(title, body, labels=list(labels)).number

    # ── underneath ───────────────────────────────────────────────────────────────────────────────────────

    def _repo(self, repo: str) -> GithubRepository:
        return self._client.get_repo(repo)

    def _send(self, verb: str, repo: str, path: str, body: dict[str, Any] | None = None) -> None:
        self._client.requester.requestJsonAndCheck(verb, f"/repos/{repo}/{path}", input=body)


@contextmanager
def _translated(subject: str, forbidden: type[ForgeError] = Unreachable) -> Iterator[None]:
    """Tell what PyGithub raises in our words; what it holds besides (headers, requests) stays behind."""
    try:
        yield
    except GithubException as error:
        raise _forge_error(subject, error, forbidden) from None
    except requests.RequestException as error:
        raise ForgeError(f"{subject}: no answer from the forge ({type(error).__name__})") from None


def _forge_error(subject: str, error: GithubException, forbidden: type[ForgeError]) -> ForgeError:
    words = f"{subject}: {error.status} {_words(error)}"
    if isinstance(error, RateLimitExceededException) or error.status == 429 or error.status >= 500:
        return ForgeError(words)
    if error.status == 409 or "was modified" in words:
        return Stale(words)
    if error.status == 403:
        return forbidden(words)
    if error.status in (401, 404, 410, 451):
        return Unreachable(words)
    return Refused(words)


def _words(error: GithubException) -> str:
    """What GitHub said: the message, and the details of a 422."""
    told = error.data if isinstance(error.data, dict) else {}
    details = [
        e.get("message") or e.get("code", "") if isinstance(e, dict) else str(e) for e in told.get("errors", ())
    ]
    return "; ".join(filter(None, [str(told.get("message", "")), *details])) or "said nothing"
