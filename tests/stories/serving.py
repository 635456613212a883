"""``convoy serve`` as its own process beside a sandbox forge that it knows over HTTP only."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml
from voyage import HUB, SHOP, judge, service

from bot.sandbox.clock import RealClock
from bot.sandbox.function_ci import FunctionCI
from bot.sandbox.http.server import Served, serve
from bot.sandbox.http.webhooks import signature
from bot.sandbox.state import ForgeState
from bot.sandbox.world import BOT, BOT_EMAIL, add_repository, add_user, hire

SECRET = "nobody else's business"
PATIENCE = 60.0
"""Seconds after which a process that does not say what it should is killed, and the test with it."""


@dataclass
class Forge:
    """Two services, each in a repository of its own, shop after hub, on a loopback port."""

    state: ForgeState
    served: Served
    home: Path
    token: str

    def world(self) -> dict[str, object]:
        """What is there in the end: the base branches' content, and every pull request with all that was said."""
        state = self.state
        return {
            repo.name: (
                dict(state.store(repo.name).files(repo.refs["main"])),
                [(pull.title, pull.state, pull.merged, pull.labels) for pull in repo.pulls.values()],
                sorted(comment.author for comment in repo.comments.values()),
                sorted(branch for branch in repo.refs if branch.startswith("convoy")),
            )
            for repo in state.world.repos.values()
        }

    @contextmanager
    def serving(self, every: str) -> Iterator[Serving]:
        """A process that gets this forge's webhooks while it lives."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "CONVOY_TOKEN": self.token,
            "CONVOY_WEBHOOK_SECRET": SECRET,
            "UV_OFFLINE": "1",
        }
        command = [sys.executable, "-m", "bot", "serve", "--config", str(self.home / "config.yaml")]
        command += ["--port", "0", "--private-port", "0", "--every", every]
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
            watchdog = threading.Timer(PATIENCE, process.kill)
            watchdog.start()
            try:
                serving = Serving(process)
                hook = self.served.webhooks.register(f"{serving.public}/webhook", SECRET)
                yield serving
                self.served.webhooks.remove(hook)
            finally:
                watchdog.cancel()
                process.kill()


@dataclass
class Serving:
    """The process, everything that it has said, and its two listeners."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    public: str = ""
    private: str = ""

    def __post_init__(self) -> None:
        self.public = self._address(" webhooks: ")
        self.private = self._address(" private: ")

    def _address(self, words: str) -> str:
        found = re.search(r"http://[^/]+", self.hear(words))
        assert found
        return found.group()

    def hear(self, words: str) -> str:
        """Wait for the line of the log with these words."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            if words in line:
                return line
        raise AssertionError(f"it ended without {words!r}:\n{''.join(self.said)}")

    def terminate(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.terminate()
        assert self.process.stderr is not None
        self.said += self.process.stderr.readlines()
        return self.process.wait()

    def post(self, event: str, repo: str, secret: str = SECRET, **told: Any) -> int:
        """A webhook of our own making, with whatever it claims; the status it gets."""
        body = json.dumps({**told, "repository": {"full_name": repo}}).encode()
        headers = {"X-GitHub-Event": event, "X-Hub-Signature-256": signature(secret, body)}
        return httpx.post(f"{self.public}/webhook", content=body, headers=headers, trust_env=False).status_code

    def get(self, path: str) -> httpx.Response:
        """A page of the private listener."""
        return httpx.get(f"{self.private}{path}", trust_env=False)

    def measured(self) -> dict[str, float]:
        """What ``/metrics`` says, by name and labels."""
        lines = [line for line in self.get("/metrics").text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    def ticks(self) -> float:
        """How many looks there were."""
        return sum(n for name, n in self.measured().items() if name.startswith("convoy_ticks_total"))


@contextmanager
def forge(root: Path, *, paused: bool = False) -> Iterator[Forge]:
    """The world before anybody sails, and a configuration that lets a bot sail without people, unless paused."""
    clock = RealClock()
    state = ForgeState(root / "forge", clock, FunctionCI(judge, takes=timedelta(milliseconds=200)))
    state.late = timedelta(milliseconds=50)
    add_user(state, BOT, bot=True, email=BOT_EMAIL)
    for repo in (HUB, SHOP):
        add_repository(state, repo, service())
    hire(state, "anna")
    home = root / "home"
    home.mkdir(parents=True)
    try:
        with serve(state) as served:
            clock.wait_until_idle(timedelta(seconds=10))
            config = {
                "repositories": [HUB, SHOP],
                "services": {"shop": {"depends_on": ["hub"]}},
                "upgrades": ["tenacity"],
                "policy": {"merge": "when_green", "approvals": 0, "soak": "1s", "paused": paused},
                "forge": {"url": served.url, "login": BOT},
            }
            (home / "config.yaml").write_text(yaml.safe_dump(config))
            state.delivers = True
            yield Forge(state, served, home, state.issue_token(BOT))
            state.delivers = False
    finally:
        clock.close()
