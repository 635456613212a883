"""Logs of jobs: the forge answers with an address elsewhere, which is good without a credential and only so."""

from __future__ import annotations

import hashlib
import secrets

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from bot.sandbox.denied import Denied, not_found
from bot.sandbox.http.calling import REPO, Endpoint, Here
from bot.sandbox.records import CheckRun
from bot.sandbox.state import ForgeState

router = APIRouter(route_class=Endpoint)
elsewhere = APIRouter()
_KEY = secrets.token_bytes(16)


@router.get(REPO + "/actions/jobs/{job}/logs")
def get_log(here: Here, job: int) -> Response:
    found = here.repo.runs.get(job)
    if found is None or found.status != "completed":
        raise not_found()
    address = f"{here.state.world.url}/_blobs/logs/{here.repo.id}/{job}/{_signature(here.repo.id, job)}"
    return RedirectResponse(address, status_code=302)


@elsewhere.get("/_blobs/logs/{repo}/{job}/{signature}")
def read_log(request: Request, repo: int, job: int, signature: str) -> Response:
    """What the storage says, which refuses whoever shows it somebody else's credential."""
    if "authorization" in request.headers:
        raise Denied(400, "InvalidAuthenticationInfo")
    state: ForgeState = request.app.state.forge
    if not secrets.compare_digest(signature, _signature(repo, job)):
        raise Denied(403, "AuthenticationFailed")
    with state.lock:
        return PlainTextResponse(stamped(next(r for r in state.world.repos.values() if r.id == repo).runs[job]))


def stamped(run: CheckRun) -> str:
    """The log as Actions keeps it: the time before each line."""
    at = (run.completed_at or run.created_at).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
    return "\ufeff" + "".join(f"{at} {line}\n" for line in printed(run).splitlines())


def printed(run: CheckRun) -> str:
    """What the job printed."""
    return run.log or run.text


def _signature(repo: int, job: int) -> str:
    return hashlib.blake2b(f"{repo}/{job}".encode(), key=_KEY, digest_size=16).hexdigest()
