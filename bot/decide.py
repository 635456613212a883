"""The pure heart: phases, graph and policy in; exactly one decision with one reason for every unit out.

Due becomes Waiting or Throttled here, because order and budgets are about the whole fleet. Nothing is merged
before everything it depends on is settled, nothing new starts while the fleet is halted, nothing at all is
written while it is stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from bot import actions, phases
from bot.actions import Action, Decision
from bot.calendar import Shut
from bot.phases import Phase
from bot.situation import (
    TAKEN_BACK,
    Ruling,
    Situation,
    ended,
    halted,
    in_the_way,
    knot_mates,
    late_mates,
    unsettled,
    why_waiting,
)

IN_FLIGHT = (phases.Checking, phases.AwaitingReview, phases.Passing, phases.Outdated, phases.Landing)
READY = (phases.Passing, phases.Landing, phases.Settled, phases.Current)
"""What the rest of a knot is when one of it may merge."""

FIRST = (
    actions.MergeRevert,
    actions.OpenRevert,
    actions.Obey,
    actions.Rerun,
    actions.Merge,
    actions.Close,
    actions.Tidy,
    actions.Explain,
    actions.Admit,
    actions.Dispute,
    actions.Absolve,
    actions.NoteEdit,
    actions.AskReview,
    actions.Publish,
)
"""Finish before you start: the order in which a tick acts."""


def decide(situation: Situation) -> dict[str, Ruling]:
    """One ruling for every unit, in the order in which they are to be acted on."""
    halt = halted(situation) or situation.blind
    rulings = {name: _rule(name, situation, halt) for name in situation.phases}
    _admit_merges(situation, rulings)
    _admit_pulls(situation, rulings)
    rulings = {n: _obeyed(n, r, situation) for n, r in rulings.items()}
    if situation.stopped:
        rulings = {n: _rest(n, r.phase, situation.stopped) for n, r in rulings.items()}
    return dict(sorted(rulings.items(), key=lambda item: _turn(item[1], situation)))


def _rule(name: str, situation: Situation, halt: str) -> Ruling:
    """The ruling as far as this unit alone, its dependencies and the halt decide it."""
    phase = situation.phases[name]
    waits = unsettled(name, situation)
    match phase:
        case phases.Regressed(pr=pr, jobs=jobs):
            return _do(name, phase, actions.OpenRevert(pr, jobs), phase.reason)
        case phases.Reverting():
            return _revert(name, phase, situation)
        case phases.Landing() if (why := _knot_lost(name, situation)) and not phase.disputed:
            return _do(name, phase, actions.OpenRevert(phase.pr, ()), why)
        case phases.Settled() if why := _knot_lost(name, situation):
            return _do(name, phase, actions.OpenRevert(phase.pr, ()), why)
        case phases.Due():
            return _begin(name, phase, waits, halt, situation)
        case phases.Passing() | phases.AwaitingReview() if situation.policy.merge == "never":
            return _rest(name, phase, "green; policy says that people merge")
        case phases.Passing():
            return _merge(name, phase, waits, halt, situation)
    return _say(name, phase, situation)


def _begin(name: str, phase: phases.Due, waits: tuple[str, ...], halt: str, situation: Situation) -> Ruling:
    """A new pull request, unless order, a halt or the calendar stands against it."""
    if waits:
        waiting = phases.Waiting(why_waiting(waits, situation), waits)
        return _rest(name, waiting, waiting.reason)
    if halt:
        return _rest(name, phases.Throttled(halt, "halt"), halt)
    if situation.shut:
        return _shut(name, situation.shut)
    return _do(name, phase, actions.Publish(phase.attempt), phase.reason)


def _obeyed(name: str, ruling: Ruling, situation: Situation) -> Ruling:
    """What people asked goes before what we meant to do, but for taking back what is sick."""
    asked, meant = situation.asked.get(name), ruling.decision.action
    if asked is None or isinstance(meant, actions.OpenRevert):
        return ruling
    if asked.late and meant and not isinstance(meant, actions.Close):  # nobody listens on what we closed
        return ruling
    return _do(name, ruling.phase, asked, ruling.decision.reason)


def _say(name: str, phase: Phase, situation: Situation) -> Ruling:
    """Phases in which at most something is said, asked, repaired or tidied."""
    if isinstance(phase, phases.OnPull) and name in situation.edited:
        return _do(name, phase, actions.NoteEdit(phase.pr, phase.head), phase.reason)
    if isinstance(phase, phases.Outdated) and phase.edited:
        return _rest(name, phase, f"{phase.reason}; a person edited the branch, so a person brings it up to date")
    arrived = isinstance(phase, phases.Settled | phases.Current | phases.Reverted)
    over = isinstance(phase, phases.Declined) and ended(situation)
    tidy = (arrived or over) and name in situation.leftovers
    action = actions.Tidy(*situation.leftovers[name]) if tidy else _next(phase)
    return _do(name, phase, action, phase.reason)


def _next(phase: Phase) -> Action | None:
    """What a phase asks for by itself, whatever the rest of the fleet does."""
    match phase:
        case phases.AwaitingReview(asked=False, pr=pr):
            return actions.AskReview(pr)
        case phases.Failing(explained=False, pr=pr, head=head, jobs=jobs):
            return actions.Explain(pr, head, jobs)
        case phases.RedBefore(explained=False, pr=pr, head=head, jobs=jobs):
            return actions.Explain(pr, head, jobs, before=True)
        case phases.Outdated():
            return actions.Publish()
        case phases.Obsolete(pr=pr, head=head):
            return actions.Close(pr, head)
        case phases.Landing(rerun=jobs, pr=pr) if jobs:
            return actions.Rerun(pr, jobs)
        case phases.Broken(explained=False, pr=pr):
            return actions.Admit(pr)
        case phases.Landing(disputed=True, explained=False, pr=pr):
            return actions.Dispute(pr)
        case phases.Reverted(told=False, revert_pr=int(pr)):
            return actions.Absolve(pr)
    return None


def _merge(name: str, phase: phases.Passing, waits: tuple[str, ...], halt: str, situation: Situation) -> Ruling:
    if halt:
        return _rest(name, phase, f"ready to merge, but {halt}")
    if waits:
        return _rest(name, phase, f"ready to merge; {why_waiting(waits, situation)}")
    if phase.sick:
        return _rest(name, phase, f"ready to merge, but it is not well: {phase.sick}")
    mates = knot_mates(name, situation)
    late = [m for m in mates if m in situation.asked or not _is_ready(situation.phases[m])]
    if late:
        return _rest(name, phase, f"ready to merge; its knot merges together, and {', '.join(late)} is not ready")
    begun = any(isinstance(situation.phases[m], phases.Landing) for m in mates)
    if situation.shut and name not in situation.lifted and not begun:
        return _shut(name, situation.shut, "ready to merge; ")
    return _do(name, phase, actions.Merge(phase.pr, phase.head), phase.reason)


def _is_ready(phase: Phase) -> bool:
    return isinstance(phase, READY) and not (isinstance(phase, phases.Passing) and phase.sick)


def _revert(name: str, phase: phases.Reverting, situation: Situation) -> Ruling:
    if phase.stale:
        why = f"{phase.reason}; the base branch has moved, so it is made again there"
        return _do(name, phase, actions.OpenRevert(phase.of, (), phase.upgrade), why)
    if not phase.green or phase.mergeable is False:
        return _rest(name, phase, phase.reason)
    if situation.policy.revert != "auto" and not phase.approved:
        return _rest(name, phase, f"{phase.reason}; policy asks a person to approve or merge it")
    ahead, late = in_the_way(name, phase, situation), late_mates(name, phase, situation)
    if ahead:
        return _rest(name, phase, f"{phase.reason}; its dependent {', '.join(ahead)} goes back first")
    if late:
        return _rest(
            name, phase, f"{phase.reason}; its knot goes back together, and {', '.join(late)} is not ready"
        )
    return _do(name, phase, actions.MergeRevert(phase.pr, phase.head, phase.of), phase.reason)


# ── the fleet's limits ──────────────────────────────────────────────────────────────────────────────────────


def _admit_merges(situation: Situation, rulings: dict[str, Ruling]) -> None:
    """One landing per repository at a time (a knot counts once); who must be up to date is republished first."""
    busy = Counter(
        situation.repos[n] for n, p in situation.phases.items() if isinstance(p, phases.Landing) and not p.soaking
    )
    admitted: set[str] = set()
    for name in _by_weight(rulings, actions.Merge, situation):
        phase, repo = rulings[name].phase, situation.repos[name]
        mates = set(knot_mates(name, situation))
        with_mates = bool(mates & admitted) or any(isinstance(situation.phases[m], phases.Landing) for m in mates)
        if busy[repo] >= situation.policy.landings_per_repo and not with_mates:
            rulings[name] = _rest(name, phase, f"ready to merge; another service of {repo} is landing")
            continue
        if isinstance(phase, phases.Passing) and phase.behind:
            rulings[name] = _catch_up(name, phase)
            continue
        busy[repo] += 0 if with_mates else 1
        admitted.add(name)


def _catch_up(name: str, phase: phases.Passing) -> Ruling:
    why = "next to merge, and the branch rule demands it be up to date"
    if phase.edited:
        return _rest(name, phase, f"{why}; a person edited the branch, so a person brings it up to date")
    return _do(name, phases.Outdated(why, phase.pr, phase.head, why=why), actions.Publish(), why)


def _admit_pulls(situation: Situation, rulings: dict[str, Ruling]) -> None:
    """New pull requests within the budget; the least risky service of each upgrade goes first, alone."""
    policy = situation.policy
    flying = {n for n, p in situation.phases.items() if isinstance(p, IN_FLIGHT)}
    open_prs = sum(isinstance(p, phases.OnPull) for p in situation.phases.values())
    proven = {
        u
        for n, p in situation.phases.items()
        if isinstance(p, phases.Settled)
        for u in situation.carries.get(n, ())
    }
    for name in _canaries_first(_by_weight(rulings, actions.Publish, situation), proven, situation):
        phase = rulings[name].phase
        if not isinstance(phase, phases.Due):
            continue
        carries = situation.carries.get(name, frozenset())
        mates = set(knot_mates(name, situation))
        ahead = sorted(n for n in flying - mates if situation.carries.get(n, frozenset()) & carries - proven)
        if ahead:
            first = sorted((situation.carries[ahead[0]] & carries) - proven)
            reason = f"{ahead[0]} goes first, alone, with {', '.join(first)}"
            rulings[name] = _rest(name, phases.Throttled(reason, "canary"), reason)
        elif open_prs >= policy.open_prs:
            reason = f"{open_prs} of {policy.open_prs} pull requests are open"
            rulings[name] = _rest(name, phases.Throttled(reason, "open_prs"), reason)
        else:
            open_prs += 1
            flying.add(name)


def _canaries_first(names: list[str], proven: set[str], situation: Situation) -> list[str]:
    """Who carries what nobody has proven, the least risk first; a knot is as risky as its riskiest member."""

    def place(name: str) -> tuple[bool, int]:
        knot = (name, *knot_mates(name, situation))
        known = situation.carries.get(name, frozenset()) <= proven
        return known, 0 if known else max(situation.risk.get(n, 0) for n in knot)

    return sorted(names, key=place)


# ── small words ─────────────────────────────────────────────────────────────────────────────────────────────


def _shut(name: str, shut: Shut, ready: str = "") -> Ruling:
    reason = f"{ready}{shut.reason}"
    return _rest(name, phases.Throttled(reason, shut.limit, shut.until), reason)


def _knot_lost(name: str, situation: Situation) -> str:
    mates = {m: situation.phases[m] for m in knot_mates(name, situation)}
    whole = {m: p for m, p in mates.items() if not (isinstance(p, phases.Reverting) and (p.upgrade or p.rollback))}
    lost = [m for m, p in whole.items() if isinstance(p, TAKEN_BACK)]
    return f"its knot is taken back together: {lost[0]} regressed" if lost else ""


def _by_weight(rulings: Mapping[str, Ruling], kind: type[Action], situation: Situation) -> list[str]:
    names = [n for n, r in rulings.items() if isinstance(r.decision.action, kind)]
    return sorted(names, key=lambda n: (-situation.order.descendants.get(n, 0), n))


def _turn(ruling: Ruling, situation: Situation) -> tuple[int, int, str]:
    name, action = ruling.decision.service, ruling.decision.action
    place = FIRST.index(type(action)) if action else len(FIRST)
    return place, -situation.order.descendants.get(name, 0), name


def _do(name: str, phase: Phase, action: Action | None, reason: str) -> Ruling:
    return Ruling(phase, Decision(name, action, reason))


def _rest(name: str, phase: Phase, reason: str) -> Ruling:
    return Ruling(phase, Decision(name, None, reason))


def acting(rulings: Iterable[Ruling]) -> list[Ruling]:
    """The rulings that do something."""
    return [r for r in rulings if r.decision.action is not None]
