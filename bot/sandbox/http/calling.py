"""One REST call: who asks, about which repository, with the state's lock held and its faults in force.

Endpoints are plain functions from a ``Call`` to JSON. ``Endpoint`` (a route class) does around each of them what
every call has in common.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import BackgroundTasks, Depends, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute

from bot.sandbox.denied import Denied
from bot.sandbox.http.grants import permit
from bot.sandbox.http.shapes.words import Json
from bot.sandbox.records import Repo, User
from bot.sandbox.state import ForgeState, Grant

T = TypeVar("T")
REPO = "/repos/{owner}/{name}"
_MOST = 100


@dataclass(frozen=True, slots=True)
class Call:
    """``actor`` is the caller's login, ``name`` the repository's full name (empty when the path has none)."""

    state: ForgeState
    actor: str
    name: str
    request: Request
    afterwards: BackgroundTasks
    grant: Grant | None = None

    @property
    def repo(self) -> Repo:
        """The repository, if the caller may see it."""
        return self.state.readable(self.actor, self.name)

    def commit(self, ref: str) -> str:
        """The commit that a sha or a branch names, or 422 as GitHub says it."""
        store = self.state.store(self.repo.name)
        branch = store.head(ref.removeprefix("heads/"))
        try:
            return branch or str(store.commit(ref).id)
        except KeyError:
            raise Denied(422, f"No commit found for SHA: {ref}") from None

    def after(self, task: Callable[[], object]) -> None:
        """Do this when the answer is out and the lock is free."""
        self.afterwards.add_task(task)

    def page(self, items: Sequence[T], shape: Callable[[T], Json], under: str = "") -> Response:
        """One page of a list, with the ``Link`` header; ``under`` names the list inside an object."""
        return paged(self.state, self.request, items, shape, under)


def paged(
    state: ForgeState, request: Request, items: Sequence[T], shape: Callable[[T], Json], under: str = ""
) -> Response:
    """The page of a list that the request asks for."""
    query = dict(request.query_params)
    size = min(max(_number(query.get("per_page"), 30), 1), _MOST)
    number = max(_number(query.get("page"), 1), 1)
    shown: Any = [shape(item) for item in items[(number - 1) * size : number * size]]
    if under:
        shown = {"total_count": len(items), under: shown}
    last = max(-(-len(items) // size), 1)
    return JSONResponse(shown, headers=_links(f"{state.world.url}{request.url.path}", query, number, last))


def _links(address: str, query: dict[str, str], number: int, last: int) -> dict[str, str]:
    pages = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
    if number == 1:
        del pages["prev"], pages["first"]
    if number >= last:
        del pages["next"], pages["last"]
    links = [f'<{address}?{urlencode({**query, "page": page})}>; rel="{rel}"' for rel, page in pages.items()]
    return {"Link": ", ".join(links)} if links else {}


class Endpoint(APIRoute):
    """A route whose function runs under the state's lock, between the state's faults."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        options["response_model"] = None
        super().__init__(path, _guarded(endpoint), **options)


async def _call(request: Request, afterwards: BackgroundTasks) -> Call:
    state: ForgeState = request.app.state.forge
    path = request.path_params
    name = f"{path['owner']}/{path['name']}" if "owner" in path else ""
    header = request.headers.get("Authorization", "")
    actor = authenticate(state, header).login
    grant = state.grant(credential_of(header))
    if grant is not None:
        permit(grant, request.method, request.url.path)
    return Call(state, actor, name, request, afterwards, grant)


Here = Annotated[Call, Depends(_call)]


def authenticate(state: ForgeState, header: str) -> User:
    """Whose token this is: ``token …``, ``Bearer …``, or the password of ``Basic …``. 401 when nobody's."""
    credential = credential_of(header)
    if not credential:
        raise Denied(401, "Requires authentication")
    user = state.authenticate(credential)
    if user is None:
        raise Denied(401, "Bad credentials")
    return user


def credential_of(header: str) -> str:
    """The token in an ``Authorization`` header, or nothing."""
    scheme, _, credential = header.strip().partition(" ")
    return _password(credential) if scheme.lower() == "basic" else credential


def _password(credential: str) -> str:
    try:
        return base64.b64decode(credential, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _guarded(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(endpoint)
    def guarded(here: Call, **arguments: Any) -> Response:
        write = here.request.method != "GET"
        with here.state.lock, here.state.faults.around(write=write):
            told = endpoint(here, **arguments)
        answer = told if isinstance(told, Response) else JSONResponse(told)
        answer.background = here.afterwards
        if here.grant is not None and here.grant.scopes is not None:
            answer.headers["X-OAuth-Scopes"] = here.grant.scopes
        return answer

    return guarded


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default
