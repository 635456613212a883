"""The words of DESIGN.md §2-3 as frozen data: services, units, phases, actions, decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from transforms.model import Migration, Outcome, Pin, Problem, Usage


@dataclass(frozen=True, slots=True)
class Service:
    """What is released as a unit. ``path`` is relative to the repository, empty for the whole of it."""

    name: str
    repo: str
    path: str

    @property
    def slug(self) -> str:
        """The branch-safe name: the path with ``/`` as ``--``, or the repository's own name."""
        return self.path.replace("/", "--") or self.repo.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Edge:
    """``service`` needs ``on`` to be settled first. ``source`` says where that was read (file:line or key)."""

    service: str
    on: str
    source: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """What one service contains, as ``convoy scan`` prints it."""

    service: Service
    pins: tuple[Pin, ...]
    usages: tuple[Usage, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """What gets one pull request: a service, or a group whose migrations must edit the same file."""

    services: tuple[Service, ...]

    @property
    def name(self) -> str:
        return "+".join(s.name for s in self.services)

    @property
    def repo(self) -> str:
        return self.services[0].repo

    @property
    def slug(self) -> str:
        return "+".join(s.slug for s in self.services)


# ── phases (DESIGN.md §3) ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Phase:
    """Where a unit stands. ``reason`` is one plain sentence. Subclasses are the closed union."""

    reason: str

    @property
    def name(self) -> str:
        return type(self).__name__


@dataclass(frozen=True, slots=True)
class Current(Phase):
    """Pins and code already meet the target on the base branch."""


@dataclass(frozen=True, slots=True)
class Waiting(Phase):
    on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Throttled(Phase):
    limit: str


@dataclass(frozen=True, slots=True)
class Due(Phase):
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class OnPull(Phase):
    """A phase with an open pull request."""

    pr: int
    head: str


@dataclass(frozen=True, slots=True)
class Checking(OnPull):
    pass


@dataclass(frozen=True, slots=True)
class AwaitingReview(OnPull):
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Passing(OnPull):
    behind: bool = False
    """The branch rule demands up to date, and it is not."""
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Failing(OnPull):
    jobs: tuple[str, ...] = ()
    explained: bool = False


@dataclass(frozen=True, slots=True)
class RedBefore(OnPull):
    jobs: tuple[str, ...] = ()
    explained: bool = False


@dataclass(frozen=True, slots=True)
class Outdated(OnPull):
    why: str = ""
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Held(OnPull):
    pass


@dataclass(frozen=True, slots=True)
class Declined(Phase):
    pr: int


@dataclass(frozen=True, slots=True)
class Obsolete(OnPull):
    pass


@dataclass(frozen=True, slots=True)
class Landing(Phase):
    pr: int
    disputed: bool = False
    explained: bool = False
    soaking: bool = False
    """The base checks have given their verdict; only time, deployment and health are awaited."""
    rerun: tuple[str, ...] = ()
    """Red jobs for which one re-run at our merge commit has not been asked yet."""
    until: datetime | None = None
    """When waiting alone will change something (soak end, timeout)."""


@dataclass(frozen=True, slots=True)
class Settled(Phase):
    pr: int


@dataclass(frozen=True, slots=True)
class Regressed(Phase):
    pr: int
    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reverting(OnPull):
    of: int = 0
    green: bool = False
    mergeable: bool | None = None
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Reverted(Phase):
    pr: int
    by: str
    revert_pr: int | None = None
    acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Broken(Phase):
    """The transform or the push failed at this base commit."""


@dataclass(frozen=True, slots=True)
class Unreachable(Phase):
    """Archived, forbidden, gone or empty."""


# ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Action:
    """Something to be done to the world. Subclasses are the closed union."""

    @property
    def name(self) -> str:
        return type(self).__name__


@dataclass(frozen=True, slots=True)
class Publish(Action):
    """Push the migration's commits and open or refresh its pull request."""

    attempt: int = 1


@dataclass(frozen=True, slots=True)
class AskReview(Action):
    pr: int


@dataclass(frozen=True, slots=True)
class Merge(Action):
    pr: int
    head: str


@dataclass(frozen=True, slots=True)
class Explain(Action):
    """Say once on the pull request why it does not move."""

    pr: int
    head: str
    jobs: tuple[str, ...]
    before: bool = False
    """The jobs were red before we came."""


@dataclass(frozen=True, slots=True)
class Close(Action):
    pr: int
    head: str


@dataclass(frozen=True, slots=True)
class Rerun(Action):
    """Ask for the red jobs once more at our merge commit before anybody is blamed."""

    pr: int
    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenRevert(Action):
    pr: int
    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergeRevert(Action):
    pr: int
    head: str
    of: int


@dataclass(frozen=True, slots=True)
class Dispute(Action):
    """Say once on the merged pull request that the base is red and that it is not clear by whom."""

    pr: int


@dataclass(frozen=True, slots=True)
class NoteEdit(Action):
    """Say once that a person's commits are on the branch and that it is theirs now."""

    pr: int
    head: str


@dataclass(frozen=True, slots=True)
class Tidy(Action):
    """Delete a branch of ours that nothing needs any more."""

    ref: str
    head: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Exactly one for every service in every tick: an action and why, or no action and why."""

    service: str
    action: Action | None
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A service's line in every report: phase, decision, place in the order, pull request."""

    service: Service
    phase: Phase
    decision: Decision
    wave: int
    depends_on: tuple[str, ...]
    pr: int | None = None
    pr_url: str = ""
    barred: tuple[Outcome, ...] = ()
    migration: Migration | None = None


# ── policy (DESIGN.md §8) ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Policy:
    """What Convoy may do by itself. The defaults are DESIGN.md §8's: nothing merges without a person."""

    merge: Literal["after_approval", "when_green", "never"] = "after_approval"
    approvals: int = 1
    revert: Literal["open", "auto"] = "open"
    open_prs: int = 5
    landings_per_repo: int = 1
    red_base: Literal["hold", "no_new_failures"] = "hold"
    landing_checks: Literal["required", "if_reported", "none"] = "required"
    checks_timeout: timedelta = timedelta(hours=2)
    soak: timedelta = timedelta(minutes=30)
    halt_at: float = 0.10
    barred: Literal["unlocks", "blocks"] = "unlocks"
    dead_pins: Literal["move", "leave"] = "move"
    edit_workflows: bool = False
    paused: bool = False
