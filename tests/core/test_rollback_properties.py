"""Whatever the fleet and whoever interferes, a rollback never leaves a dependent ahead of its dependency."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot import actions, decide, graph, phases
from bot.graph import Order
from bot.model import Edge, Policy
from bot.rollback import Plan, merged, plan
from bot.situation import Situation

NAMES = ("api", "billing", "cart", "desk", "edge", "feed")
HEAD = "a" * 40
UPGRADES = ("tenacity", "pytest")


@st.composite
def settled_fleets(draw: st.DrawFn) -> Situation:
    """A fleet of any shape, knots included, in which some were merged with some upgrades and the rest by hand."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, unique=True))
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), min_size=2, max_size=9))
    moved = st.frozensets(st.sampled_from(UPGRADES), min_size=1)
    landed = {n: draw(moved) for n in names if draw(st.integers(0, 3))}
    return Situation(
        phases={n: phases.Settled("settled", 1) if n in landed else phases.Current("current") for n in names},
        order=graph.order(names, [Edge(a, b, "drawn") for a, b in pairs if a != b]),
        policy=Policy(revert=draw(st.sampled_from(["open", "auto"])), halt_at=1.0),
        repos=dict.fromkeys(names, "acme/one"),
        landed=landed,
    )


def apart(order: Order, name: str) -> set[str]:
    """The dependents, near and far, that are not in the same knot."""
    mates = {m for knot in order.knots if name in knot for m in knot}
    return set(order.dependents(name)) - mates - {name}


def asked_for(draw: st.DataObject, fleet: Situation) -> tuple[frozenset[str], str]:
    upgrade = draw.draw(st.sampled_from(("", *UPGRADES)))
    everybody = frozenset(fleet.phases)
    return draw.draw(st.just(everybody) | st.frozensets(st.sampled_from(sorted(everybody)))), upgrade


@given(settled_fleets(), st.data())
def test_a_plan_names_exactly_the_merged_dependents_that_nobody_asked_for(
    fleet: Situation, data: st.DataObject
) -> None:
    asked, upgrade = asked_for(data, fleet)
    there, found = merged(fleet, upgrade), plan(asked, upgrade, fleet)
    going = {step.unit for step in found.steps}
    assert going == asked & there
    left = {d for name in going for d in fleet.order.dependents(name)} & there
    assert set(found.missing) == left - going
    whole = plan(asked, upgrade, fleet, with_dependents=True)
    assert whole.missing == ()
    assert {step.unit for step in whole.steps} == going | left


@given(settled_fleets(), st.data())
def test_a_plan_takes_dependents_back_first(fleet: Situation, data: st.DataObject) -> None:
    asked, upgrade = asked_for(data, fleet)
    steps = plan(asked, upgrade, fleet, with_dependents=True).steps
    place = {step.unit: number for number, step in enumerate(steps)}
    for step in steps:
        before = apart(fleet.order, step.unit) & set(place)
        assert set(step.after) == before
        assert all(place[name] < place[step.unit] for name in before)


@given(settled_fleets(), st.data())
def test_however_reverts_turn_green_and_whoever_closes_one_nobody_is_left_ahead(
    fleet: Situation, data: st.DataObject
) -> None:
    asked, upgrade = asked_for(data, fleet)
    open_ = _opened(fleet, plan(asked, upgrade, fleet, with_dependents=True), upgrade)
    for _ in range(4):
        closed = {data.draw(st.sampled_from(sorted(fleet.phases)))}
        late = data.draw(st.sets(st.sampled_from(sorted(fleet.phases)), max_size=2))
        open_ = replace(open_, phases={n: _weather(p, n in closed, n in late) for n, p in open_.phases.items()})
        for name, ruling in decide.decide(open_).items():
            assert not isinstance(ruling.decision.action, actions.OpenRevert), "only what was asked for goes back"
            if isinstance(ruling.decision.action, actions.MergeRevert):
                open_ = _gone(open_, name, upgrade)
        for name in set(merged(fleet, upgrade)) - set(merged(open_, upgrade)):
            assert not apart(fleet.order, name) & merged(open_, upgrade)


@given(settled_fleets(), st.data())
def test_a_rollback_of_which_every_revert_is_green_and_approved_comes_to_its_end(
    fleet: Situation, data: st.DataObject
) -> None:
    asked, upgrade = asked_for(data, fleet)
    found = plan(asked, upgrade, fleet, with_dependents=True)
    open_ = _opened(fleet, found, upgrade)
    green = {
        n: replace(p, green=True, approved=True) if isinstance(p, phases.Reverting) else p
        for n, p in open_.phases.items()
    }
    open_ = replace(open_, phases=green)
    order = []
    for _ in found.steps:
        for name, ruling in decide.decide(open_).items():
            if isinstance(ruling.decision.action, actions.MergeRevert):
                open_ = _gone(open_, name, upgrade)
                order.append(name)
    assert sorted(order) == sorted(step.unit for step in found.steps)


def _opened(fleet: Situation, found: Plan, upgrade: str) -> Situation:
    """Every revert of the plan is open; no check has run yet."""
    going = {
        step.unit: phases.Reverting("back", 2, HEAD, of=1, mergeable=True, upgrade=upgrade, rollback=True)
        for step in found.steps
    }
    return replace(fleet, phases={**fleet.phases, **going})


def _weather(phase: phases.Phase, closed: bool, late: bool) -> phases.Phase:
    """A person closes this revert, or its checks turn green and somebody approves it, or it is late."""
    if not isinstance(phase, phases.Reverting):
        return phase
    if closed:
        return phases.Settled("its revert was closed", 1)
    return replace(phase, green=phase.green or not late, approved=phase.approved or not late)


def _gone(fleet: Situation, name: str, upgrade: str) -> Situation:
    """The revert was merged."""
    left = fleet.landed[name] - {upgrade} if upgrade else frozenset()
    landed = {n: moved for n, moved in fleet.landed.items() if n != name} | ({name: left} if left else {})
    after = phases.Settled("the rest stays", 1) if left else phases.Reverted("back", 1, "#2", 2)
    return replace(fleet, landed=landed, phases={**fleet.phases, name: after})
