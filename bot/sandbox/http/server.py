"""Serves a forge's state on a loopback port, in a thread, for as long as a ``with`` block lasts."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from bot.sandbox.http.application import application
from bot.sandbox.http.meter import Meter
from bot.sandbox.http.smart_git import SmartGit
from bot.sandbox.http.webhooks import Webhooks
from bot.sandbox.state import ForgeState

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Served:
    """A forge that answers: REST below ``url``, git at ``url/owner/name.git``, hooks, a request counter."""

    url: str
    webhooks: Webhooks
    meter: Meter


@contextmanager
def serve(state: ForgeState, port: int = 0) -> Iterator[Served]:
    """Answer on ``127.0.0.1``. Port 0 takes a free one. What is under way is finished before it stops."""
    webhooks = Webhooks(state)
    with bound(port) as listener, tempfile.TemporaryDirectory(prefix="sandbox-hooks-") as hooks:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        meter = Meter(application(state, webhooks, SmartGit(state, Path(hooks))))
        with _connected(state, webhooks, url), running(meter, listener):
            yield Served(url, webhooks, meter)


@contextmanager
def _connected(state: ForgeState, webhooks: Webhooks, url: str) -> Iterator[None]:
    """The state knows its address and tells its events, until the end."""
    before = state.world.url, state.describe
    state.world.url, state.describe = url, webhooks.describe
    state.subscribers.append(webhooks.send)
    try:
        yield
    finally:
        state.subscribers.remove(webhooks.send)
        state.world.url, state.describe = before


def bound(port: int = 0) -> socket.socket:
    """A listening socket on the loopback. Without the protocol named, asyncio leaves Nagle on: 40 ms a request."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    return listener


@contextmanager
def running(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """An application answering on a bound socket, in a thread. What is under way is finished before it stops."""
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    listener.listen(128)
    thread = threading.Thread(target=server.run, args=([listener],), name="sandbox-http", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
