"""Conversation: issues, comments, labels, reactions, and the words and state of a thread.

A pull request is an issue here too, as on GitHub: what edits, labels or closes one does so for the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox import pulls
from bot.sandbox.denied import Denied, invalid, not_found
from bot.sandbox.events import emit
from bot.sandbox.records import Comment, Issue, PullRequest, Repo
from bot.sandbox.state import ForgeState, locked

REACTIONS = frozenset({"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"})


@locked
def open_issue(
    state: ForgeState, actor: str, name: str, title: str, body: str, labels: Sequence[str] = ()
) -> Issue:
    """Open an issue. Labels that do not exist yet are made."""
    repo = state.writable(actor, name, "read")
    now = state.now()
    issue = Issue(state.next_id(), name, state.next_number(repo), title, body, actor, now, now)
    repo.issues[issue.number] = issue
    state.record(f"issue {name} #{issue.number} {title}")
    emit(state, name, "issues", "opened", actor, number=issue.number)
    for label in labels:
        add_label(state, actor, name, issue.number, label)
    return issue


@locked
def edit(
    state: ForgeState, actor: str, name: str, number: int, *, title: str | None = None, body: str | None = None
) -> Issue:
    """Change title or body. The author may, and who has write access."""
    thread = _editable(state, actor, name, number)
    if (title or thread.title, thread.body if body is None else body) == (thread.title, thread.body):
        return thread
    thread.title, thread.body = title or thread.title, thread.body if body is None else body
    thread.updated_at = state.now()
    state.record(f"edit {name} #{number}")
    emit(state, name, _kind(thread), "edited", actor, number=number)
    return thread


@locked
def close(state: ForgeState, actor: str, name: str, number: int) -> Issue:
    """Close an issue or an unmerged pull request; nothing when it is closed already."""
    thread = _editable(state, actor, name, number)
    if thread.state == "closed":
        return thread
    if isinstance(thread, PullRequest):
        pulls.shut(state, actor, thread)
        return thread
    now = state.now()
    thread.state, thread.closed_at, thread.closed_by, thread.updated_at = "closed", now, actor, now
    state.record(f"close {name} #{number}")
    emit(state, name, "issues", "closed", actor, number=number)
    return thread


@locked
def reopen(state: ForgeState, actor: str, name: str, number: int) -> Issue:
    """Open it again. A pull request only while its branch still stands where it was closed."""
    thread = _editable(state, actor, name, number)
    if thread.state == "open":
        return thread
    if isinstance(thread, PullRequest):
        if thread.merged:
            raise invalid("PullRequest", "state cannot be changed. The pull request has been merged.")
        if state.store(name).head(thread.head_ref) != thread.head_sha:
            raise invalid("PullRequest", "state cannot be changed. The branch was force-pushed or recreated.")
    thread.state, thread.closed_at, thread.closed_by = "open", None, None
    state.record(f"reopen {name} #{number}")
    emit(state, name, _kind(thread), "reopened", actor, number=number)
    return thread


@locked
def comment(state: ForgeState, actor: str, name: str, number: int, body: str) -> Comment:
    """Say something on an issue or pull request. Reading is enough to be allowed to."""
    repo = state.writable(actor, name, "read")
    thread = state.thread(name, number)
    now = state.now()
    made = Comment(state.next_id(), number, actor, body, now, now)
    repo.comments[made.id] = made
    thread.updated_at = now
    state.record(f"comment {name} #{number} {actor}")
    emit(state, name, "issue_comment", "created", actor, number=number, comment=made.id)
    return made


@locked
def edit_comment(state: ForgeState, actor: str, name: str, identifier: int, body: str) -> Comment:
    """Replace what a comment says. Its author may, and who has write access; it counts as edited from then on."""
    repo = state.writable(actor, name, "read")
    found = comment_of(repo, identifier)
    if found.author != actor and not state.may(actor, repo, "write"):
        raise Denied(403, "Resource not accessible by integration")
    found.body, found.updated_at, found.edited = body, state.now(), True
    state.record(f"edit {name} #{found.number} comment {actor}")
    emit(state, name, "issue_comment", "edited", actor, number=found.number, comment=identifier)
    return found


@locked
def delete_comment(state: ForgeState, actor: str, name: str, identifier: int) -> None:
    """Take a comment away."""
    repo = state.writable(actor, name, "read")
    found = comment_of(repo, identifier)
    if found.author != actor and not state.may(actor, repo, "write"):
        raise Denied(403, "Resource not accessible by integration")
    emit(state, name, "issue_comment", "deleted", actor, number=found.number, comment=identifier)
    del repo.comments[identifier]


@locked
def react(state: ForgeState, actor: str, name: str, identifier: int, content: str) -> Comment:
    """Put a reaction on a comment; once per login, however often asked."""
    repo = state.writable(actor, name, "read")
    found = comment_of(repo, identifier)
    if content not in REACTIONS:
        raise invalid("Reaction", field="content", code="invalid")
    logins = found.reactions.setdefault(content, [])
    if actor not in logins:
        logins.append(actor)
    return found


@locked
def add_label(state: ForgeState, actor: str, name: str, number: int, label: str) -> Issue:
    """Put a label on; it is made when the repository has none of that name."""
    repo = state.writable(actor, name)
    thread = state.thread(name, number)
    repo.labels.setdefault(label, "ededed")
    if label not in thread.labels:
        thread.labels.append(label)
        state.record(f"label {name} #{number} {label}")
        emit(state, name, _kind(thread), "labeled", actor, number=number, label=label)
    return thread


@locked
def remove_label(state: ForgeState, actor: str, name: str, number: int, label: str) -> Issue:
    """Take a label off; 404 when it is not there."""
    state.writable(actor, name)
    thread = state.thread(name, number)
    if label not in thread.labels:
        raise Denied(404, "Label does not exist")
    thread.labels.remove(label)
    state.record(f"unlabel {name} #{number} {label}")
    emit(state, name, _kind(thread), "unlabeled", actor, number=number, label=label)
    return thread


def comments_on(repo: Repo, number: int) -> list[Comment]:
    """A thread's comments, oldest first."""
    return [comment for comment in repo.comments.values() if comment.number == number]


def comment_of(repo: Repo, identifier: int) -> Comment:
    if identifier not in repo.comments:
        raise not_found()
    return repo.comments[identifier]


def _editable(state: ForgeState, actor: str, name: str, number: int) -> Issue:
    thread = state.thread(name, number)
    state.writable(actor, name, "read" if thread.author == actor else "write")
    return thread


def _kind(thread: Issue) -> str:
    return "pull_request" if isinstance(thread, PullRequest) else "issues"
