"""The people of the sample fleet: they review when asked, finish what only a person can, and read reverts.

They act on the forge as people do, never through the bot. What they do on a branch is data of the fleet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot import campaign, model
from bot.config import Config, ServiceConfig
from bot.model import Standing
from bot.sandbox.persons import Person
from bot.sandbox.records import PullRequest
from bot.sandbox.state import ForgeState

MAINTAINER = "mara"
"""Who finishes flagged sites and acknowledges reverts, and so never approves what she edited."""


@dataclass
class Crew:
    """Acts once on each thing that waits for a person. ``fixes``: service -> path -> content, or None to delete."""

    state: ForgeState
    config: Config
    fixes: Mapping[str, Mapping[str, bytes | None]]
    done: set[tuple[str, int, str]] = field(default_factory=set)

    def work(self, standings: Sequence[Standing]) -> list[tuple[str, str, str]]:
        """What people did just now, as (event, service, detail)."""
        told = [self._one(standing) for standing in standings]
        return [what for what in told if what]

    def _one(self, standing: Standing) -> tuple[str, str, str] | None:
        match standing.phase:
            case model.AwaitingReview(asked=True):
                return self._approve(standing)
            case model.Failing(explained=True) if standing.service.name in self.fixes:
                return self._finish(standing)
            case model.Reverted(acknowledged=False, revert_pr=int(number)):
                return self._acknowledge(standing, number)
        return None

    def _approve(self, standing: Standing) -> tuple[str, str, str] | None:
        pull = self._pull(standing)
        named = self.config.services.get(standing.service.name, ServiceConfig()).reviewers
        reviewer = next((who for who in named if who != MAINTAINER), "")
        if not reviewer or not self._first("approve", standing, pull.head_sha):
            return None
        Person(self.state, reviewer).approve(pull)
        return "approved", standing.service.name, f"#{pull.number} by {reviewer}"

    def _finish(self, standing: Standing) -> tuple[str, str, str] | None:
        pull = self._pull(standing)
        if not self._first("finish", standing, ""):
            return None
        files = self.fixes[standing.service.name]
        words = "Finish what the codemods left to a person\n"
        Person(self.state, MAINTAINER).push(pull.repo, pull.head_ref, files, words)
        return "finished by hand", standing.service.name, f"#{pull.number} by {MAINTAINER}"

    def _acknowledge(self, standing: Standing, number: int) -> tuple[str, str, str] | None:
        if not self._first("acknowledge", standing, str(number)):
            return None
        pull = self.state.pull(standing.service.repo, number)
        Person(self.state, MAINTAINER).label(pull, campaign.ACKNOWLEDGED)
        return "acknowledged", standing.service.name, f"#{number} by {MAINTAINER}"

    def _pull(self, standing: Standing) -> PullRequest:
        return self.state.pull(standing.service.repo, standing.pr or 0)

    def _first(self, what: str, standing: Standing, about: str) -> bool:
        key = (f"{what} {standing.service.name}", standing.pr or 0, about)
        if key in self.done:
            return False
        self.done.add(key)
        return True
