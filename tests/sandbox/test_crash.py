"""A process may die at any write: one that looks before it acts reaches the same world as one that never died."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.faults import Crash, When
from bot.sandbox.world import Sandbox

SHOP, BRANCH = "acme/shop", "convoy/x/api"


def life(sandbox: Sandbox) -> None:
    """A process that starts, looks at what is there, and does what is missing: push, propose, say, merge."""
    forge, workspace = sandbox.forge(), sandbox.workspace()
    base = workspace.head(SHOP, "main")
    assert base is not None
    if not (pulls := forge.pulls(SHOP)):
        commit = workspace.commit(SHOP, base, {"api/app.py": b"new\n"}, "Move api\n")
        if workspace.head(SHOP, BRANCH) is None:
            workspace.push(SHOP, BRANCH, commit, None)
        pulls = (forge.create_pull(SHOP, BRANCH, "main", "Move api", ""),)
    (pull,) = pulls
    if not forge.comments(SHOP, pull.number):
        forge.comment(SHOP, pull.number, "here we are")
    if not pull.merged:
        forge.merge_pull(SHOP, pull.number, pull.head_sha, "merge", "Move api", "")


def outcome(sandbox: Sandbox) -> tuple[object, ...]:
    workspace, repo = sandbox.workspace(), sandbox.state.repo(SHOP)
    heads = {branch: workspace.tree(SHOP, sha) for branch, sha in repo.refs.items()}
    return heads, [(p.number, p.state, p.merged) for p in repo.pulls.values()], len(repo.comments)


def built(root: Path) -> Sandbox:
    sandbox = Sandbox(root)
    sandbox.add_repository(SHOP, {"api/app.py": "old\n"})
    return sandbox


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_write_and_a_restart_is_as_no_crash(tmp_path: Path, when: When) -> None:
    calm = built(tmp_path / "calm")
    life(calm)
    writes = calm.state.faults.writes
    assert writes == 4
    for nth in range(1, writes + 1):
        sandbox = built(tmp_path / str(nth))
        sandbox.state.faults.crash_at_write(nth, when)
        with pytest.raises(Crash):
            life(sandbox)
        life(sandbox)
        assert outcome(sandbox) == outcome(calm)
        assert sandbox.state.faults.writes == writes + (when == "before"), "no write was sent twice"
