"""Webhooks and their deliveries. A secret is never shown."""

from __future__ import annotations

import json

from bot.sandbox.http.shapes.words import Json, api, stamp
from bot.sandbox.http.webhooks import Attempt, Hook, action
from bot.sandbox.records import Repo
from bot.sandbox.state import ForgeState


def hook(state: ForgeState, found: Hook) -> Json:
    """A repository's hook."""
    url = api(state, found.repo, f"hooks/{found.id}")
    made = stamp(found.created_at)
    return {
        "type": "Repository",
        "id": found.id,
        "name": "web",
        "active": True,
        "events": list(found.events),
        "config": {"url": found.url, "content_type": "json", "secret": "********", "insecure_ssl": "0"},
        "created_at": made,
        "updated_at": made,
        "url": url,
        "test_url": f"{url}/test",
        "ping_url": f"{url}/pings",
        "deliveries_url": f"{url}/deliveries",
        "last_response": {"code": None, "status": "unused", "message": None},
    }


def delivery(repo: Repo, found: Attempt) -> Json:
    """One attempt in a list."""
    good = found.status_code < 400
    return {
        "id": found.id,
        "guid": found.delivery.id,
        "delivered_at": stamp(found.at),
        "redelivery": found.redelivery,
        "duration": round(found.seconds, 3),
        "status": "OK" if good else "Invalid HTTP Response",
        "status_code": found.status_code,
        "event": found.delivery.event,
        "action": action(found),
        "installation_id": None,
        "repository_id": repo.id,
        "throttled_at": None,
    }


def full_delivery(repo: Repo, found: Attempt) -> Json:
    """One attempt with what was sent."""
    return {
        **delivery(repo, found),
        "url": found.hook.url,
        "request": {"headers": {}, "payload": json.loads(found.body)},
        "response": {"headers": {}, "payload": ""},
    }
