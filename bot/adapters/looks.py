"""Which stored answers hold without being asked again: what one cheap question, the pulse, says about a repository.

The pulse is read off the first page of its pull requests, the latest changed first: which one and when, and with it
when the repository was last pushed to. Comments, reviews, labels and pushes all move it; checks do not. A
repository without any pull request tells the same of itself. Dates have whole seconds and may be late, so that a
pulse younger than a minute proves nothing. Nothing holds for longer than an hour.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.adapters.store import Answer, Mark

STEADY = 60.0
"""Seconds after which a pulse is believed."""
HOUR = 3600.0
BRIEFLY = 600.0
"""How long somebody's permission holds, which no pulse tells of."""

_PATH = re.compile(r"/repos/(?P<repo>[^/]+/[^/?]+)(?P<rest>[^?]*)")
_ALWAYS_ASKED = re.compile(r"/issues|.*/comments/\d+.*")
_PERMISSIONS = re.compile(r"/collaborators/.*")
_TOLD_BY_PULSE = re.compile(
    r"|/branches/.*|/rules/.*|/pulls|/pulls/\d+/reviews|/issues/\d+/comments|/commits/[^/]+"
)
_CHECKS = re.compile(r"/commits/(?P<sha>[0-9a-f]{40})/(check-runs|statuses)")


@dataclass(frozen=True, slots=True)
class Pulse:
    """``kind`` is where it was read: ``pulls`` or ``repository``; ``newest`` the latest date in it."""

    kind: str
    value: str
    newest: float


@dataclass(slots=True)
class Look:
    """One look at one repository. ``seen`` are addresses that were asked during it."""

    pulse: Pulse
    at: float
    calm: bool = False
    woken: bool = False
    heads: frozenset[str] = frozenset()
    seen: set[str] = field(default_factory=set)

    @property
    def proof(self) -> str:
        """What an answer of this look carries, to hold as long as the pulse is the same."""
        return self.pulse.value if self.at - self.pulse.newest > STEADY else ""


class Looks:
    """The looks under way, by repository."""

    def __init__(self) -> None:
        self._looks: dict[str, Look] = {}

    def begin(self, repo: str, look: Look) -> None:
        self._looks[repo] = look

    def end(self, repo: str) -> None:
        """Something was written there, or is about to be: nothing holds unasked."""
        self._looks.pop(repo, None)

    def mark(self, repo: str, before: Mark | None) -> Mark | None:
        """What to remember of a repository at rest, if its pulse proves anything."""
        look = self._looks.get(repo)
        if look is None or not look.proof:
            return None
        return before if look.calm else Mark(look.pulse.kind, look.pulse.value, look.at)

    def holds(self, address: str, answer: Answer, now: float) -> bool:
        """Whether this answer need not be asked for."""
        look, rest = self._find(address)
        if look is None or _ALWAYS_ASKED.fullmatch(rest):
            return False
        if address in look.seen:
            return True
        if look.woken or not look.proof or answer.pulse != look.pulse.value or now - answer.checked > HOUR:
            return False
        if _PERMISSIONS.fullmatch(rest):
            return now - answer.checked < BRIEFLY
        return look.calm or bool(_TOLD_BY_PULSE.fullmatch(rest)) or _final(rest, look, answer)

    def saw(self, address: str) -> str:
        """This was asked just now. The proof to keep with it."""
        look, _ = self._find(address)
        if look is None:
            return ""
        look.seen.add(address)
        return look.proof

    def wrote(self, address: str) -> None:
        """A write went out."""
        if match := _PATH.match(address):
            self.end(match["repo"])

    def _find(self, address: str) -> tuple[Look | None, str]:
        match = _PATH.match(address)
        return (self._looks.get(match["repo"]), match["rest"]) if match else (None, "")


def of_pulls(page: list[dict[str, Any]]) -> Pulse | None:
    """The pulse as the first page of pull requests tells it; None when there is none."""
    if not page:
        return None
    newest = page[0]
    about = _settings(newest["base"]["repo"])
    dates = [_seconds(newest["updated_at"]), _seconds(about["pushed_at"])]
    told = [newest["number"], newest["updated_at"], about]
    return Pulse("pulls", json.dumps(told, sort_keys=True), max(dates))


def of_repository(told: dict[str, Any]) -> Pulse:
    """The pulse of a repository without a pull request."""
    about = _settings(told) | {"open_issues": told.get("open_issues_count")}
    return Pulse("repository", json.dumps(about, sort_keys=True), _seconds(about["pushed_at"]))


def open_heads(page: list[dict[str, Any]]) -> frozenset[str]:
    """Where the open pull requests stand, whose checks are always asked for."""
    return frozenset(pull["head"]["sha"] for pull in page if pull["state"] == "open")


def rechecked(answer: Answer, etag: str, pulse: str, now: float, body: str) -> Answer:
    """A new answer in the place of an old one; the same words under a new tag are no change."""
    since = answer.since if answer.body == body else now
    return replace(answer, etag=etag, body=body, pulse=pulse, since=since, checked=now)


def _settings(told: dict[str, Any]) -> dict[str, Any]:
    return {key: told.get(key) for key in ("archived", "disabled", "default_branch", "pushed_at", "full_name")}


def _final(rest: str, look: Look, answer: Answer) -> bool:
    """Checks of a commit that is no open pull request's head, all over, and the same for an hour."""
    match = _CHECKS.fullmatch(rest)
    return (
        match is not None
        and match["sha"] not in look.heads
        and answer.checked - answer.since > HOUR
        and _over(json.loads(answer.body))
    )


def _over(told: Any) -> bool:
    if isinstance(told, dict):
        return all(run["status"] == "completed" for run in told.get("check_runs", ()))
    newest: dict[str, str] = {}
    for status in told:
        newest.setdefault(status["context"], status["state"])
    return "pending" not in newest.values()


def _seconds(stamp: str | None) -> float:
    return datetime.fromisoformat(stamp).timestamp() if stamp else 0.0
