"""Which forge a verb talks to: GitHub with a token from the environment, or the sandbox that a demo has left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from bot.cli.journal import Timeline
from bot.config import Config, read
from bot.ports import ForgeError
from bot.reconcile import Ports
from bot.wakes import Wakes

TOKENS = ("CONVOY_TOKEN", "GITHUB_TOKEN")
"""Environment variables that may hold the token, the first that is set counts."""
DEFAULT = "config.yaml"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Where a forge needs no throttle."""


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Outside:
    """A configuration and the ports that it leads to. A sandbox fills ``wakes`` by itself."""

    config: Config
    ports: Ports
    timeline: Timeline
    wakes: Wakes = field(default_factory=Wakes)


@contextmanager
def outside(file: str | None) -> Iterator[Outside]:
    """The world of this configuration. Raises ConfigError, or ForgeError when there is no way to it."""
    path = Path(file or DEFAULT)
    config = read(path)
    if (path.parent / "forge.json").is_file():
        from bot.cli.harbour import harbour

        with harbour(path.parent.resolve(), config) as port:
            yield Outside(config, port.ports, port.timeline, port.wakes)
    else:
        with _github(config) as found:
            yield found


@contextmanager
def _github(config: Config) -> Iterator[Outside]:
    from github import Auth

    from bot.adapters.git import GitWorkspace
    from bot.adapters.git_environment import Identity
    from bot.adapters.github import GithubForge, connect
    from bot.adapters.resolver import UvResolver

    token = next((value for name in TOKENS if (value := os.environ.get(name))), None)
    if token is None:
        raise ForgeError(f"no token for {config.forge.url}: set {TOKENS[0]} in the environment")
    host = urlsplit(config.forge.url).hostname or ""
    client = connect(config.forge.url, Auth.Token(token), throttled=host not in LOOPBACK)
    forge = GithubForge(client, config.forge.login or "")
    web = _web(config.forge.url)
    identity = Identity(forge.login, f"{forge.login}@users.noreply.{urlsplit(web).hostname}")
    workspace = GitWorkspace(_cache() / "mirrors", web, lambda repo: token, identity)
    clock = SystemClock()
    timeline = Timeline(clock)
    try:
        resolver = UvResolver(as_of=_moment(config))
        yield Outside(config, Ports(forge, workspace, clock, resolver, timeline, identity.email, web), timeline)
    finally:
        workspace.close()
        forge.close()


def _web(api: str) -> str:
    """Where people and git see the forge whose REST is at ``api``."""
    return "https://github.com" if api == "https://api.github.com" else api.removesuffix("/api/v3")


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "convoy"


def _moment(config: Config) -> datetime | None:
    day = config.as_of
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
