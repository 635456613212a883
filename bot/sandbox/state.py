"""The sandbox forge's state: one world, one lock, one clock, real git repositories below one root.

The modules beside this one (``pushes pulls merging checks reviews talk events``) hold what GitHub does, as
functions whose first argument is this state. The Python port and the HTTP face are two doors onto it; persons act
on it directly.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.sandbox.ci import CI
from bot.sandbox.clock import SandboxClock
from bot.sandbox.denied import Denied, not_found
from bot.sandbox.faults import Faults
from bot.sandbox.git_store import GitStore, Identity
from bot.sandbox.records import Delivery, Issue, Moment, PullRequest, Repo, User, World

P = ParamSpec("P")
T = TypeVar("T")
RANKS = ("read", "write", "admin")


@dataclass(frozen=True)
class Grant:
    """What a token is good for. ``permissions`` and ``repos`` None: whatever its login may do.

    ``scopes`` are a classic token's; an ``app``'s token has no user of its own.
    """

    login: str
    permissions: Mapping[str, str] | None = None
    repos: frozenset[str] | None = None
    expires_at: datetime | None = None
    scopes: str | None = None
    app: bool = False


class ForgeState:
    """Everything a forge knows, and what is needed to change it.

    ``late`` is how long mergeability takes to compute. ``subscribers`` get each event that is delivered; with
    ``delivers`` events go out by themselves. ``describe``, when set, makes an event's payload as it happens.
    """

    def __init__(self, root: Path, clock: SandboxClock, ci: CI, world: World | None = None) -> None:
        self.root = root
        self.clock = clock
        self.ci = ci
        self.world = world or World(now=clock.now())
        self.faults = Faults()
        self.late = timedelta(seconds=2)
        self.lock = threading.RLock()
        self.subscribers: list[Callable[[Delivery], None]] = []
        self.describe: Callable[[Delivery], dict[str, Any]] | None = None
        self.delivers = False
        self._stores: dict[str, GitStore] = {}
        self._tokens: dict[str, Grant] = {}

    # ── looking things up ─────────────────────────────────────────────────────────────────────────────────

    def now(self) -> datetime:
        return self.clock.now()

    @property
    def history(self) -> list[str]:
        """What happened, as one readable list."""
        with self.lock:
            return [moment.text for moment in self.world.moments]

    def repo(self, name: str) -> Repo:
        """The repository, whoever asks. Doors use ``readable`` and ``writable``."""
        found = self.world.repos.get(name)
        if found is None or found.gone:
            raise not_found()
        return found

    def readable(self, actor: str, name: str) -> Repo:
        """The repository, if this login may see it."""
        repo = self.repo(name)
        if repo.blocked:
            raise Denied(403, "Repository access blocked")
        if actor not in repo.permissions:
            raise not_found()
        return repo

    def writable(self, actor: str, name: str, rank: str = "write") -> Repo:
        """The repository, if this login may do there what needs ``rank`` (``read write admin``)."""
        repo = self.readable(actor, name)
        if repo.archived:
            raise Denied(403, "Repository was archived so is read-only.")
        if not self.may(actor, repo, rank):
            raise Denied(403, "Resource not accessible by integration")
        return repo

    def may(self, actor: str, repo: Repo, rank: str) -> bool:
        held = repo.permissions.get(actor)
        return held is not None and RANKS.index(held) >= RANKS.index(rank)

    def pull(self, name: str, number: int) -> PullRequest:
        try:
            return self.repo(name).pulls[number]
        except KeyError:
            raise not_found() from None

    def thread(self, name: str, number: int) -> Issue:
        """The issue or the pull request of that number."""
        repo = self.repo(name)
        found = repo.pulls.get(number) or repo.issues.get(number)
        if found is None:
            raise not_found()
        return found

    def store(self, name: str) -> GitStore:
        """The repository's git side. Use it with the lock held."""
        if name not in self._stores:
            self._stores[name] = GitStore(self.path(name))
        return self._stores[name]

    def path(self, name: str) -> Path:
        return self.root / "repos" / f"{name}.git"

    def user(self, login: str) -> User:
        try:
            return self.world.users[login]
        except KeyError:
            raise not_found() from None

    def identity(self, login: str) -> Identity:
        """How commits that the forge makes for this login are signed, now."""
        user = self.user(login)
        return Identity(user.name or login, user.email or f"{login}@users.noreply.sandbox.invalid", self.now())

    # ── tokens ────────────────────────────────────────────────────────────────────────────────────────────

    def issue_token(self, login: str, prefix: str = "sandbox_", **limits: Any) -> str:
        """A new token for this login, limited as a ``Grant`` says. Tokens live in memory only, never saved."""
        token = f"{prefix}{secrets.token_hex(18)}"
        self._tokens[token] = Grant(self.user(login).login, **limits)
        return token

    def grant(self, token: str) -> Grant | None:
        """What this token allows, while it lasts."""
        found = self._tokens.get(token)
        return None if found and found.expires_at and found.expires_at <= self.now() else found

    def authenticate(self, token: str) -> User | None:
        found = self.grant(token)
        return self.world.users[found.login] if found else None

    # ── writing things down ───────────────────────────────────────────────────────────────────────────────

    def next_id(self) -> int:
        self.world.last_id += 1
        return self.world.last_id

    def next_number(self, repo: Repo) -> int:
        """Issues and pull requests share one sequence."""
        repo.last_number += 1
        return repo.last_number

    def record(self, text: str) -> None:
        """Add a line to the history."""
        self.world.moments.append(Moment(self.now(), text))


def locked(function: Callable[Concatenate[ForgeState, P], T]) -> Callable[Concatenate[ForgeState, P], T]:
    """One at a time: the function runs with the state's lock held."""

    @wraps(function)
    def wrapper(state: ForgeState, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with state.lock:
            return function(state, *args, **kwargs)

    return wrapper
