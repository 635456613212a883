"""The campaign's names: branches are identity, labels are wishes, marks in our comments say what was said."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.model import Unit
from bot.ports import Comment

HOLD = "convoy:hold"
AGAIN = "convoy:again"
STOP = "convoy:stop"
ACKNOWLEDGED = "convoy:acknowledged"
OBSOLETE = "convoy:obsolete"
REVERT = "convoy:revert"

_SAID = re.compile(r"<!-- convoy:said ([\w:./+-]+) -->")


def branch(campaign: str, unit: Unit) -> str:
    """The unit's branch: its identity on the forge."""
    return f"convoy/{campaign}/{unit.slug}"


def revert_branch(campaign: str, unit: Unit, number: int) -> str:
    """The branch on which our merged pull request ``number`` is taken back."""
    return f"convoy-revert/{campaign}/{unit.slug}-{number}"


def said(key: str) -> str:
    """The hidden mark that makes a comment of ours recognisable, so that a thing is said once."""
    return f"<!-- convoy:said {key} -->"


def already_said(comments: Iterable[Comment], login: str) -> frozenset[str]:
    """The keys of everything that we said. Marks in other people's comments mean nothing."""
    return frozenset(key for c in comments if c.author == login for key in _SAID.findall(c.body))
