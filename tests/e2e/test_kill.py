"""The bot is killed three times with SIGKILL, in the middle of a write, and started again as cron would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from bot.cli.harbour import found
from bot.sandbox import checks, fleet, saving
from bot.sandbox.clock import RealClock
from bot.sandbox.http.server import serve
from bot.sandbox.persons import Person
from bot.sandbox.records import Delivery
from bot.sandbox.runner import WorkflowCI
from bot.sandbox.state import ForgeState
from bot.sandbox.world import BOT

pytestmark = pytest.mark.e2e

REPO = f"{fleet.OWNER}/{fleet.REGRESSES}"
FATAL = [
    ("push", "", "convoy/"),
    ("pull_request", "opened", "convoy/"),
    ("pull_request", "closed", "convoy-revert/"),
]
"""Events of the bot's doing at which it dies: a branch pushed, its pull request opened, its revert merged."""


@dataclass
class Bot:
    """``convoy run`` as its own process, killed by the forge in the middle of an answer."""

    state: ForgeState
    home: Path
    url: str
    left: list[tuple[str, str, str]] = field(default_factory=lambda: list(FATAL))
    process: subprocess.Popen[bytes] | None = None
    killed: list[str] = field(default_factory=list)

    def tick(self) -> int:
        """One run of the command; its exit code, negative when it was killed."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "CONVOY_TOKEN": self.state.issue_token(BOT),
            **{k: v for k, v in os.environ.items() if k.startswith(("UV_", "PIP_", "SSL_"))},
        }
        command = [sys.executable, "-m", "bot", "run", "--config", str(self.home / "config.yaml")]
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            self.process = process
            said, _ = process.communicate(timeout=120)
        assert process.returncode in (0, -9), said.decode()
        return process.returncode

    def hear(self, delivery: Delivery) -> None:
        """Kill the process when it does what it is to die of. The forge's answer never reaches it."""
        ref = str(delivery.subject.get("ref", "")).removeprefix("refs/heads/")
        if delivery.event == "pull_request":
            ref = self.state.pull(delivery.repo, int(delivery.subject["number"])).head_ref
        for fatal in self.left:
            event, action, prefix = fatal
            if delivery.sender == BOT and delivery.event == event and action in ("", delivery.action):
                if ref.startswith(prefix) and self.process is not None:
                    self.left.remove(fatal)
                    self.killed.append(event)
                    self.process.kill()
                return


@contextmanager
def forge(root: Path) -> Iterator[Bot]:
    """The sample fleet's forge on a loopback port, with real CI, and a bot that knows two of its repositories."""
    root.mkdir()
    found(root)
    clock: list[RealClock] = []
    state = saving.load(root, WorkflowCI(), lambda start: clock.append(RealClock(start)) or clock[0])  # type: ignore[func-returns-value]
    with serve(state) as served:
        home = root / "home"
        home.mkdir()
        bot = Bot(state, home, served.url)
        describe = state.describe
        assert describe is not None

        def heard(delivery: Delivery) -> dict[str, object]:
            bot.hear(delivery)
            return describe(delivery)

        state.describe = heard
        config = yaml.safe_load(fleet.CONFIG.read_text())
        config["repositories"] = [REPO, f"{fleet.OWNER}/{fleet.STAYS_WAITING}"]
        config["services"] = {n: config["services"][n] for n in (fleet.REGRESSES, fleet.STAYS_WAITING)}
        config["forge"] = {"url": served.url, "login": BOT}
        config["policy"]["halt_at"] = "100%"
        (home / "config.yaml").write_text(yaml.safe_dump(config))
        try:
            yield bot
        finally:
            clock[0].close()


def test_killed_three_times_in_the_middle_of_a_write_the_voyage_ends_as_if_undisturbed(
    tmp_path: Path,
) -> None:
    with forge(tmp_path / "forge") as bot:
        store = bot.state.store(REPO)
        before = store.tree(store.head("main") or "")
        for _ in range(40):
            bot.tick()
            people(bot.state)
            bot.state.clock.wait_until_idle(timedelta(minutes=2))  # type: ignore[attr-defined]
            if any("convoy:acknowledged" in p.labels for p in bot.state.repo(REPO).pulls.values()) and not bot.left:
                break
        assert bot.killed == ["push", "pull_request", "pull_request"]
        bot.tick()
        repo = bot.state.repo(REPO)
        ours = [(p.head_ref, p.merged) for p in repo.pulls.values()]
        assert ours == [
            (f"convoy/phase2/{fleet.REGRESSES}", True),
            (f"convoy-revert/phase2/{fleet.REGRESSES}-1", True),
        ]
        assert [c.author for c in repo.comments.values() if c.number == 1] == [BOT], "asked once, and only once"
        head = store.head("main") or ""
        assert store.tree(head) == before, "the base stands as it stood"
        assert "This reverts commit" in store.describe(store.describe(head).parents[-1]).message
        assert not bot.state.repo(f"{fleet.OWNER}/{fleet.STAYS_WAITING}").pulls, "its dependent never got one"


def people(state: ForgeState) -> None:
    """Jonas approves what is green and asks for it, and acknowledges a merged revert."""
    jonas, repo = Person(state, "jonas"), state.repo(REPO)
    for pull in list(repo.pulls.values()):
        said = checks.verdicts(repo, pull.head_sha).values()
        green = pull.state == "open" and list(said) == [{"passed"}]
        asked = any(c.number == pull.number and c.author == BOT for c in repo.comments.values())
        approved = any(r.number == pull.number for r in repo.reviews.values())
        if green and asked and not approved:
            jonas.approve(pull)
        if pull.head_ref.startswith("convoy-revert/") and pull.merged:
            jonas.label(pull, "convoy:acknowledged")
