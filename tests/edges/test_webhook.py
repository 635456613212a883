"""The public listener: only a signed event wakes, and only to look."""

import asyncio
import hmac
import json

import httpx
import pytest
from fastapi import FastAPI

from bot import server, webhook

SECRET = "harbour"
BODY = json.dumps({"repository": {"full_name": "acme/shop"}, "action": "completed"}).encode()


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


Headers = dict[str, str | bytes]


def ask(app: FastAPI, method: str, path: str, body: bytes = b"", headers: Headers | None = None) -> httpx.Response:
    async def asking() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://convoy") as client:
            return await client.request(method, path, content=body, headers=headers)

    return asyncio.run(asking())


def post(body: bytes, event: str = "push", signature: str | bytes | None = None) -> tuple[int, bytes, list[str]]:
    woken: list[str] = []
    headers = {"x-github-event": event, "x-hub-signature-256": sign(body) if signature is None else signature}
    answer = ask(server.application(SECRET, woken.append), "POST", "/webhook", body, headers)
    return answer.status_code, answer.content, woken


def test_a_signed_event_wakes_its_repository_and_is_answered_at_once() -> None:
    assert post(BODY) == (202, b"", ["acme/shop"])


def test_an_event_that_means_nothing_to_us_is_taken_politely_and_wakes_nobody() -> None:
    assert post(b"{}", event="star") == (202, b"", [])


@pytest.mark.parametrize(
    "signature", ["", "sha256=", sign(BODY, "guessed"), sign(b"other"), "sha1=abc", b"sha256=\xe9"]
)
def test_a_wrong_signature_is_refused_without_detail(signature: str | bytes) -> None:
    assert post(BODY, signature=signature) == (401, b"", [])


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"repository": 1}', b'{"repository": {"full_name": "../x/y"}}']
)
def test_a_signed_body_that_is_no_webhook_is_a_bad_request(body: bytes) -> None:
    status, _, woken = post(body)
    assert (status, woken) == (400, [])


def test_a_body_larger_than_the_limit_is_refused_before_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "LIMIT", 16)
    assert post(BODY) == (413, b"", [])


def test_nothing_else_is_served_to_the_public() -> None:
    app = server.application(SECRET, lambda repo: None)
    assert ask(app, "GET", "/healthz").text == "ok\n"
    assert [ask(app, "GET", p).status_code for p in ("/", "/docs", "/openapi.json", "/metrics")] == [404] * 4


def test_verification_needs_the_very_same_bytes() -> None:
    assert webhook.verify(SECRET, BODY, sign(BODY))
    assert not webhook.verify(SECRET, BODY + b" ", sign(BODY))
