"""Stage: what can be shown for a migration beside its diff: the pins go together, a second run changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from transforms.runner import migrate

from bot.migrate import Overlay
from bot.observation import Observation
from bot.observe import Eyes
from bot.ports import Resolution, Resolver
from transforms.manifests import python_floor, requirement_lines

PYTHON = "3.11"
"""What a service that says nothing is taken to run on."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Asks for evidence when words are written. ``known`` keeps the resolver's answers, by what it was asked."""

    eyes: Eyes
    resolver: Resolver
    known: dict[tuple[str, ...], Resolution]

    def resolution(self, seen: Observation) -> Resolution | None:
        """Whether the pins of every service of the unit go together after the migration; None without pins."""
        files = self._after(seen)
        answers = []
        for service in seen.unit.services:
            lines, partial = requirement_lines(files, service.path, seen.wish.nested.get(service.name, ()))
            if lines:
                floor = python_floor(files, service.path)
                answers.append(self._ask(lines, floor[0] if floor else PYTHON, partial))
        return _worst(answers)

    def is_idempotent(self, seen: Observation) -> bool:
        """A second run over the migrated tree edits nothing."""
        files, upgrades = self._after(seen), self.eyes.config.upgrades
        return not any(
            migrate(files, s.path, upgrades, exclude=seen.wish.nested.get(s.name, ())).edits
            for s in seen.unit.services
        )

    def _after(self, seen: Observation) -> Overlay:
        return Overlay(self.eyes.workspace.files(seen.unit.repo, seen.wish.base), seen.wish.edits)

    def _ask(self, lines: tuple[str, ...], python: str, partial: bool) -> Resolution:
        key = (python, *lines)
        if key not in self.known:
            self.known[key] = self.resolver.resolve(lines, python)
        found = self.known[key]
        if partial and found.status == "ok":
            return Resolution("partial", found.detail)
        return found


def _worst(answers: Iterable[Resolution]) -> Resolution | None:
    order = ("conflict", "unavailable", "partial", "ok")
    return min(answers, key=lambda r: order.index(r.status), default=None)
