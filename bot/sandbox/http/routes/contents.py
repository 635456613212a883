"""Git's objects over REST: contents, trees, blobs, commits, refs."""

from __future__ import annotations

import pygit2
from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from bot.sandbox import pushes
from bot.sandbox.denied import Denied, not_found
from bot.sandbox.http.calling import REPO, Call, Endpoint, Here
from bot.sandbox.http.shapes import commits
from bot.sandbox.http.shapes.words import Json, api, page

router = APIRouter(route_class=Endpoint)
_HEADS = "refs/heads/"


class NewRef(BaseModel):
    """``POST /git/refs``."""

    ref: str
    sha: str


class MovedRef(BaseModel):
    """``PATCH /git/refs/{ref}``."""

    sha: str
    force: bool = False


@router.get(REPO + "/contents/{path:path}")
def get_contents(here: Here, path: str, ref: str = "") -> Json:
    sha = here.commit(ref or here.repo.default_branch)
    tree = here.state.store(here.repo.name).commit(sha).tree
    found = tree[path] if path and path in tree else None
    if not isinstance(found, pygit2.Blob):
        raise not_found()
    return commits.file(here.state, here.repo, path, sha, found)


@router.get(REPO + "/git/trees/{sha}")
def get_tree(here: Here, sha: str, recursive: str = "") -> Json:
    _object(here, sha)
    return commits.tree(here.state, here.repo, sha, deep=bool(recursive))


@router.get(REPO + "/git/blobs/{sha}")
def get_blob(here: Here, sha: str) -> Json:
    found = _object(here, sha)
    if not isinstance(found, pygit2.Blob):
        raise not_found()
    return commits.blob(here.state, here.repo, found)


@router.get(REPO + "/git/commits/{sha}")
def get_git_commit(here: Here, sha: str) -> Json:
    if not isinstance(_object(here, sha), pygit2.Commit):
        raise not_found()
    return commits.git_commit(here.state, here.repo, sha)


@router.get(REPO + "/commits")
def list_commits(here: Here, sha: str = "") -> Response:
    store = here.state.store(here.repo.name)
    start = here.commit(sha or here.repo.default_branch)
    shas = [str(commit.id) for commit in store.git.walk(store.commit(start).id)]
    return here.page(shas, lambda found: commits.full(here.state, here.repo, found))


@router.get(REPO + "/commits/{ref}")
def get_commit(here: Here, ref: str) -> Json:
    return commits.full(here.state, here.repo, here.commit(ref))


@router.get(REPO + "/git/ref/{ref:path}")
def get_ref(here: Here, ref: str) -> Json:
    return commits.ref(here.state, here.repo, f"refs/{ref}", _standing(here, f"refs/{ref}"))


@router.get(REPO + "/git/matching-refs/{ref:path}")
def list_refs(here: Here, ref: str) -> Response:
    heads = here.state.store(here.repo.name).heads()
    found = [(_HEADS + branch, sha) for branch, sha in heads.items() if f"heads/{branch}".startswith(ref)]
    return here.page(found, lambda one: commits.ref(here.state, here.repo, *one))


@router.post(REPO + "/git/refs")
def create_ref(here: Here, body: NewRef) -> Response:
    if here.state.store(here.repo.name).ref(body.ref) is not None:
        raise Denied(422, "Reference already exists")
    _push(here, body.ref, here.commit(body.sha), None)
    return JSONResponse(commits.ref(here.state, here.repo, body.ref, body.sha), status_code=201)


@router.patch(REPO + "/git/refs/{ref:path}")
def update_ref(here: Here, ref: str, body: MovedRef) -> Json:
    name = f"refs/{ref}"
    standing, sha = _standing(here, name), here.commit(body.sha)
    if not body.force and not here.state.store(here.repo.name).is_ancestor(standing, sha):
        raise Denied(422, "Update is not a fast forward")
    _push(here, name, sha, standing)
    return commits.ref(here.state, here.repo, name, sha)


@router.delete(REPO + "/git/refs/{ref:path}")
def delete_ref(here: Here, ref: str) -> Response:
    name = f"refs/{ref}"
    if here.state.store(here.repo.name).ref(name) is None:
        raise Denied(422, "Reference does not exist")
    _push(here, name, None, _standing(here, name))
    return Response(status_code=204)


@router.get(REPO + "/compare/{span:path}")
def compare(here: Here, span: str) -> Json:
    """What ``base...head`` holds. The sandbox tells it on one page."""
    base, _, head = span.partition("...")
    start, end = here.commit(base), here.commit(head)
    store = here.state.store(here.repo.name)
    ahead, behind = store.between(start, end), store.between(end, start)
    fork = store.merge_base(start, end)
    if fork is None:
        raise Denied(404, f"No common ancestor between {base} and {head}.")
    word = "diverged" if ahead and behind else "ahead" if ahead else "behind" if behind else "identical"
    html = page(here.state, here.name, f"compare/{span}")
    return {
        "url": api(here.state, here.name, f"compare/{span}"),
        "html_url": html,
        "permalink_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "status": word,
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "base_commit": commits.full(here.state, here.repo, start),
        "merge_base_commit": commits.full(here.state, here.repo, fork),
        "commits": [commits.full(here.state, here.repo, sha) for sha in reversed(ahead)],
        "files": commits.changed_files(here.state, here.repo, start, end),
    }


def _object(here: Call, sha: str) -> pygit2.Object:
    try:
        return here.state.store(here.repo.name).git[sha]
    except (KeyError, ValueError):
        raise not_found() from None


def _standing(here: Call, ref: str) -> str:
    sha = here.state.store(here.repo.name).ref(ref)
    if sha is None:
        raise not_found()
    return sha


def _push(here: Call, ref: str, sha: str | None, expected: str | None) -> None:
    if not ref.startswith(_HEADS):
        raise Denied(422, "Reference must be a branch")
    pushes.push(here.state, here.actor, here.name, ref.removeprefix(_HEADS), sha, expected)
