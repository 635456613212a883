"""Accounts."""

from __future__ import annotations

from bot.sandbox.http.shapes.words import Json, node_id, stamp
from bot.sandbox.records import Repo, User
from bot.sandbox.state import ForgeState

GHOST = User(10137, "ghost")
"""Whom GitHub shows where nobody is known."""
WEB_FLOW = User(19864447, "web-flow")
"""The account of the commits that GitHub makes itself."""

_ADDRESSES = {
    "url": "",
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
_UNKNOWN = ("company", "blog", "location", "hireable", "bio", "twitter_username")
_COUNTS = ("public_repos", "public_gists", "followers", "following")
_PRIVATE_COUNTS = ("private_gists", "total_private_repos", "owned_private_repos", "disk_usage", "collaborators")


def simple(state: ForgeState, login: str) -> Json:
    """An account as it stands inside other objects."""
    user = WEB_FLOW if login == WEB_FLOW.login else state.world.users.get(login, GHOST)
    web = state.world.url
    return {
        "login": user.login,
        "id": user.id,
        "node_id": node_id("User", user.id),
        "avatar_url": f"{web}/avatars/{user.id}",
        "gravatar_id": "",
        "html_url": f"{web}/{user.login}",
        **{key: f"{web}/users/{user.login}{path}" for key, path in _ADDRESSES.items()},
        "type": "Bot" if user.bot else "User",
        "site_admin": False,
    }


def public(state: ForgeState, login: str) -> Json:
    """An account as everybody sees it."""
    user = state.user(login)
    now = stamp(state.now())
    return {
        **simple(state, login),
        **dict.fromkeys(_UNKNOWN),
        **dict.fromkeys(_COUNTS, 0),
        "user_view_type": "public",
        "name": user.name or None,
        "email": user.email or None,
        "created_at": now,
        "updated_at": now,
    }


def private(state: ForgeState, login: str) -> Json:
    """An account as it sees itself."""
    counts = dict.fromkeys(_PRIVATE_COUNTS, 0)
    return {**public(state, login), **counts, "user_view_type": "private", "two_factor_authentication": True}


def association(repo: Repo, login: str) -> str:
    """What somebody is to a repository."""
    if login == repo.name.partition("/")[0]:
        return "OWNER"
    return {"admin": "MEMBER", "write": "COLLABORATOR"}.get(repo.permissions.get(login, ""), "NONE")


def permission(state: ForgeState, repo: Repo, login: str) -> Json:
    """``GET /collaborators/{login}/permission``."""
    held = repo.permissions.get(login, "none")
    return {"permission": held, "role_name": held, "user": {**simple(state, login), "role_name": held}}
