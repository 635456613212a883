"""Webhooks without I/O: is it signed by who knows our secret, and which repositories does it want us to look at?

Only their names are taken from an event; everything else in it is hearsay and is never believed.
"""

from __future__ import annotations

import hmac
import json
import re
from typing import Any

EVENTS = frozenset(
    [
        "check_run",
        "check_suite",
        "status",
        "workflow_run",
        "pull_request",
        "pull_request_review",
        "issue_comment",
        "issues",
        "push",
        "deployment_status",
        "installation",
        "installation_repositories",
    ]
)
_INSTALLED = ("repositories", "repositories_added", "repositories_removed")
_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+")


class Malformed(ValueError):
    """Signed, but not a webhook."""


def verify(secret: str, body: bytes, signature: str) -> bool:
    """Whether ``X-Hub-Signature-256`` is the HMAC of the raw body, in constant time. Never with an empty secret."""
    wanted = "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()
    same = hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace"))
    return same and bool(secret)


def wake(event: str, body: bytes) -> frozenset[str]:
    """The repositories to look at again; none for an event that means nothing to us. Raises Malformed.

    An installation names those that it was given or that were taken from it, if any; every other event its own.
    """
    if event not in EVENTS:
        return frozenset()
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON; the webhook's content type has to be application/json") from None
    if not isinstance(payload, dict):
        raise Malformed("the body is no object")
    if event.startswith("installation"):
        return frozenset(_name(one) for key in _INSTALLED for one in _list(payload.get(key)))
    return frozenset([_name(payload.get("repository"))])


def _list(found: Any) -> list[Any]:
    """A list, or nothing where nothing stands."""
    if found is None or isinstance(found, list):
        return found or []
    raise Malformed("the event's repositories are no list")


def _name(repository: Any) -> str:
    name = repository.get("full_name") if isinstance(repository, dict) else None
    if not isinstance(name, str) or not _REPO.fullmatch(name):
        raise Malformed("the event names no repository")
    return name
