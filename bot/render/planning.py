"""The planning documents in words: what depends on what, how risky each service is, why each goes where."""

from __future__ import annotations

from bot import risk as scale
from bot.model import Edge, Hint, Service
from bot.planning import Plan
from bot.render.engine import render
from bot.render.mermaid import mermaid
from bot.render.text import Md, code, escape, joined
from bot.render.words import counted, listed
from transforms.model import Upgrade


def analysis(plan: Plan, picture: str) -> str:
    """What there is, what each upgrade concerns, and who waits for whom. ``picture`` is the graph's file."""
    return render(
        "planning/dependency-analysis.md",
        plan=plan, picture=Md(picture), graph=mermaid(plan), totals=_totals(plan),
        rows=[(s, _upgrades(plan, s.name), plan.order.descendants[s.name]) for s in plan.services],
        upgrades=[(u, _target(u), _names(plan.moving(u.library))) for u in plan.upgrades],
        barred=plan.barred(), edges=[(e, code(e.source)) for e in plan.edges],
        knots=[(_names(k), joined([_closer(e) for e in plan.closing(k)])) for k in plan.knots],
        groups=[_names(g) for g in plan.groups], hints=[(h, _agrees(plan, h)) for h in plan.hints],
    )  # fmt: skip


def assessment(plan: Plan) -> str:
    """Every service's risk with all its factors, and how points are given."""
    ranked = sorted(plan.services, key=lambda s: (-plan.risks[s.name].points, s.name))
    floors = [(level, least) for least, level in reversed(scale.LEVELS)]
    return render(
        "planning/risk-assessment.md",
        plan=plan, scale=scale, floors=floors, upgrades=_weights(plan),
        levels=[(level, _at(plan, level)) for level, _ in reversed(floors) if _at(plan, level)],
        judged=[(s, plan.risks[s.name]) for s in ranked if not plan.idle(s.name)],
        idle=[s.name for s in ranked if plan.idle(s.name)],
    )  # fmt: skip


def migration_order(plan: Plan) -> str:
    """Wave by wave, with the reason for each place."""
    by_name = {s.name: s for s in plan.services}
    waves = [[(by_name[n], _level(plan, n), _reason(plan, n)) for n in wave] for wave in plan.order.waves]
    return render("planning/migration-order.md", plan=plan, waves=waves, totals=_totals(plan))


def _totals(plan: Plan) -> str:
    busy = sum(not plan.idle(s.name) for s in plan.services)
    repos = counted(len({s.repo for s in plan.services}), "repository")
    waves = counted(len(plan.order.waves), "wave")
    return f"{counted(len(plan.services), 'service')} in {repos}, {waves}; {busy} with something to migrate."


def _upgrades(plan: Plan, name: str) -> str:
    return ", ".join(u.library for u in plan.upgrades if name in plan.moving(u.library)) or "none"


def _target(upgrade: Upgrade) -> str:
    return upgrade.version if upgrade.target == upgrade.library else f"{upgrade.target} {upgrade.version}"


def _names(names: tuple[str, ...]) -> Md:
    return joined([escape(n) for n in names]) if names else Md("none")


def _closer(edge: Edge) -> Md:
    return Md(f"{escape(edge.service)} needs {escape(edge.on)} ({code(edge.source)})")


def _agrees(plan: Plan, hint: Hint) -> str:
    """What a hint would say about the order, if it were more than a hint."""
    if hint.on not in plan.risks:
        return "nobody's service"
    if hint.on in plan.together(hint.service):
        return "in one knot anyway"
    before, after = plan.order.wave(hint.on), plan.order.wave(hint.service)
    return "goes first anyway" if before < after else "does not go first"


def _level(plan: Plan, name: str) -> str:
    return "none" if plan.idle(name) else plan.risks[name].level


def _weights(plan: Plan) -> list[tuple[str, str, int]]:
    return [(u.library, u.risk, scale.UPGRADE[u.risk]) for u in plan.upgrades]


def _at(plan: Plan, level: str) -> list[Service]:
    return [s for s in plan.services if plan.risks[s.name].level == level and not plan.idle(s.name)]


def _reason(plan: Plan, name: str) -> Md:
    """Why it goes in this wave and in no earlier one, and who waits for it."""
    knot = plan.together(name)
    needs = [e for e in plan.needs(name) if e.on not in knot]
    said = [_after(plan, needs)] if needs else [] if knot else [Md("depends on no other service")]
    said += [_knotted(plan, knot)] if knot else []
    if shared := plan.shares(name):
        said.append(Md(f"one pull request with {_names(shared)}, because both change the same file"))
    if plan.idle(name):
        said.append(Md("nothing to migrate, so it counts as settled as it is"))
    words = "; ".join(said)
    waiting = plan.order.descendants[name]
    tail = f" {counted(waiting, 'service')} {'waits' if waiting == 1 else 'wait'} for it." if waiting else ""
    return Md(f"{words[:1].upper()}{words[1:]}.{tail}")


def _knotted(plan: Plan, knot: tuple[str, ...]) -> Md:
    """Who it is tied to, and what that one waits for: it holds the whole knot back."""
    words = f"in a knot with {_names(knot)}, merged back to back"
    outside = [e for n in knot for e in plan.needs(n) if plan.order.wave(e.on) < plan.order.wave(n)]
    held = [f"{escape(e.service)} goes after {escape(e.on)} (wave {plan.order.wave(e.on)})" for e in outside]
    return Md(f"{words}; {', '.join(held)}" if held else words)


def _after(plan: Plan, needs: list[Edge]) -> Md:
    waves = {plan.order.wave(e.on) for e in needs}
    named = listed([f"{escape(e.on)} (wave {plan.order.wave(e.on)}, {code(e.source)})" for e in needs])
    return Md(
        f"after {named}" if len(waves) == 1 else f"after {named}, the last of which goes in wave {max(waves)}"
    )
