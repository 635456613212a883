"""The sandbox's HTTP face with a judge in the doorway: what goes out is compared with what GitHub publishes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox.http.payloads import payload
from bot.sandbox.http.shapes.words import Json
from bot.sandbox.http.smart_git import GIT_PATH, SmartGit
from bot.sandbox.http.webhooks import Webhooks
from bot.sandbox.records import Delivery
from bot.sandbox.state import ForgeState
from tests.contract.published import answer_errors, webhook_errors

Application = Callable[[ForgeState, Webhooks, SmartGit], ASGIApp]
Describe = Callable[[ForgeState, Delivery], Json]


@dataclass
class Judge:
    """Everything that was wrong with what went out, and how much was looked at."""

    wrong: list[str] = field(default_factory=list)
    answers: int = 0
    events: int = 0

    def doorway(self, made: Application) -> Application:
        """The same application, with every answer looked at on its way out."""

        def judged(state: ForgeState, webhooks: Webhooks, git: SmartGit) -> ASGIApp:
            inner = made(state, webhooks, git)

            async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
                if scope["type"] != "http" or GIT_PATH.fullmatch(scope["path"]):
                    await inner(scope, receive, send)
                    return
                said: list[Message] = []

                async def heard(message: Message) -> None:
                    said.append(message)
                    await send(message)

                await inner(scope, receive, heard)
                self._answered(scope, said)

            return dispatch

        return judged

    def described(self, webhooks: Webhooks, delivery: Delivery) -> Json:
        """Stands in for ``Webhooks.describe``: every event is told, whether anybody listens or not."""
        told = payload(webhooks._state, delivery)
        self.events += 1
        self.wrong += [
            f"{delivery.event} {delivery.action} {error}" for error in webhook_errors(delivery.event, told)
        ]
        return told

    def _answered(self, scope: Scope, said: list[Message]) -> None:
        body = b"".join(message.get("body", b"") for message in said)
        method, path, status = scope["method"], urlsplit(scope["path"]).path, said[0]["status"]
        self.answers += 1
        self.wrong += [f"{method} {path} {status} {error}" for error in answer_errors(method, path, status, body)]
