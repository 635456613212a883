"""What there is to decide on: phases, order and policy, and the plain questions that decisions ask of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot import phases
from bot.actions import Decision, Obey
from bot.calendar import Shut
from bot.graph import Order
from bot.model import Policy
from bot.phases import Phase

MERGED = (phases.Settled, phases.Landing, phases.Regressed, phases.Reverting, phases.Reverted)
TAKEN_BACK = (phases.Regressed, phases.Reverting)

FREED_BY = {
    "Declined": "reopen its pull request or label it convoy:again",
    "Held": "remove the label convoy:hold",
    "Failing": "a fix on its branch, or closing its pull request",
    "RedBefore": "a green base branch",
    "Broken": "a change on its base branch",
    "Reverted": "the label convoy:again on its revert",
    "Unreachable": "access to its repository",
}


MOVED_BY = {
    "Current": "nothing: it is where the campaign wants it",
    "Waiting": "the services it waits for, once they have settled",
    "Throttled": "room in the limit, which frees itself as others settle or time passes",
    "Due": "the next tick, which opens its pull request",
    "Checking": "its CI",
    "AwaitingReview": "a person's approval of this very head",
    "Passing": "its turn to merge",
    "Outdated": "the next tick, which makes the branch again; a person, where a person edited it",
    "Obsolete": "the next tick, which closes its pull request",
    "Landing": "green checks on the base branch and time; a person, where it is disputed",
    "Settled": "nothing: it has arrived",
    "Regressed": "the next tick, which opens a revert",
    "Reverting": "the revert's checks, and a person's approval where policy asks for one",
    **FREED_BY,
}
"""Phase -> what moves a unit on from there."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that decides. All mappings are keyed by unit name; ``order`` is over the same names.

    ``carries``: the upgrades that a unit's pull request moves, or has moved. ``released``: units for which
    dependents need not wait. ``leftovers``: branches of ours that no pull request needs, with their heads.
    ``edited``: units whose branch a person edited without our having said so yet. ``blind``: what did not answer
    this time. ``asked``: comments on a pull request that wait for an answer. ``lifted``: units of which a person
    said that they need not wait for the calendar. ``shut``: why the calendar lets nothing begin, until when.
    """

    phases: Mapping[str, Phase]
    order: Order
    policy: Policy
    repos: Mapping[str, str]
    carries: Mapping[str, frozenset[str]] = field(default_factory=dict)
    barred: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()
    leftovers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    edited: frozenset[str] = frozenset()
    asked: Mapping[str, Obey] = field(default_factory=dict)
    lifted: frozenset[str] = frozenset()
    shut: Shut | None = None
    blind: str = ""
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A unit's final phase and what is done about it."""

    phase: Phase
    decision: Decision


def halted(situation: Situation) -> str:
    """Why nothing new starts and nothing merges, or the empty string."""
    for name, phase in sorted(situation.phases.items()):
        if isinstance(phase, TAKEN_BACK):
            return f"the fleet is halted: {name} is {phase.name}"
        if isinstance(phase, phases.Reverted) and phase.revert_pr and not phase.acknowledged:
            return f"the fleet is halted until somebody labels #{phase.revert_pr} of {name} convoy:acknowledged"
    merged = [p for p in situation.phases.values() if isinstance(p, MERGED)]
    lost = [p for p in merged if isinstance(p, phases.Reverted) and not p.acknowledged]
    if merged and len(lost) / len(merged) > situation.policy.halt_at:
        named = ", ".join(n for n, p in sorted(situation.phases.items()) if p in lost)
        free = "until their pull requests carry convoy:acknowledged"
        return f"the fleet is halted {free}: {len(lost)} of {len(merged)} merged services were taken back ({named})"
    return ""


def settled(name: str, situation: Situation) -> bool:
    """A dependency that nobody waits for any longer."""
    if name in situation.released or name not in situation.phases:
        return True
    if name in situation.barred and situation.policy.barred == "blocks":
        return False
    return isinstance(situation.phases[name], phases.Current | phases.Settled)


def unsettled(name: str, situation: Situation) -> tuple[str, ...]:
    """The dependencies, of the unit and of its knot, that have not settled."""
    mates = knot_mates(name, situation)
    needs = {d for n in (name, *mates) for d in situation.order.depends_on.get(n, ())} - {name, *mates}
    return tuple(sorted(d for d in needs if not settled(d, situation)))


def why_waiting(waits: tuple[str, ...], situation: Situation) -> str:
    """Who is waited for, and for each that will not move by itself the act that frees it."""
    told = []
    for name in waits:
        phase = situation.phases[name].name
        late = phase == "Due" and unsettled(name, situation)
        freed = f"; freed by {FREED_BY[phase]}" if phase in FREED_BY else ""
        told.append(f"{name} ({'Waiting' if late else phase}{freed})")
    return f"waits for {', '.join(told)}"


def knot_mates(name: str, situation: Situation) -> tuple[str, ...]:
    """The other members of the unit's knot."""
    return tuple(m for knot in situation.order.knots if name in knot for m in knot if m != name)
