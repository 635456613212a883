"""Reviews and requests for them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.denied import Denied, invalid, not_found
from bot.sandbox.events import emit
from bot.sandbox.records import PullRequest, Review
from bot.sandbox.state import ForgeState, locked

_VERDICTS = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}


@locked
def submit(
    state: ForgeState, actor: str, name: str, number: int, event: str, body: str = "", sha: str | None = None
) -> Review:
    """Review a pull request: ``APPROVE REQUEST_CHANGES COMMENT``. Nobody approves their own."""
    repo = state.readable(actor, name)
    pull = state.pull(name, number)
    if event not in _VERDICTS:
        raise invalid("PullRequestReview", field="event", code="invalid")
    if pull.author == actor and event != "COMMENT":
        verb = "approve" if event == "APPROVE" else "request changes on"
        raise Denied(422, f"Unprocessable Entity: Can not {verb} your own pull request")
    review = Review(state.next_id(), number, actor, _VERDICTS[event], sha or pull.head_sha, body, state.now())
    repo.reviews[review.id] = review
    if actor in pull.requested:
        pull.requested.remove(actor)
    state.record(f"review {name} #{number} {actor} {review.state.lower()}")
    emit(state, name, "pull_request_review", "submitted", actor, number=number, review=review.id)
    return review


@locked
def dismiss(state: ForgeState, actor: str, name: str, number: int, review: int) -> Review:
    """Take a verdict back."""
    repo = state.writable(actor, name)
    found = repo.reviews.get(review)
    if found is None or found.number != number:
        raise not_found()
    if found.state not in ("APPROVED", "CHANGES_REQUESTED"):
        raise Denied(422, "Can not dismiss a commented pull request review")
    found.state = "DISMISSED"
    emit(state, name, "pull_request_review", "dismissed", actor, number=number, review=review)
    return found


@locked
def request(state: ForgeState, actor: str, name: str, number: int, reviewers: Sequence[str]) -> PullRequest:
    """Ask collaborators to review. 422 when one of them is none, or is the author."""
    repo = state.writable(actor, name)
    pull = state.pull(name, number)
    if pull.author in reviewers:
        raise Denied(422, "Review cannot be requested from pull request author.")
    if any(reviewer not in repo.permissions for reviewer in reviewers):
        raise Denied(
            422,
            "Reviews may only be requested from collaborators. One or more of the users or teams you specified "
            f"is not a collaborator of the {name} repository.",
        )
    for reviewer in reviewers:
        if reviewer not in pull.requested:
            pull.requested.append(reviewer)
            state.record(f"ask {name} #{number} {reviewer}")
            emit(state, name, "pull_request", "review_requested", actor, number=number, reviewer=reviewer)
    return pull
