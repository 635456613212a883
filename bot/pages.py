"""The pages of the private listener: where every service stands, one page for each, and the order as a picture.

They show the last look of the process and ask the forge nothing. Rendered here, without a script or anything from
elsewhere; names and reasons come from repositories and are escaped.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.model import Standing
from bot.render import figures
from bot.render.fleet_chart import Drawn, fleet_chart
from bot.render.status import in_order, tally, why
from bot.render.text import one_line
from bot.render.web import drawing, page, stylesheet
from bot.report import Report
from bot.situation import MOVED_BY
from bot.terminal import mood
from transforms.model import Finding, Verdict

_SHUT = ("default-src", "base-uri", "form-action", "frame-ancestors")
POLICY = "; ".join([*(f"{what} 'none'" for what in _SHUT), "style-src 'self'", "img-src data:"])
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
KEPT = 50
"""Events of a service that its page shows."""
MOODS = {"✓": "done", "▸": "moving", "·": "waiting", "?": "asking", "✗": "sick"}


@dataclass(frozen=True, slots=True)
class Event:
    """A service came to a phase."""

    at: datetime
    phase: str
    why: str


@dataclass(frozen=True, slots=True)
class Row:
    """A service's line, in words."""

    name: str
    href: str
    wave: int
    phase: str
    mood: str
    sign: str
    pr: int | None
    url: str
    why: str


class Showing:
    """What the pages show: the last look, and what was seen of each service before. Written by one thread."""

    def __init__(self, campaign: str) -> None:
        self.campaign = campaign
        self.report: Report | None = None
        self._events: dict[str, deque[Event]] = {}

    def see(self, report: Report) -> None:
        """From now on this is where everybody stands."""
        for standing in report.standings:
            event = Event(report.at, standing.phase.name, why(standing))
            events = self._events.setdefault(standing.service.name, deque(maxlen=KEPT))
            if not events or (events[0].phase, events[0].why) != (event.phase, event.why):
                events.appendleft(event)
        self.report = report

    def history(self, name: str) -> list[Event]:
        """Newest first."""
        return list(islice(self._events.get(name, deque()), KEPT))


@dataclass(frozen=True, slots=True)
class Login:
    """Lets through who knows the password: as that of HTTP Basic, whatever the name, or as a bearer token."""

    app: ASGIApp
    password: str
    open: tuple[str, ...] = ("/readyz",)
    """Paths that tell nothing and are asked by machines without a password."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        told = headers.get(b"authorization", b"")
        if scope["type"] != "http" or scope["path"] in self.open or self._knows(told):
            return await self.app(scope, receive, send)
        asking = {"WWW-Authenticate": 'Basic realm="Convoy", charset="UTF-8"', **HEADERS}
        return await Response("password, please\n", 401, asking, "text/plain")(scope, receive, send)

    def _knows(self, told: bytes) -> bool:
        kind, _, value = told.strip().partition(b" ")
        given = value.strip()
        if kind.lower() == b"basic":
            try:
                given = base64.b64decode(given, validate=True).partition(b":")[2]
            except binascii.Error:
                return False
        same = hmac.compare_digest(given, self.password.encode())
        return same and kind.lower() in (b"basic", b"bearer") and bool(self.password)


def add_pages(app: FastAPI, showing: Showing) -> None:
    """Put the pages on the private listener."""

    @app.get("/")
    async def dashboard(still: str = "") -> Response:
        return _page("dashboard.html", showing, still, _fleet(showing.report))

    @app.get("/services/{name:path}")
    async def service(name: str, still: str = "") -> Response:
        found = {s.service.name: s for s in showing.report.standings} if showing.report else {}
        if name not in found:
            return _page("missing.html", showing, still, {"name": one_line(name)})
        told = _service(found[name], found)
        return _page("service.html", showing, still, {**told, "history": showing.history(name)})

    @app.get("/style.css")
    async def style() -> Response:
        return Response(stylesheet(), media_type="text/css", headers=HEADERS)

    @app.exception_handler(404)
    async def missing(request: Request, error: Exception) -> Response:
        return _page("missing.html", showing, "1", {"name": one_line(request.url.path)})


def _page(template: str, showing: Showing, still: str, told: Mapping[str, object]) -> Response:
    at = showing.report.at if showing.report else None
    text = page(template, campaign=showing.campaign, at=at, still=bool(still), **told)
    return HTMLResponse(text, 404 if template == "missing.html" else 200, HEADERS)


def _fleet(report: Report | None) -> dict[str, object]:
    standings = in_order(report.standings) if report else []
    drawn = [Drawn(s, _href(s.service.name), MOODS[mood(s.phase).sign]) for s in standings]
    return {
        "rows": [_row(s) for s in standings],
        "figures": figures(report.measures) if report else (),
        "tally": tally(standings),
        "stopped": report.stopped if report else "",
        "halted": report.halted if report else "",
        "chart": drawing(fleet_chart(drawn)),
        "problems": [one_line(f"{p.file}: {p.message}") for p in report.problems] if report else [],
    }


def _service(standing: Standing, all_: dict[str, Standing]) -> dict[str, object]:
    name = standing.service.name
    waiting = [s for s in in_order(all_.values()) if name in s.depends_on]
    return {
        "row": _row(standing),
        "repo": standing.service.repo + (f", {standing.service.path}" if standing.service.path else ""),
        "moved_by": MOVED_BY[standing.phase.name],
        "needs": [_row(all_[n]) for n in standing.depends_on if n in all_],
        "dependents": [_row(s) for s in waiting],
        "barred": [(o.upgrade, one_line(o.reason)) for o in standing.barred],
        "findings": _left(standing),
    }


def _left(standing: Standing) -> list[Finding]:
    found = standing.migration.findings if standing.migration else ()
    return [f for f in found if f.verdict is Verdict.FLAGGED]


def _row(standing: Standing) -> Row:
    look = mood(standing.phase)
    return Row(
        one_line(standing.service.name),
        _href(standing.service.name),
        standing.wave + 1,
        standing.phase.name,
        MOODS[look.sign],
        look.sign,
        standing.pr,
        standing.pr_url if _is_web(standing.pr_url) else "",
        why(standing),
    )


def _href(name: str) -> str:
    return f"/services/{quote(name.encode('utf-8', 'replace'), safe='')}"


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
