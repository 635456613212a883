"""The sandbox in one hand: a state with its repositories, bots and persons, for stories and for the demo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from bot.sandbox import events, pushes
from bot.sandbox.ci import CI
from bot.sandbox.clock import VirtualClock
from bot.sandbox.function_ci import FunctionCI
from bot.sandbox.git_store import GitStore
from bot.sandbox.persons import Person
from bot.sandbox.port import SandboxForge
from bot.sandbox.probe import SandboxProbe
from bot.sandbox.records import Delivery, Repo, Rule, User
from bot.sandbox.state import ForgeState
from bot.sandbox.workspace import SandboxWorkspace

BOT = "convoy[bot]"
BOT_EMAIL = "convoy[bot]@users.noreply.sandbox.invalid"
OPEN = Rule()


def add_user(state: ForgeState, login: str, *, bot: bool = False, email: str = "") -> User:
    """Somebody new, a member of nothing yet; the known one when the login is taken."""
    with state.lock:
        if login not in state.world.users:
            state.world.users[login] = User(state.next_id(), login, bot, email=email)
        return state.world.users[login]


def add_repository(
    state: ForgeState,
    name: str,
    files: Mapping[str, bytes | str],
    *,
    rule: Rule = OPEN,
    permissions: Mapping[str, str] = MappingProxyType({BOT: "write"}),
    default_branch: str = "main",
) -> Repo:
    """A repository whose default branch holds these files in one commit; CI runs on it as on any push."""
    with state.lock:
        owner = name.partition("/")[0]
        add_user(state, owner)
        for login in permissions:
            add_user(state, login, bot=login.endswith("[bot]"))
        repo = Repo(state.next_id(), name, state.now(), default_branch)
        repo.permissions = {owner: "admin", **permissions}
        repo.rules = {default_branch: rule}
        store = GitStore.create(state.path(name), default_branch)
        state.world.repos[name] = repo
        content = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        if content:
            tree = store.edited_tree(None, content)
            commit = store.write((), tree, "Initial commit\n", state.identity(owner))
            store.set_ref(f"refs/heads/{default_branch}", commit)
            pushes.refresh(state, owner, name)
        return repo


def add_fork(state: ForgeState, source: str, owner: str) -> Repo:
    """A copy of a repository that belongs to somebody else, from which pull requests may come."""
    with state.lock:
        add_user(state, owner)
        name, origin = f"{owner}/{source.partition('/')[2]}", state.repo(source)
        fork = Repo(state.next_id(), name, state.now(), origin.default_branch, fork_of=source)
        fork.permissions = {owner: "admin"}
        origin.permissions.setdefault(owner, "read")
        store = GitStore.create(state.path(name), origin.default_branch)
        store.git.remotes.create_anonymous(str(state.path(source))).fetch(["+refs/heads/*:refs/heads/*"])
        state.world.repos[name] = fork
        fork.refs = store.heads()
        return fork


def hire(state: ForgeState, login: str, rank: str = "admin") -> Person:
    """A person who may do what ``rank`` allows in every repository there is."""
    with state.lock:
        add_user(state, login)
        for repo in state.world.repos.values():
            repo.permissions[login] = rank
        return Person(state, login)


class Sandbox:
    """A world whose time the caller turns: what a story test holds."""

    def __init__(self, root: Path, ci: CI | None = None) -> None:
        self.clock = VirtualClock()
        self.state = ForgeState(root, self.clock, ci or FunctionCI())
        add_user(self.state, BOT, bot=True, email=BOT_EMAIL)

    @property
    def history(self) -> list[str]:
        return self.state.history

    def add_repository(self, name: str, files: Mapping[str, bytes | str], *, rule: Rule = OPEN) -> Repo:
        return add_repository(self.state, name, files, rule=rule)

    def person(self, login: str, rank: str = "admin") -> Person:
        return hire(self.state, login, rank)

    def forge(self, login: str = BOT) -> SandboxForge:
        """A fresh door, as a freshly started process would have."""
        return SandboxForge(self.state, login)

    def workspace(self, login: str = BOT, name: str = BOT, email: str = BOT_EMAIL) -> SandboxWorkspace:
        return SandboxWorkspace(self.state, login, name, email)

    def probe(self) -> SandboxProbe:
        """Whom health endpoints answer."""
        return SandboxProbe(self.state, self.clock)

    def advance(self, **delta: float) -> None:
        """Let time pass, in ``timedelta``'s words."""
        self.clock.advance(timedelta(**delta))

    def settle(self) -> None:
        """Let everything that is under way finish."""
        self.clock.run_until_idle()

    def deliver(self) -> tuple[Delivery, ...]:
        """Tell whoever subscribed what happened since."""
        return events.deliver(self.state)
