"""What a rollback comes to: who goes back and in which order, and who would be left ahead. Pure.

Dependents go back before what they depend on. A knot goes back together. Whoever depends on one of these, has been
merged and was not asked for is named: nothing is taken back under somebody's feet without a person's word.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.situation import Situation


@dataclass(frozen=True, slots=True)
class Step:
    """One unit that goes back, and the units that go back before it."""

    unit: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """``steps`` in the order in which they happen; ``missing`` are merged dependents that are not among them."""

    steps: tuple[Step, ...]
    missing: tuple[str, ...] = ()


def merged(situation: Situation, upgrade: str = "") -> frozenset[str]:
    """The units on whose base our change stands, or one upgrade of it."""
    return frozenset(n for n, moved in situation.landed.items() if not upgrade or upgrade in moved)


def plan(asked: frozenset[str], upgrade: str, situation: Situation, *, with_dependents: bool = False) -> Plan:
    """The rollback of these units, or of one upgrade in them."""
    there = merged(situation, upgrade)
    going = asked & there
    ahead = {d for name in going for d in situation.order.dependents(name) if d in there} - going
    if with_dependents:
        going, ahead = going | ahead, set()
    steps = tuple(Step(name, _before(name, going, situation)) for name in _in_turn(going, situation))
    return Plan(steps, tuple(_in_turn(frozenset(ahead), situation)))


def _before(name: str, going: frozenset[str], situation: Situation) -> tuple[str, ...]:
    mates = {name, *(m for knot in situation.order.knots if name in knot for m in knot)}
    return tuple(d for d in situation.order.dependents(name) if d in going and d not in mates)


def _in_turn(names: frozenset[str], situation: Situation) -> list[str]:
    """Dependents first: the waves from the last to the first."""
    return [name for wave in reversed(situation.order.waves) for name in wave if name in names]
