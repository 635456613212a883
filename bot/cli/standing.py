"""A service's line as data, the same in every verb's JSON."""

from __future__ import annotations

from bot.model import Standing


def standing_data(standing: Standing) -> dict[str, object]:
    """One service's line as data (DESIGN.md §7)."""
    return {
        "name": standing.service.name,
        "repo": standing.service.repo,
        "phase": standing.phase.name,
        "reason": standing.decision.reason,
        "pr": standing.pr,
        "wave": standing.wave + 1,
        "depends_on": list(standing.depends_on),
    }
