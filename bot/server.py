"""The two listeners. The public one takes signed webhooks, wakes a tick and answers at once; nothing is believed.
The private one is for whoever runs Convoy: on this machine only, unless a login is configured.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect

from bot import webhook

LIMIT = 5 * 1024 * 1024
"""Bytes. GitHub caps its payloads at 25 MB; nothing that we are woken by comes near this."""
PATIENCE = 10.0
"""Seconds within which a body has to arrive."""
LOCAL = ("127.0.0.1", "localhost")
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Answer = tuple[int, str]
"""A status and what it says."""


def application(
    secret: str, wake: Callable[[str], None], count: Callable[[int], None] = lambda status: None
) -> FastAPI:
    """``/webhook`` and ``/healthz``, and nothing else. ``wake`` gets the repository's name; it must not block.

    ``count`` is told how every webhook was answered.
    """
    app = _bare()

    @app.post("/webhook")
    async def receive(request: Request) -> Response:
        status, why = await _received(request, secret, wake)
        count(status)
        return Response(why, status_code=status, media_type="text/plain")

    @app.get("/healthz")
    async def healthy() -> Response:
        return Response("ok\n", media_type="text/plain")

    return app


def private(metrics: Callable[[], bytes], ready: Callable[[], bool], *, names: tuple[str, ...] = LOCAL) -> FastAPI:
    """``/metrics`` for Prometheus, and ``/readyz``: 200 while the fleet is being looked at, else 503.

    Only who calls it by one of these names is answered: by this machine's own, no page can have a browser read it.
    """
    app = _bare()
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(names))

    @app.get("/metrics")
    async def measured() -> Response:
        return Response(metrics(), media_type=METRICS_TYPE)

    @app.get("/readyz")
    async def readiness() -> Response:
        fine = ready()
        return Response("ready\n" if fine else "not ready\n", 200 if fine else 503, media_type="text/plain")

    return app


def _bare() -> FastAPI:
    return FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)


async def _received(request: Request, secret: str, wake: Callable[[str], None]) -> Answer:
    try:
        async with asyncio.timeout(PATIENCE):
            body = await _body(request)
    except TimeoutError:
        return 408, ""
    except ClientDisconnect:
        return 400, ""
    if body is None:
        return 413, ""
    if not webhook.verify(secret, body, request.headers.get("x-hub-signature-256", "")):
        return 401, ""
    try:
        repos = webhook.wake(request.headers.get("x-github-event", ""), body)
    except webhook.Malformed as error:
        return 400, str(error)
    for repo in repos:
        wake(repo)
    return 202, ""


async def _body(request: Request) -> bytes | None:
    """The raw body, or None when it is larger than anything that we take, or says that it will be."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > LIMIT:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LIMIT:
            return None
    return bytes(body)
