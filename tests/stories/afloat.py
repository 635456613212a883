"""A voyage over HTTP: the real PyGithub and the real git, as a token or as an app, on a clock that stories turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from voyage import Agreeable, Log, Voyage

from bot.adapters.clients import Clients
from bot.adapters.credentials import Access, AppAccess, TokenAccess
from bot.adapters.git import GitWorkspace
from bot.adapters.git_environment import Identity
from bot.adapters.github import GithubForge
from bot.adapters.permissions import PERMISSIONS
from bot.adapters.store import Store
from bot.adapters.wire import Shelf
from bot.reconcile import Memory, Ports, Report, tick
from bot.sandbox import apps
from bot.sandbox.http.meter import Asked
from bot.sandbox.http.server import Served, serve
from bot.sandbox.records import App
from bot.sandbox.world import BOT, BOT_EMAIL

NEEDED = {p.name: p.level for p in PERMISSIONS if p.name != "metadata"}


def key_pair() -> tuple[str, str]:
    """A private key and its public half, both PEM."""
    made = rsa.generate_private_key(65537, 2048)
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private = made.private_bytes(pem, form, serialization.NoEncryption()).decode()
    public = made.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    return private, public


@dataclass
class Afloat:
    """A voyage whose bot comes in by the HTTP door. ``cache`` is its warm local store."""

    voyage: Voyage
    served: Served
    access: Access
    cache: Path
    memory: Memory = field(default_factory=Memory)

    @contextmanager
    def ports(self) -> Iterator[Ports]:
        """What a freshly started process holds."""
        clock, url = self.voyage.sandbox.clock, self.served.url
        store = Store(self.cache / "answers.sqlite", f"{url} {BOT}")
        shelf = Shelf(store, now=lambda: clock.now().timestamp())
        with ExitStack() as stack:
            stack.callback(shelf.close)
            forge = GithubForge(Clients(url, self.access, shelf, throttled=False), BOT)
            stack.callback(forge.close)
            who = Identity(BOT, BOT_EMAIL)
            workspace = GitWorkspace(self.cache / "mirrors", url, self.access.token, who)
            stack.callback(workspace.close)
            yield Ports(forge, workspace, clock, Agreeable(), Log(), BOT_EMAIL, url, probe=self.voyage.probe)

    def tick(self, memory: Memory | None = None, woken: frozenset[str] | None = None) -> Report:
        """One tick of a new process; with ``memory``, of one that has been running."""
        with self.ports() as ports:
            self.voyage.report = tick(self.voyage.config, ports, memory or Memory(), woken=woken)
        return self.voyage.report

    def cost(self, memory: Memory | None = None) -> list[Asked]:
        """The REST requests of one tick."""
        self.served.meter.asked.clear()
        self.tick(memory)
        return self.served.meter.rest()

    def sail(self, ticks: int = 40, *, approving: bool = True) -> None:
        """Tick, let five minutes pass, let people approve; until all is settled."""
        for _ in range(ticks):
            self.tick()
            self.voyage.sandbox.advance(minutes=5)
            if approving:
                self.voyage.approve_all()
            if set(self.voyage.phases().values()) == {"Settled"}:
                return
        raise AssertionError(self.voyage.phases())


@contextmanager
def afloat(voyage: Voyage, root: Path, access: Access | None = None) -> Iterator[Afloat]:
    """The voyage's forge on a port."""
    with serve(voyage.sandbox.state) as served:
        way = access or TokenAccess(voyage.sandbox.state.issue_token(BOT))
        yield Afloat(voyage, served, way, root / "cache")


@contextmanager
def as_app(voyage: Voyage, root: Path, permissions: dict[str, str] | None = None) -> Iterator[tuple[Afloat, App]]:
    """The voyage's bot as an app with exactly what Convoy asks for, on every account that has a repository."""
    state = voyage.sandbox.state
    private, public = key_pair()
    for repo in state.world.repos.values():
        repo.permissions.pop(BOT, None)
    granted = NEEDED if permissions is None else permissions
    app = apps.found(state, BOT.removesuffix("[bot]"), "maker", public, granted)
    for owner in dict.fromkeys(name.partition("/")[0] for name in state.world.repos):
        apps.install(state, app, owner)
    with serve(state) as served:
        access = AppAccess(served.url, str(app.id), private, voyage.sandbox.clock.now)
        yield Afloat(voyage, served, access, root / "cache"), app
