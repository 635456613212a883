"""The public listener: only a signed event wakes, and only to look."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from bot import server, webhook

SECRET = "harbour"
HERE = "http://127.0.0.1:8081"
BODY = json.dumps({"repository": {"full_name": "acme/shop"}, "action": "completed"}).encode()


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


Headers = dict[str, str | bytes]


def ask(
    app: FastAPI,
    method: str,
    path: str,
    body: bytes | AsyncIterator[bytes] = b"",
    headers: Headers | None = None,
    host: str = "http://convoy",
) -> httpx.Response:
    async def asking() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=host) as client:
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


def test_an_installation_wakes_the_repositories_that_it_was_given_and_may_name_none() -> None:
    given = b'{"repositories": [{"full_name": "acme/shop"}, {"full_name": "some_one/hub.py"}]}'
    status, _, woken = post(given, event="installation")
    assert (status, sorted(woken)) == (202, ["acme/shop", "some_one/hub.py"])
    assert post(b'{"action": "suspend"}', event="installation") == (202, b"", [])
    assert post(b'{"repositories": 1}', event="installation")[0] == 400


def test_repositories_given_to_an_installation_later_or_taken_from_it_are_looked_at() -> None:
    moved = (
        b'{"repositories_added": [{"full_name": "acme/new"}], "repositories_removed": [{"full_name": "acme/old"}]}'
    )
    status, _, woken = post(moved, event="installation_repositories")
    assert (status, sorted(woken)) == (202, ["acme/new", "acme/old"])


def test_a_body_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PATIENCE", 0.01)

    async def trickle() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    answers: list[int] = []
    app = server.application(SECRET, lambda repo: None, answers.append)
    assert ask(app, "POST", "/webhook", trickle()).status_code == 408
    assert answers == [408]


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


def test_a_body_that_is_announced_as_too_large_is_not_even_read() -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("somebody asked for the body")
        yield b""

    app = server.application(SECRET, lambda repo: None)
    answer = ask(app, "POST", "/webhook", never(), {"content-length": str(server.LIMIT + 1)})
    assert (answer.status_code, answer.content) == (413, b"")


def test_the_signature_is_checked_before_the_body_is_parsed() -> None:
    assert post(b"{", signature=sign(b"other")) == (401, b"", [])


def test_a_form_is_told_what_is_wanted_instead() -> None:
    status, words, _ = post(b"payload=%7B%7D")
    assert (status, b"application/json" in words) == (400, True)


def test_nothing_else_is_served_to_the_public() -> None:
    app = server.application(SECRET, lambda repo: None)
    assert ask(app, "GET", "/healthz").text == "ok\n"
    others = ("/", "/docs", "/openapi.json", "/metrics", "/readyz", "/webhook/", "/healthz/", "/status")
    assert [ask(app, "GET", path).status_code for path in others] == [404] * len(others)
    assert [ask(app, method, "/webhook").status_code for method in ("GET", "PUT", "OPTIONS")] == [405] * 3


def test_the_private_listener_measures_and_says_whether_it_is_ready() -> None:
    for ready, status in ((True, 200), (False, 503)):
        app = server.private(lambda: b"convoy_ticks_total 1.0\n", lambda ready=ready: ready)  # type: ignore[misc]
        assert ask(app, "GET", "/readyz", host=HERE).status_code == status
        assert ask(app, "GET", "/metrics", host=HERE).text == "convoy_ticks_total 1.0\n"
    assert ask(app, "POST", "/webhook", host=HERE).status_code == 404


def test_a_page_from_elsewhere_cannot_read_the_private_listener_under_a_name_of_its_own() -> None:
    app = server.private(lambda: b"convoy_ticks_total 1.0\n", lambda: True)
    assert ask(app, "GET", "/metrics", host="http://rebound.example").status_code == 400
    assert ask(app, "GET", "/metrics", host="http://localhost:8081").status_code == 200


def test_verification_needs_the_very_same_bytes() -> None:
    assert webhook.verify(SECRET, BODY, sign(BODY))
    assert not webhook.verify(SECRET, BODY + b" ", sign(BODY))


def test_without_a_secret_nobody_can_sign() -> None:
    assert not webhook.verify("", BODY, sign(BODY, ""))
