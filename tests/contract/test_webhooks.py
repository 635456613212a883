"""Webhooks as they arrive: signed, identified, sent again on demand; lost, doubled and reordered when told to."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from bot.sandbox.http.server import Served, serve
from bot.sandbox.persons import Person
from bot.sandbox.world import Sandbox
from tests.contract.conftest import BRANCH, SHOP

SECRET = "it's a secret"


@dataclass
class Letter:
    """One request that arrived, its headers by lower-case name."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> str:
        return self.headers["x-github-event"]

    @property
    def content(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Mailbox:
    """A listener of our own that keeps what it gets."""

    status: int = 202
    letters: list[Letter] = field(default_factory=list)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    url: str = ""

    def events(self) -> list[str]:
        return [letter.event for letter in self.letters]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            box.letters.append(Letter({key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(box.status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            box.arrived.release()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        box.url = f"http://127.0.0.1:{server.server_port}/webhook"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield box
        server.shutdown()
        thread.join()


@pytest.fixture
def served(sandbox: Sandbox) -> Iterator[Served]:
    sandbox.deliver()
    with serve(sandbox.state) as served:
        yield served


@pytest.fixture
def mira(sandbox: Sandbox) -> Person:
    return sandbox.person("mira")


def test_every_letter_is_signed_over_its_very_bytes(
    sandbox: Sandbox, served: Served, mailbox: Mailbox, mira: Person
) -> None:
    served.webhooks.register(mailbox.url, SECRET)
    mira.push(SHOP, BRANCH, {"a": "1"})
    mira.comment(mira.open_pull(SHOP, BRANCH), "grüße")
    sandbox.settle()
    sandbox.deliver()
    assert len(mailbox.letters) > 5
    for letter in mailbox.letters:
        expected = "sha256=" + hmac.new(SECRET.encode(), letter.body, hashlib.sha256).hexdigest()
        assert letter.headers["x-hub-signature-256"] == expected
    assert len({letter.headers["x-github-delivery"] for letter in mailbox.letters}) == len(mailbox.letters)


def test_a_life_is_told_in_order_with_repository_and_sender(
    sandbox: Sandbox, served: Served, mailbox: Mailbox, mira: Person
) -> None:
    served.webhooks.register(mailbox.url, SECRET)
    mira.push(SHOP, BRANCH, {"a": "1"})
    pull = mira.open_pull(SHOP, BRANCH)
    sandbox.settle()
    mira.label(pull, "convoy")
    mira.comment(pull, "/convoy hold")
    sandbox.person("noor").approve(pull)
    mira.merge(pull)
    sandbox.deliver()
    told = [(letter.event, letter.content.get("action", "")) for letter in mailbox.letters]
    assert told == [
        ("push", ""),
        ("create", ""),
        ("pull_request", "opened"),
        ("workflow_run", "requested"),
        ("check_run", "created"),
        ("check_run", "completed"),
        ("check_suite", "completed"),
        ("workflow_run", "completed"),
        ("pull_request", "labeled"),
        ("issue_comment", "created"),
        ("pull_request_review", "submitted"),
        ("pull_request", "closed"),
        ("push", ""),
        ("workflow_run", "requested"),
        ("check_run", "created"),
    ]
    assert {letter.content["repository"]["full_name"] for letter in mailbox.letters} == {SHOP}
    assert mailbox.letters[10].content["sender"]["login"] == "noor"


def test_a_payload_shows_the_moment_it_happened_not_the_moment_it_was_sent(
    sandbox: Sandbox, served: Served, mailbox: Mailbox, mira: Person
) -> None:
    served.webhooks.register(mailbox.url, SECRET, ("pull_request",))
    mira.push(SHOP, BRANCH, {"a": "1"})
    pull = mira.open_pull(SHOP, BRANCH)
    mira.close(pull)
    sandbox.deliver()
    states = [letter.content["pull_request"]["state"] for letter in mailbox.letters]
    assert states == ["open", "closed"]


def test_a_redelivery_has_the_same_id_and_the_same_bytes(
    sandbox: Sandbox, served: Served, mailbox: Mailbox, mira: Person
) -> None:
    token = sandbox.state.issue_token("mira")
    client = httpx.Client(base_url=served.url, headers={"Authorization": f"token {token}"}, trust_env=False)
    with client:
        config = {"url": mailbox.url, "secret": SECRET}
        made = client.post(f"/repos/{SHOP}/hooks", json={"config": config, "events": ["push"]}).json()
        assert SECRET not in json.dumps(made)
        mira.push(SHOP, "main", {"a": "1"})
        mailbox.status = 500
        sandbox.deliver()
        path = f"/repos/{SHOP}/hooks/{made['id']}/deliveries"
        (failed,) = client.get(path).json()
        assert (failed["status_code"], failed["redelivery"]) == (500, False)
        assert failed["guid"] == mailbox.letters[0].headers["x-github-delivery"]
        mailbox.status = 202
        assert client.post(f"{path}/{failed['id']}/attempts").status_code == 202
        assert all(mailbox.arrived.acquire(timeout=10) for _ in range(2))
    first, second = mailbox.letters
    assert first.headers["x-github-delivery"] == second.headers["x-github-delivery"]
    assert (first.body, first.headers["x-hub-signature-256"]) == (
        second.body,
        second.headers["x-hub-signature-256"],
    )


def test_lost_events_never_arrive_and_doubled_ones_arrive_twice_under_one_id(
    sandbox: Sandbox, served: Served, mailbox: Mailbox, mira: Person
) -> None:
    served.webhooks.register(mailbox.url, SECRET, ("push", "create"))
    sandbox.state.faults.lose = {"create"}
    sandbox.state.faults.double = {"push"}
    mira.push(SHOP, BRANCH, {"a": "1"})
    sandbox.deliver()
    assert mailbox.events() == ["push", "push"]
    assert len({letter.headers["x-github-delivery"] for letter in mailbox.letters}) == 1


def test_late_and_reordered_events_arrive_late_and_reordered(
    sandbox: Sandbox, served: Served, mailbox: Mailbox, mira: Person
) -> None:
    served.webhooks.register(mailbox.url, SECRET, ("push", "create", "pull_request"))
    sandbox.state.faults.reorder = True
    sandbox.state.faults.delay = {"push": sandbox.state.late * 2}
    mira.push(SHOP, BRANCH, {"a": "1"})
    mira.open_pull(SHOP, BRANCH)
    sandbox.deliver()
    assert mailbox.events() == ["pull_request", "create"]
    sandbox.advance(minutes=1)
    sandbox.deliver()
    assert mailbox.events() == ["pull_request", "create", "push"]


def test_a_hook_hears_its_own_repository_and_its_own_events_only(
    sandbox: Sandbox, served: Served, mailbox: Mailbox, mira: Person
) -> None:
    sandbox.add_repository("acme/other", {"a": "1"})
    mira = sandbox.person("mira")
    sandbox.deliver()
    hook = served.webhooks.register(mailbox.url, SECRET, ("push",), SHOP)
    mira.push("acme/other", "main", {"a": "2"})
    mira.push(SHOP, "main", {"a": "3"})
    sandbox.deliver()
    assert [letter.content["repository"]["full_name"] for letter in mailbox.letters] == [SHOP]
    served.webhooks.remove(hook)
    mira.push(SHOP, "main", {"a": "4"})
    sandbox.deliver()
    assert len(mailbox.letters) == 1


def test_nobody_listening_is_remembered_as_a_failed_delivery(
    sandbox: Sandbox, served: Served, mira: Person
) -> None:
    served.webhooks.register("http://127.0.0.1:9/webhook", SECRET, ("push",))
    mira.push(SHOP, "main", {"a": "1"})
    sandbox.deliver()
    assert [attempt.status_code for attempt in served.webhooks.attempts] == [502]


def test_addresses_beyond_this_machine_are_never_called(served: Served) -> None:
    with pytest.raises(Exception, match="Validation Failed"):
        served.webhooks.register("http://example.org/webhook", SECRET)
