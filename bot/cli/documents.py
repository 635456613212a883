"""The planning documents of ``convoy plan --out``: Markdown and a picture for people, JSON for scripts."""

from __future__ import annotations

import json
from pathlib import Path

from bot.planning import Plan
from bot.render.chart import chart
from bot.render.planning import analysis, assessment, migration_order


def write(plan: Plan, data: object, folder: Path) -> list[Path]:
    """Write the documents, named after the campaign. Raises OSError."""
    picture = f"{plan.campaign}-dependency-graph.svg"
    texts = {
        f"{plan.campaign}-dependency-analysis.md": analysis(plan, picture),
        picture: chart(plan),
        f"{plan.campaign}-risk-assessment.md": assessment(plan),
        f"{plan.campaign}-migration-order.md": migration_order(plan),
        f".{plan.campaign}_service_groups.json": json.dumps(data, indent=2) + "\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in texts]
