"""Stage: whether a branch is still what today's base and rules would make. Reads git, judges nothing."""

from __future__ import annotations

from collections.abc import Sequence

from bot.observation import Wish
from bot.places import owner
from bot.ports import Workspace


def is_fresh(wish: Wish, fork: str, head: str, workspace: Workspace) -> bool:
    """Regenerating on today's base gives just what the branch did to its own base."""
    repo = wish.unit.repo
    then, now = workspace.files(repo, fork), workspace.files(repo, wish.base)
    proposed = workspace.files(repo, head)
    changed = workspace.changed(repo, fork, head)
    return set(changed) == set(wish.edits) and all(
        proposed.get(p) == wish.edits[p] and then.get(p) == now.get(p) for p in changed
    )


def is_touched(wish: Wish, fork: str, base: str, roots: Sequence[str], workspace: Workspace) -> bool:
    """The base changed something in the unit (not in a service nested inside it) since the branch left it."""
    if fork == base:
        return False
    mine = {s.path for s in wish.unit.services}
    changed, below = workspace.changed(wish.unit.repo, fork, base), [r for r in roots if r]
    return any(path in wish.edits or (owner(path, below) or "") in mine for path in changed)
