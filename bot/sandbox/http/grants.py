"""What a limited token may do: the permission that each kind of request needs, as GitHub documents it."""

from __future__ import annotations

import re

from bot.sandbox.denied import Denied, not_found
from bot.sandbox.state import Grant

_REPO = re.compile(r"/repos/(?P<repo>[^/]+/[^/]+)(?P<rest>/.*)?")
_NEEDS = (
    (re.compile(r"/pulls/\d+/merge"), ("contents",)),
    (re.compile(r"/pulls(/.*)?"), ("pull_requests",)),
    (re.compile(r"/(issues|labels)(/.*)?"), ("issues", "pull_requests")),
    (re.compile(r"/(check-runs|check-suites|commits/[^/]+/check-(runs|suites))(/.*)?"), ("checks",)),
    (re.compile(r"/(statuses/.*|commits/[^/]+/status(es)?)"), ("statuses",)),
    (re.compile(r"/actions/.*"), ("actions",)),
    (re.compile(r"/deployments(/.*)?"), ("deployments",)),
    (re.compile(r"/(contents|git|branches|commits|compare|merges)(/.*)?"), ("contents",)),
)
"""The rest of the path -> permissions of which one is needed. Everything else needs ``metadata``, to read."""
_ONLY_ISSUES = re.compile(r"/issues")


def permit(grant: Grant, method: str, path: str) -> None:
    """404 for a repository that the token does not see, 403 when its permissions do not reach so far."""
    match = _REPO.fullmatch(path)
    if path == "/user" and grant.app:
        raise _forbidden(grant)
    if match is None or grant.permissions is None:
        return
    if grant.repos is not None and match["repo"] not in grant.repos:
        raise not_found()
    rest = match["rest"] or ""
    names = next((names for pattern, names in _NEEDS if pattern.fullmatch(rest)), ("metadata",))
    if method == "POST" and _ONLY_ISSUES.fullmatch(rest):
        names = ("issues",)
    allow(grant, names, write=method != "GET")


def allow(grant: Grant, names: tuple[str, ...], *, write: bool) -> None:
    """403 unless one of these permissions is held, far enough."""
    held = {grant.permissions.get(name) for name in names} if grant.permissions is not None else {"write"}
    if not held & ({"write"} if write else {"read", "write"}):
        raise _forbidden(grant)


def _forbidden(grant: Grant) -> Denied:
    return Denied(403, f"Resource not accessible by {'integration' if grant.app else 'personal access token'}")
