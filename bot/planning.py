"""The plan of a campaign as data: places, reasons, risks. What prints it and what writes it share this. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.graph import Order, closing
from bot.model import Edge, Hint, Service
from bot.risk import Risk
from transforms.model import Migration, Outcome, Status, Upgrade


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that the plan says. Groups sail as one, so they share a wave."""

    services: tuple[Service, ...]
    migrations: Mapping[str, Migration]
    order: Order
    knots: tuple[tuple[str, ...], ...]
    groups: tuple[tuple[str, ...], ...]
    edges: tuple[Edge, ...]
    risks: Mapping[str, Risk]
    campaign: str
    hints: tuple[Hint, ...] = ()
    upgrades: tuple[Upgrade, ...] = ()

    def needs(self, service: str) -> tuple[Edge, ...]:
        """Why this service waits, and for whom."""
        return tuple(edge for edge in self.edges if edge.service == service)

    def hinted(self, service: str) -> tuple[Hint, ...]:
        """What this service may need beside that."""
        return tuple(hint for hint in self.hints if hint.service == service)

    def closing(self, knot: tuple[str, ...]) -> tuple[Edge, ...]:
        """The edges that make it a knot."""
        return closing(knot, self.edges)

    def together(self, service: str) -> tuple[str, ...]:
        """Who is in a knot with it."""
        return tuple(n for knot in self.knots if service in knot for n in knot if n != service)

    def shares(self, service: str) -> tuple[str, ...]:
        """Who is in the same pull request."""
        return tuple(n for group in self.groups if service in group for n in group if n != service)

    def moving(self, upgrade: str) -> tuple[str, ...]:
        """The services in which this upgrade is carried out."""
        done = (Status.APPLIED, Status.DEAD_PIN)
        return tuple(s.name for s in self.services if any(o.status in done for o in self._said(s, upgrade)))

    def barred(self) -> tuple[tuple[str, Outcome], ...]:
        """What is not carried out, with its reason."""
        found = ((s.name, o) for s in self.services for u in self.upgrades for o in self._said(s, u.library))
        return tuple((name, o) for name, o in found if o.status is Status.BARRED)

    def idle(self, service: str) -> bool:
        """Nothing of it changes and nothing is left for a person: it counts as settled as it is."""
        return not self.risks[service].factors

    def _said(self, service: Service, upgrade: str) -> list[Outcome]:
        return [o for o in self.migrations[service.name].outcomes if o.upgrade == upgrade]
