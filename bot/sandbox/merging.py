"""The merge button: every way it says no, and the real commits it makes when it does not."""

from __future__ import annotations

from bot.sandbox import gate, merges, pulls, pushes
from bot.sandbox.denied import Denied
from bot.sandbox.events import emit
from bot.sandbox.git_store import WEB, GitStore, Identity
from bot.sandbox.records import PullRequest, Repo
from bot.sandbox.state import ForgeState, locked

_NOUN = {"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}


@locked
def merge(
    state: ForgeState,
    actor: str,
    name: str,
    number: int,
    *,
    sha: str | None = None,
    method: str = "merge",
    title: str | None = None,
    message: str | None = None,
) -> str:
    """Merge the pull request; the new commit on the base branch. 409 when the head is not ``sha``, else 405."""
    repo = state.writable(actor, name)
    pull = state.pull(name, number)
    _permit(state, repo, pull, sha, method)
    store = state.store(name)
    made = _make(state, store, actor, pull, method, title, message)
    if made is None:
        raise Denied(405, "This branch can't be rebased")
    now = state.now()
    pull.merge_commit_sha, pull.merged_at, pull.merged_by = made, now, actor
    state.record(f"merge {name} #{number} {made[:7]}")
    pulls.shut(state, actor, pull)
    store.set_ref(f"refs/heads/{pull.base_ref}", made)
    pushes.refresh(state, actor, name)
    if repo.delete_branch_on_merge and pull.head_repo == name:
        _delete_head(state, repo, pull, actor)
    return made


def _permit(state: ForgeState, repo: Repo, pull: PullRequest, sha: str | None, method: str) -> None:
    if pull.state != "open":
        raise Denied(405, "Pull Request is not mergeable")
    if method not in repo.merge_methods:
        raise Denied(405, f"{_NOUN.get(method, method)} are not allowed on this repository.")
    if method == "merge" and gate.rule_of(repo, pull.base_ref).linear:
        raise Denied(405, "This branch must not contain merge commits.")
    if sha is not None and sha != pull.head_sha:
        raise Denied(409, "Head branch was modified. Review and try the merge again.")
    if pull.draft:
        raise Denied(405, "Pull Request is still a draft")
    if state.faults.refuse_merge:
        raise Denied(405, state.faults.refuse_merge)
    pulls.test(state, repo.name, pull.number)
    pulls.only_mergeable(pull)
    missing = gate.objections(state, repo, pull)
    if missing:
        raise Denied(405, " ".join(missing))
    if gate.behind(state, repo, pull):
        raise Denied(405, "Head branch is not up to date with the base branch.")


def _make(
    state: ForgeState,
    store: GitStore,
    actor: str,
    pull: PullRequest,
    method: str,
    title: str | None,
    message: str | None,
) -> str | None:
    base, head = store.head(pull.base_ref), pull.head_sha
    assert base is not None, "a pull request without a base branch is closed"
    author = state.identity(actor)
    forge = Identity("GitHub", WEB, state.now())
    if method == "rebase":
        return merges.rebase(store, base, head, author)
    text = _message(pull, method, title, message)
    if method == "squash":
        return merges.squash(store, base, head, text, author, forge)
    return merges.merge(store, base, head, text, author, forge)


def _message(pull: PullRequest, method: str, title: str | None, message: str | None) -> str:
    owner = pull.head_repo.partition("/")[0]
    default = {
        "merge": f"Merge pull request #{pull.number} from {owner}/{pull.head_ref}",
        "squash": f"{pull.title} (#{pull.number})",
    }[method]
    body = message if message is not None else (pull.title if method == "merge" else "")
    return f"{title or default}\n\n{body}".strip() + "\n"


def _delete_head(state: ForgeState, repo: Repo, pull: PullRequest, actor: str) -> None:
    for other in repo.pulls.values():
        if other.state == "open" and other.base_ref == pull.head_ref:
            other.base_ref = pull.base_ref
            emit(state, repo.name, "pull_request", "edited", actor, number=other.number, sha=other.head_sha)
    state.store(repo.name).set_ref(f"refs/heads/{pull.head_ref}", None)
    pushes.refresh(state, actor, repo.name)
