"""Pull requests, reviews, requests for review, the merge button."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from bot.sandbox import merging, pulls, reviews, talk
from bot.sandbox.http.calling import REPO, Call, Endpoint, Here
from bot.sandbox.http.shapes import commits, users
from bot.sandbox.http.shapes import pulls as shapes
from bot.sandbox.http.shapes.words import Json
from bot.sandbox.records import PullRequest, Review

router = APIRouter(route_class=Endpoint)
_ONE = REPO + "/pulls/{number}"


class NewPull(BaseModel):
    """``POST /pulls``."""

    title: str
    head: str
    base: str
    body: str | None = None
    draft: bool = False


class EditedPull(BaseModel):
    """``PATCH /pulls/{number}``."""

    title: str | None = None
    body: str | None = None
    state: str | None = None


class Merge(BaseModel):
    """``PUT /pulls/{number}/merge``."""

    sha: str | None = None
    merge_method: str = "merge"
    commit_title: str | None = None
    commit_message: str | None = None


class NewReview(BaseModel):
    """``POST /pulls/{number}/reviews``."""

    event: str = "COMMENT"
    body: str = ""
    commit_id: str | None = None


class Reviewers(BaseModel):
    """``POST`` and ``DELETE /pulls/{number}/requested_reviewers``."""

    reviewers: list[str] = []


@router.get(REPO + "/pulls")
def list_pulls(
    here: Here, state: str = "open", head: str = "", base: str = "", direction: str = "desc"
) -> Response:
    found = [pull for pull in here.repo.pulls.values() if state in (pull.state, "all")]
    found = [pull for pull in found if not base or pull.base_ref == base]
    found = [pull for pull in found if not head or f"{pull.head_repo.partition('/')[0]}:{pull.head_ref}" == head]
    ordered = sorted(found, key=lambda pull: pull.number, reverse=direction != "asc")
    return here.page(ordered, lambda pull: shapes.simple(here.state, here.repo, pull))


@router.post(REPO + "/pulls")
def create_pull(here: Here, body: NewPull) -> Response:
    made = pulls.create(
        here.state, here.actor, here.name, body.head, body.base, body.title, body.body or "", draft=body.draft
    )
    return JSONResponse(_full(here, made.number), status_code=201)


@router.get(_ONE)
def get_pull(here: Here, number: int) -> Json:
    return _full(here, number)


@router.patch(_ONE)
def edit_pull(here: Here, number: int, body: EditedPull) -> Json:
    here.state.pull(here.repo.name, number)
    talk.edit(here.state, here.actor, here.name, number, title=body.title, body=body.body)
    if body.state is not None:
        change = talk.close if body.state == "closed" else talk.reopen
        change(here.state, here.actor, here.name, number)
    return _full(here, number)


@router.put(_ONE + "/merge")
def merge(here: Here, number: int, body: Merge) -> Json:
    sha = merging.merge(
        here.state,
        here.actor,
        here.name,
        number,
        sha=body.sha,
        method=body.merge_method,
        title=body.commit_title,
        message=body.commit_message,
    )
    return {"sha": sha, "merged": True, "message": "Pull Request successfully merged"}


@router.get(_ONE + "/merge")
def is_merged(here: Here, number: int) -> Response:
    return Response(status_code=204 if _pull(here, number).merged else 404)


@router.get(_ONE + "/files")
def list_files(here: Here, number: int) -> Response:
    pull = _pull(here, number)
    files = commits.changed_files(here.state, here.repo, pull.base_sha, pull.head_sha)
    return here.page(files, lambda file: file)


@router.get(_ONE + "/commits")
def list_commits(here: Here, number: int) -> Response:
    pull = _pull(here, number)
    ahead = here.state.store(here.name).between(pull.base_sha, pull.head_sha)
    return here.page(ahead[::-1], lambda sha: commits.full(here.state, here.repo, sha))


@router.get(_ONE + "/reviews")
def list_reviews(here: Here, number: int) -> Response:
    _pull(here, number)
    found = [review for review in here.repo.reviews.values() if review.number == number]
    return here.page(found, lambda review: _review(here, review))


@router.post(_ONE + "/reviews")
def create_review(here: Here, number: int, body: NewReview) -> Json:
    made = reviews.submit(here.state, here.actor, here.name, number, body.event, body.body, body.commit_id)
    return _review(here, made)


@router.put(_ONE + "/reviews/{review}/dismissals")
def dismiss_review(here: Here, number: int, review: int) -> Json:
    return _review(here, reviews.dismiss(here.state, here.actor, here.name, number, review))


@router.get(_ONE + "/requested_reviewers")
def list_requested(here: Here, number: int) -> Json:
    asked = [users.simple(here.state, login) for login in _pull(here, number).requested]
    return {"users": asked, "teams": []}


@router.post(_ONE + "/requested_reviewers")
def request_reviewers(here: Here, number: int, body: Reviewers) -> Response:
    pull = reviews.request(here.state, here.actor, here.name, number, body.reviewers)
    return JSONResponse(shapes.simple(here.state, here.repo, pull), status_code=201)


def _pull(here: Call, number: int) -> PullRequest:
    return here.state.pull(here.repo.name, number)


def _full(here: Call, number: int) -> Json:
    pull = pulls.look(here.state, here.actor, here.name, number)
    return shapes.full(here.state, here.repo, pull)


def _review(here: Call, review: Review) -> Json:
    return shapes.review(here.state, here.repo, review)
