"""Accounts, repositories, branches, rules."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from bot.sandbox.denied import Denied
from bot.sandbox.http.calling import REPO, Endpoint, Here
from bot.sandbox.http.shapes import repositories, users
from bot.sandbox.http.shapes.words import Json

router = APIRouter(route_class=Endpoint)


@router.get("/user")
def get_user(here: Here) -> Json:
    return users.private(here.state, here.actor)


@router.get("/users/{login}")
def get_account(here: Here, login: str) -> Json:
    return users.public(here.state, login)


@router.get("/user/repos")
def list_repositories(here: Here) -> Response:
    mine = [repo for repo in here.state.world.repos.values() if here.actor in repo.permissions and not repo.gone]
    return here.page(mine, lambda repo: repositories.full(here.state, repo, here.actor))


@router.get(REPO)
def get_repository(here: Here) -> Json:
    return repositories.full(here.state, here.repo, here.actor)


@router.get(REPO + "/collaborators/{login}/permission")
def get_permission(here: Here, login: str) -> Json:
    return users.permission(here.state, here.repo, here.state.user(login).login)


@router.get(REPO + "/branches")
def list_branches(here: Here) -> Response:
    heads = sorted(here.state.store(here.repo.name).heads().items())
    return here.page(heads, lambda head: repositories.short_branch(here.state, here.repo, *head))


@router.get(REPO + "/branches/{branch:path}")
def get_branch(here: Here, branch: str) -> Json:
    sha = here.state.store(here.repo.name).head(branch)
    if sha is None:
        raise Denied(404, "Branch not found")
    return repositories.branch(here.state, here.repo, branch, sha)


@router.get(REPO + "/rules/branches/{branch:path}")
def get_rules(here: Here, branch: str) -> Response:
    return here.page(repositories.rules(here.repo, branch), lambda rule: rule)
