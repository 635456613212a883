"""The log of a voyage: what was done, and what phases became, with the time of each."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from bot.model import Standing
from bot.ports import Clock
from bot.terminal import Happening

TOLD = {
    "Settled": "settled",
    "Failing": "failing",
    "RedBefore": "red before",
    "Regressed": "regressed",
    "Broken": "broken",
    "Unreachable": "unreachable",
    "Declined": "declined",
}
"""Phases that are news when a service comes to them, and the word for it."""


class Timeline:
    """Implements ``bot.ports.Journal`` and keeps everything, for the screen and for the summary."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._phases: dict[str, str] = {}
        self.happenings: list[Happening] = []

    def record(self, event: str, service: str, detail: str = "") -> None:
        """Write down that something was done."""
        with self._lock:
            self.happenings.append(Happening(self._clock.now(), event, service, detail))

    def see(self, standings: Iterable[Standing]) -> None:
        """Write down which services came to a phase that is news."""
        for standing in standings:
            name, phase = standing.service.name, standing.phase.name
            if self._phases.get(name) != phase and phase in TOLD:
                self.record(TOLD[phase], name, standing.phase.reason)
            self._phases[name] = phase

    def of(self, event: str) -> list[str]:
        """The services of one kind of event, in the order in which it happened."""
        return [h.service for h in self.happenings if h.event == event]
