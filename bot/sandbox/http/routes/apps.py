"""Apps: who they are, where they are installed, tokens for that; and lists of an account's repositories."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from bot.sandbox import apps
from bot.sandbox.denied import Denied, not_found
from bot.sandbox.http.calling import REPO, Endpoint, Here, paged
from bot.sandbox.http.shapes import apps as shapes
from bot.sandbox.http.shapes.words import Json
from bot.sandbox.records import App
from bot.sandbox.state import ForgeState

router = APIRouter(route_class=Endpoint)
signed = APIRouter()
"""Routes on which an app speaks for itself, with a token that it has signed."""


async def _app(request: Request) -> App:
    state: ForgeState = request.app.state.forge
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not credential:
        raise Denied(401, "A JSON web token could not be decoded")
    return apps.authenticate(state, credential)


Itself = Annotated[App, Depends(_app)]


@signed.get("/app", response_model=None)
def get_app(request: Request, app: Itself) -> Json:
    return shapes.app(request.app.state.forge, app)


@signed.get("/app/installations", response_model=None)
def list_installations(request: Request, app: Itself) -> Response:
    state: ForgeState = request.app.state.forge
    return paged(state, request, list(app.installations.values()), lambda one: shapes.installation(state, app, one))


@signed.get("/app/installations/{identifier}", response_model=None)
def get_installation(request: Request, app: Itself, identifier: int) -> Json:
    if identifier not in app.installations:
        raise not_found()
    return shapes.installation(request.app.state.forge, app, app.installations[identifier])


@signed.get(REPO + "/installation", response_model=None)
def get_repository_installation(request: Request, app: Itself, owner: str, name: str) -> Json:
    state: ForgeState = request.app.state.forge
    for one in app.installations.values():
        if f"{owner}/{name}" in {repo.name for repo in apps.seen(state, one)}:
            return shapes.installation(state, app, one)
    raise not_found()


@signed.post("/app/installations/{identifier}/access_tokens", response_model=None)
def create_token(request: Request, app: Itself, identifier: int) -> Response:
    state: ForgeState = request.app.state.forge
    return JSONResponse(shapes.token(apps.token(state, app, identifier)), 201)


@router.get("/installation/repositories")
def list_installed(here: Here) -> Response:
    if here.grant is None or not here.grant.app:
        raise Denied(403, "You must authenticate with an installation access token")
    names = sorted(here.grant.repos or ())
    return here.page(names, lambda name: shapes.repository(here.state, name, here.actor), "repositories")


@router.get("/orgs/{account}/repos")
def list_owned(here: Here, account: str) -> Response:
    repos = here.state.world.repos.values()
    seen = here.grant.repos if here.grant else None
    owned = [r.name for r in repos if r.name.startswith(f"{account}/") and here.actor in r.permissions]
    shown = [name for name in owned if not here.state.world.repos[name].gone and (seen is None or name in seen)]
    if not owned and account not in here.state.world.users:
        raise not_found()
    return here.page(sorted(shown), lambda name: shapes.repository(here.state, name, here.actor))
