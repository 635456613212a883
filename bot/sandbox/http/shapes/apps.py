"""Apps, their installations and the tokens of these."""

from __future__ import annotations

from typing import Any

from bot.sandbox.http.shapes import repositories, users
from bot.sandbox.http.shapes.words import Json, node_id, stamp
from bot.sandbox.records import App, Installation
from bot.sandbox.state import ForgeState


def app(state: ForgeState, found: App) -> Json:
    """``GET /app``."""
    return {
        "id": found.id,
        "slug": found.slug,
        "node_id": node_id("App", found.id),
        "client_id": f"Iv1.{found.id:016x}",
        "owner": users.simple(state, found.owner),
        "name": found.slug,
        "description": None,
        "external_url": state.world.url,
        "html_url": f"{state.world.url}/apps/{found.slug}",
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.created_at),
        "permissions": {"metadata": "read", **found.permissions},
        "events": [],
        "installations_count": len(found.installations),
    }


def installation(state: ForgeState, of: App, found: Installation) -> Json:
    """One place where the app is."""
    base, made = f"{state.world.url}/app/installations/{found.id}", stamp(found.created_at)
    return {
        "id": found.id,
        "account": users.simple(state, found.account),
        "repository_selection": "selected" if found.repos else "all",
        "access_tokens_url": f"{base}/access_tokens",
        "repositories_url": f"{state.world.url}/installation/repositories",
        "html_url": f"{state.world.url}/settings/installations/{found.id}",
        "app_id": of.id,
        "app_slug": of.slug,
        "target_id": state.user(found.account).id,
        "target_type": "Organization",
        "permissions": {"metadata": "read", **found.permissions},
        "events": [],
        "created_at": made,
        "updated_at": made,
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None,
        "suspended_at": None,
    }


def token(told: dict[str, Any]) -> Json:
    """``POST /app/installations/{id}/access_tokens``."""
    return {
        "token": told["token"],
        "expires_at": stamp(told["expires_at"]),
        "permissions": {"metadata": "read", **told["permissions"]},
        "repository_selection": "all",
    }


def repository(state: ForgeState, name: str, actor: str) -> Json:
    """A repository in somebody's list of them."""
    return repositories.full(state, state.world.repos[name], actor)
