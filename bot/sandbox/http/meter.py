"""Counts every request at the door, and is short of patience when told to: GitHub's two rate limits.

The primary limit is a number of requests until a moment; what was answered with 304 does not count. The secondary
one says how many seconds to wait.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PRIMARY = "API rate limit exceeded for installation ID 1."
_SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. ``git`` tells git's own from REST."""

    method: str
    path: str
    status: int
    git: bool = False


@dataclass
class Meter:
    """An ASGI application around another. Set the fields; ``asked`` is what came."""

    inner: ASGIApp
    asked: list[Asked] = field(default_factory=list)
    limit: int = 5000
    remaining: int = 5000
    reset: datetime | None = None
    impatient: int = 0
    """So many of the next requests meet the secondary limit."""
    retry_after: int = 1
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def rest(self) -> list[Asked]:
        """What came to the REST face."""
        return [one for one in self.asked if not one.git]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        git = ".git/" in scope["path"]
        refusal = None if git else self._refusal()

        async def metered(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = self._counted(scope, message, git)
            await send(message)

        if refusal is None:
            await self.inner(scope, receive, metered)
            return
        words, headers = refusal
        body = json.dumps({"message": words, "documentation_url": "https://docs.github.com/rest"}).encode()
        start = {"type": "http.response.start", "status": 403, "headers": headers}
        await metered(start)
        await send({"type": "http.response.body", "body": body})

    def _refusal(self) -> tuple[str, list[tuple[bytes, bytes]]] | None:
        kind = [(b"content-type", b"application/json; charset=utf-8")]
        with self._lock:
            if self.impatient:
                self.impatient -= 1
                return _SECONDARY, [*kind, (b"retry-after", str(self.retry_after).encode())]
            return (_PRIMARY, kind) if self.remaining <= 0 else None

    def _counted(self, scope: Scope, message: Message, git: bool) -> Message:
        status = message["status"]
        with self._lock:
            self.asked.append(Asked(scope["method"], scope["path"], status, git))
            if git:
                return message
            if status != 304:
                self.remaining = max(self.remaining - 1, 0)
            reset = int(self.reset.timestamp()) if self.reset else 0
            said = {"limit": self.limit, "remaining": self.remaining, "reset": reset}
        headers = [(f"x-ratelimit-{key}".encode(), str(value).encode()) for key, value in said.items()]
        return {**message, "headers": [*message["headers"], *headers]}
