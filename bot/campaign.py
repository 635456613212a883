"""The campaign's names: branches are identity, labels are wishes, marks in our comments say what was said."""

from __future__ import annotations

from collections.abc import Iterable

from bot.marker import Said, read_said
from bot.model import Service, Unit
from bot.ports import Comment, Pull

HOLD = "convoy:hold"
AGAIN = "convoy:again"
STOP = "convoy:stop"
ACKNOWLEDGED = "convoy:acknowledged"
OBSOLETE = "convoy:obsolete"
REVERT = "convoy:revert"
BACKUP_DONE = "convoy:backup-done"
MERGE = "convoy:merge"
SKIP = "convoy:skip:"
"""The beginning of a label; the library's name follows."""


def branch(campaign: str, unit: Unit) -> str:
    """The unit's branch: its identity on the forge."""
    return f"convoy/{campaign}/{unit.slug}"


def revert_branch(campaign: str, unit: Unit, number: int) -> str:
    """The branch on which our merged pull request ``number`` is taken back."""
    return f"convoy-revert/{campaign}/{unit.slug}-{number}"


def skipped(pulls: Iterable[Pull], campaign: str, service: Service) -> dict[str, str]:
    """Library -> why, for the upgrades that people took out of this service's pull requests, old ones included."""
    prefix = branch(campaign, Unit((service,))).removesuffix(service.slug)
    mine = [
        p for p in pulls if p.head_ref.startswith(prefix) and service.slug in p.head_ref[len(prefix) :].split("+")
    ]
    return {
        label.removeprefix(SKIP): f"skipped by a person on #{p.number}; taking the label {label} off brings it back"
        for p in sorted(mine, key=lambda p: p.number)
        for label in p.labels
        if label.startswith(SKIP)
    }


def already_said(comments: Iterable[Comment], login: str) -> frozenset[Said]:
    """The marks of everything that we said. Marks in other people's comments mean nothing."""
    found = (read_said(c.body) for c in comments if c.author == login)
    return frozenset(said for said in found if said)
