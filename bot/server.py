"""The public listener: takes signed webhooks, wakes a tick, answers at once. Events wake; nothing is believed."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request, Response

from bot import webhook

LIMIT = 5 * 1024 * 1024
"""Bytes. GitHub caps its payloads at 25 MB; nothing that we are woken by comes near this."""


def application(secret: str, wake: Callable[[str], None]) -> FastAPI:
    """``/webhook`` and ``/healthz``, and nothing else. ``wake`` gets the repository's name; it must not block."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/webhook")
    async def receive(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        if not webhook.verify(secret, body, request.headers.get("x-hub-signature-256", "")):
            return Response(status_code=401)
        try:
            repo = webhook.wake(request.headers.get("x-github-event", ""), body)
        except webhook.Malformed as error:
            return Response(str(error), status_code=400, media_type="text/plain")
        if repo is not None:
            wake(repo)
        return Response(status_code=202)

    @app.get("/healthz")
    async def healthy() -> Response:
        return Response("ok\n", media_type="text/plain")

    return app


async def _body(request: Request) -> bytes | None:
    """The raw body, or None when it is larger than anything that we take."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LIMIT:
            return None
    return bytes(body)
