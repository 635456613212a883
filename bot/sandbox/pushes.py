"""Pushes: a branch moves, and everything that hangs on it follows. Both doors and persons come through here.

The HTTP face lets git itself move the refs and calls ``refresh``, which finds out what changed.
"""

from __future__ import annotations

import pygit2

from bot.sandbox import checks, pulls
from bot.sandbox.ci import Event
from bot.sandbox.denied import Denied
from bot.sandbox.events import emit
from bot.sandbox.gate import rule_of
from bot.sandbox.git_store import GitStore
from bot.sandbox.records import Repo, Rule
from bot.sandbox.state import ForgeState, locked


@locked
def push(state: ForgeState, actor: str, name: str, branch: str, commit: str | None, expected: str | None) -> None:
    """Set a branch (None deletes it) if it still stands at ``expected``; 409 when it does not."""
    repo = state.writable(actor, name)
    store = state.store(name)
    if store.head(branch) != expected:
        raise Denied(409, "stale info")
    if commit is not None and commit == expected:
        return
    permit(state, actor, repo, branch, commit)
    try:
        store.set_ref(f"refs/heads/{branch}", commit)
    except (pygit2.GitError, ValueError, OSError) as error:
        raise Denied(422, f"cannot lock ref 'refs/heads/{branch}'") from error
    refresh(state, actor, name)


@locked
def permit(state: ForgeState, actor: str, repo: Repo, branch: str, commit: str | None) -> None:
    """422 in git's words when the forge declines this push: protected branch, workflow files, default branch."""
    store = state.store(repo.name)
    if commit is None and branch == repo.default_branch:
        raise Denied(422, "refusing to delete the current branch")
    if rule_of(repo, branch) != Rule() and not state.may(actor, repo, "admin"):
        raise Denied(422, "GH006: Protected branch update failed: protected branch hook declined")
    if commit is None or state.user(actor).workflows:
        return
    touched = [path for path in store.changed(_before(store, repo, branch, commit), commit) if _is_workflow(path)]
    if touched:
        raise Denied(422, f"refusing to allow a GitHub App to update workflow `{touched[0]}` without `workflows`")


@locked
def refresh(state: ForgeState, actor: str, name: str) -> None:
    """Compare the refs with those last known and let everything follow that ``actor`` moved."""
    repo = state.repo(name)
    before, repo.refs = repo.refs, state.store(name).heads()
    for branch in sorted({*before, *repo.refs}):
        old, new = before.get(branch), repo.refs.get(branch)
        if old != new:
            after_push(state, actor, repo, branch, old, new)


@locked
def after_push(state: ForgeState, actor: str, repo: Repo, branch: str, old: str | None, new: str | None) -> None:
    """What GitHub does when a branch has moved."""
    zero = "0" * 40
    state.record(f"push {repo.name} {branch}" if new else f"delete {repo.name} {branch}")
    ref = f"refs/heads/{branch}"
    emit(state, repo.name, "push", "", actor, ref=ref, before=old or zero, after=new or zero)
    if old is None or new is None:
        emit(state, repo.name, "create" if new else "delete", "", actor, ref=branch)
    _move_pulls(state, actor, repo, branch, new)
    if new is not None:
        store = state.store(repo.name)
        changed = store.changed(old or _before(store, repo, branch, new), new)
        checks.start(state, Event("push", repo.name, branch, new, changed), new)


def _move_pulls(state: ForgeState, actor: str, repo: Repo, branch: str, new: str | None) -> None:
    parents = [state.world.repos[repo.fork_of]] if repo.fork_of else []
    for pull in [pull for where in (repo, *parents) for pull in where.pulls.values() if pull.state == "open"]:
        is_head = (pull.head_repo, pull.head_ref) == (repo.name, branch)
        is_base = (pull.repo, pull.base_ref) == (repo.name, branch)
        if new is None and (is_head or is_base):
            pulls.shut(state, actor, pull)
        elif new is not None and is_head:
            pulls.head_moved(state, actor, pull, new)
        elif new is not None and is_base:
            pulls.base_moved(state, actor, pull, new)


def _before(store: GitStore, repo: Repo, branch: str, commit: str) -> str | None:
    """What a branch is compared with: itself, or where a new one left the default branch."""
    known = store.head(branch)
    if known is not None and known != commit:
        return known
    default = store.head(repo.default_branch)
    return store.merge_base(default, commit) if default and branch != repo.default_branch else None


def _is_workflow(path: str) -> bool:
    return path.startswith(".github/workflows/")
