"""Repository webhooks: made, listed, and their deliveries sent again."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from bot.sandbox.denied import not_found
from bot.sandbox.http.calling import REPO, Call, Endpoint, Here
from bot.sandbox.http.shapes import hooks as shapes
from bot.sandbox.http.shapes.words import Json
from bot.sandbox.http.webhooks import Attempt, Hook, Webhooks

router = APIRouter(route_class=Endpoint)
_ONE = REPO + "/hooks/{hook}"
_DELIVERY = _ONE + "/deliveries/{delivery}"


class Config(BaseModel):
    """Where and how a hook is called."""

    url: str
    secret: str = ""
    content_type: str = "json"


class NewHook(BaseModel):
    """``POST /hooks``."""

    config: Config
    events: list[str] = ["push"]


@router.get(REPO + "/hooks")
def list_hooks(here: Here) -> Response:
    return here.page(_webhooks(here).of(here.name), lambda hook: shapes.hook(here.state, hook))


@router.post(REPO + "/hooks")
def create_hook(here: Here, body: NewHook) -> Response:
    here.state.writable(here.actor, here.name, "admin")
    hook = _webhooks(here).register(body.config.url, body.config.secret, tuple(body.events), here.name)
    return JSONResponse(shapes.hook(here.state, hook), status_code=201)


@router.get(_ONE)
def get_hook(here: Here, hook: int) -> Json:
    return shapes.hook(here.state, _hook(here, hook))


@router.delete(_ONE)
def delete_hook(here: Here, hook: int) -> Response:
    _webhooks(here).remove(_hook(here, hook))
    return Response(status_code=204)


@router.get(_ONE + "/deliveries")
def list_deliveries(here: Here, hook: int) -> Response:
    return here.page(_attempts(here, hook)[::-1], lambda attempt: shapes.delivery(here.repo, attempt))


@router.get(_DELIVERY)
def get_delivery(here: Here, hook: int, delivery: int) -> Json:
    return shapes.full_delivery(here.repo, _attempt(here, hook, delivery))


@router.post(_DELIVERY + "/attempts")
def redeliver(here: Here, hook: int, delivery: int) -> Response:
    """Accepted now, sent as soon as nobody holds the state."""
    attempt = _attempt(here, hook, delivery)
    here.after(lambda: _webhooks(here).redeliver(attempt))
    return JSONResponse({}, status_code=202)


def _webhooks(here: Call) -> Webhooks:
    here.state.writable(here.actor, here.name, "admin")
    found: Webhooks = here.request.app.state.webhooks
    return found


def _hook(here: Call, identifier: int) -> Hook:
    return _webhooks(here).get(here.name, identifier)


def _attempts(here: Call, hook: int) -> list[Attempt]:
    found = _hook(here, hook)
    return [attempt for attempt in _webhooks(here).attempts if attempt.hook == found]


def _attempt(here: Call, hook: int, identifier: int) -> Attempt:
    for attempt in _attempts(here, hook):
        if attempt.id == identifier:
            return attempt
    raise not_found()
