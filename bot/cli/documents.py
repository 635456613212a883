"""The planning documents of ``convoy plan --out``: Markdown for people, JSON for scripts, all from one plan."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.render.text import code, escape

if TYPE_CHECKING:
    from bot.cli.plan import Plan


def write(plan: Plan, data: object, folder: Path) -> list[Path]:
    """Write the documents, named after the campaign. Raises OSError."""
    texts = {
        f"{plan.campaign}-dependency-analysis.md": _analysis(plan),
        f"{plan.campaign}-risk-assessment.md": _risks(plan),
        f"{plan.campaign}-migration-order.md": _order(plan),
        f".{plan.campaign}_service_groups.json": [json.dumps(data, indent=2)],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in texts.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [folder / name for name in texts]


def _analysis(plan: Plan) -> Iterator[str]:
    yield f"# Dependency analysis, campaign {escape(plan.campaign)}"
    yield ""
    rows = [
        (
            escape(s.name),
            code(s.repo),
            code(s.path or "."),
            _upgrades(plan, s.name),
            str(plan.order.descendants[s.name]),
        )
        for s in plan.services
    ]
    yield from _table(("Service", "Repository", "Folder", "Upgrades", "Waiting for it"), rows)
    yield ""
    yield "## Who waits for whom"
    yield ""
    edges = [(escape(e.service), escape(e.on), code(e.source)) for e in plan.edges]
    yield from _table(("Service", "Depends on", "Read in"), edges) if edges else ["No service depends on another."]
    yield ""
    for knot in plan.knots:
        closers = ", ".join(f"{escape(e.service)} → {escape(e.on)} ({code(e.source)})" for e in plan.closing(knot))
        yield f"Knot of {', '.join(map(escape, knot))}, closed by {closers}."
    for group in plan.groups:
        yield f"{', '.join(map(escape, group))} change the same file and share a pull request."


def _risks(plan: Plan) -> Iterator[str]:
    yield f"# Risk assessment, campaign {escape(plan.campaign)}"
    yield ""
    yield "Risk is the sum of the points: low below 4, medium below 9, high below 14, else critical."
    yield ""
    ranked = sorted(plan.services, key=lambda s: (-plan.risks[s.name].points, s.name))
    rows = []
    for service in ranked:
        risk = plan.risks[service.name]
        why = "; ".join(f"{escape(f.name)}: {escape(f.value)} (+{f.points})" for f in risk.factors)
        rows.append((escape(service.name), risk.level, str(risk.points), why or "nothing to migrate"))
    yield from _table(("Service", "Risk", "Points", "Why"), rows)


def _order(plan: Plan) -> Iterator[str]:
    yield f"# Migration order, campaign {escape(plan.campaign)}"
    yield ""
    yield "A service goes when everything that it depends on is settled; a wave is what can go at the same time."
    for number, wave in enumerate(plan.order.waves, 1):
        yield ""
        yield f"## Wave {number}"
        yield ""
        yield from _table(
            ("Service", "Risk", "Why here"), [(escape(n), plan.risks[n].level, _why(plan, n)) for n in wave]
        )


def _why(plan: Plan, name: str) -> str:
    reasons = [f"after {escape(e.on)} ({code(e.source)})" for e in plan.needs(name)]
    reasons += [f"together with {escape(n)}" for group in plan.groups if name in group for n in group if n != name]
    return "; ".join(reasons) or "depends on no other service"


def _upgrades(plan: Plan, name: str) -> str:
    moved = {u for step in plan.migrations[name].steps for u in step.upgrades}
    return ", ".join(escape(u) for u in sorted(moved)) or "none"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
