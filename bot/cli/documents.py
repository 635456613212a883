"""The planning documents of ``convoy plan --out``: Markdown and a picture for people, JSON for scripts."""

from __future__ import annotations

import json
from pathlib import Path

from bot.config import Config
from bot.planning import Plan
from bot.render.chart import chart
from bot.render.planning import analysis, assessment, migration_order
from bot.render.rebuild import Order, rebuild_guide


def write(plan: Plan, data: object, folder: Path, config: Config, file: str) -> list[Path]:
    """Write the documents, named after the campaign. ``file`` is the configuration. Raises OSError."""
    picture = f"{plan.campaign}-dependency-graph.svg"
    texts = {
        f"{plan.campaign}-dependency-analysis.md": analysis(plan, picture),
        picture: chart(plan),
        f"{plan.campaign}-risk-assessment.md": assessment(plan),
        f"{plan.campaign}-migration-order.md": migration_order(plan),
        f"{plan.campaign}-batch-rebuild-guide.md": rebuild_guide(
            Order(plan.order.waves, plan.groups, plan.knots), config, Path(file).name
        ),
        f".{plan.campaign}_service_groups.json": json.dumps(data, indent=2) + "\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in texts]
