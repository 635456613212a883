"""Health endpoints over real HTTP: what counts as well, and where nobody leads us."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.adapters.health import HttpProbe


class Endpoint(BaseHTTPRequestHandler):
    """Answers by path; ``/to?URL`` redirects to URL."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        path, _, target = self.path.partition("?")
        status = {"/well": 204, "/sick": 503, "/gone": 404, "/to": 302, "/loop": 302}[path]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", target or "/loop")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    Endpoint.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def probe() -> Iterator[HttpProbe]:
    probe = HttpProbe()
    yield probe
    probe.close()


@pytest.fixture
def at(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def test_any_2xx_is_well(probe: HttpProbe, at: str) -> None:
    assert probe.sample(f"{at}/well").well


@pytest.mark.parametrize(("path", "said"), [("/sick", "HTTP 503"), ("/gone", "HTTP 404")])
def test_any_other_status_is_sick_and_named(probe: HttpProbe, at: str, path: str, said: str) -> None:
    sample = probe.sample(at + path)
    assert (sample.well, sample.detail) == (False, said)


def test_nobody_listening_is_sick_not_an_error(probe: HttpProbe, server: ThreadingHTTPServer) -> None:
    sample = probe.sample("http://127.0.0.1:1/health")
    assert not sample.well
    assert "ConnectError" in sample.detail


def test_an_address_that_is_none_is_sick_not_an_error(probe: HttpProbe) -> None:
    assert not probe.sample("http://[").well


def test_a_redirect_to_a_private_address_is_not_followed(probe: HttpProbe, at: str) -> None:
    sample = probe.sample(f"{at}/to?{at}/well")
    assert not sample.well
    assert "private address" in sample.detail
    assert Endpoint.asked == [f"/to?{at}/well"]


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data", "http://localhost:9/", "http://[::1]:9/", "http://0/"]
)
def test_no_name_for_a_private_address_gets_through(probe: HttpProbe, at: str, target: str) -> None:
    assert "private address" in probe.sample(f"{at}/to?{target}").detail


def test_a_redirect_to_something_else_than_http_is_not_followed(probe: HttpProbe, at: str) -> None:
    assert "not HTTP" in probe.sample(f"{at}/to?file:///etc/passwd").detail


def test_a_private_redirect_is_followed_where_the_configuration_allows_it(at: str) -> None:
    probe = HttpProbe(private_redirects=True)
    assert probe.sample(f"{at}/to?{at}/well").well
    probe.close()


def test_redirects_in_a_circle_end(at: str) -> None:
    probe = HttpProbe(private_redirects=True)
    assert "redirects" in probe.sample(f"{at}/loop").detail
    assert len(Endpoint.asked) == 4
    probe.close()
