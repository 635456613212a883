"""GitHub Apps: they prove who they are with a token they signed and get a short-lived one for each account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt

from bot.sandbox.denied import Denied, not_found
from bot.sandbox.records import App, Installation, Repo
from bot.sandbox.state import ForgeState, locked

LIFE = timedelta(hours=1)
"""How long an installation's token is good."""
LONGEST = timedelta(minutes=10)
"""How far ahead an app's own token may expire."""


@locked
def found(state: ForgeState, slug: str, owner: str, public_key: str, permissions: Mapping[str, str]) -> App:
    """Register an app. Its login is ``<slug>[bot]``, who must be a user already or becomes one."""
    from bot.sandbox.world import add_user

    add_user(state, owner)
    add_user(state, login(slug), bot=True)
    app = App(state.next_id(), slug, owner, public_key, dict(permissions), state.now())
    state.world.apps[app.id] = app
    return app


@locked
def install(state: ForgeState, app: App, account: str, *, repos: tuple[str, ...] = ()) -> Installation:
    """Put it on an account: it sees these repositories (all that there are now, without any), with write access."""
    made = Installation(state.next_id(), account, dict(app.permissions), state.now(), repos)
    app.installations[made.id] = made
    for repo in seen(state, made):
        repo.permissions[login(app.slug)] = "write"
    return made


@locked
def seen(state: ForgeState, installation: Installation) -> list[Repo]:
    """The repositories that an installation sees."""
    owned = [r for r in state.world.repos.values() if r.name.partition("/")[0] == installation.account]
    return [r for r in owned if not r.gone and r.name in (installation.repos or (r.name,))]


@locked
def token(state: ForgeState, app: App, identifier: int) -> dict[str, Any]:
    """A new token for one installation: the token, when it expires, and what it may do."""
    installation = app.installations.get(identifier)
    if installation is None:
        raise not_found()
    expires = state.now() + LIFE
    made = state.issue_token(
        login(app.slug),
        "ghs_",
        permissions={"metadata": "read", **installation.permissions},
        repos=frozenset(repo.name for repo in seen(state, installation)),
        expires_at=expires,
        app=True,
    )
    return {"token": made, "expires_at": expires, "permissions": installation.permissions}


@locked
def authenticate(state: ForgeState, signed: str) -> App:
    """Whose token this is. 401 in GitHub's words when nobody signed it, or not now."""
    try:
        issuer = int(jwt.decode(signed, options={"verify_signature": False})["iss"])
        app = state.world.apps[issuer]
        checks: Any = {"verify_exp": False, "verify_iat": False, "require": ["iat", "exp", "iss"]}
        claims = jwt.decode(signed, app.public_key, ["RS256"], options=checks)
    except (jwt.PyJWTError, KeyError, ValueError, TypeError):
        raise Denied(401, "A JSON web token could not be decoded") from None
    now = state.now().timestamp()
    if not now < claims["exp"]:
        raise Denied(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time")
    if claims["exp"] - now > LONGEST.total_seconds():
        raise Denied(401, "'Expiration time' claim ('exp') is too far in the future")
    if claims["iat"] > now:
        raise Denied(401, "'Issued at' claim ('iat') must be an Integer representing the time that was issued")
    return app


def login(slug: str) -> str:
    """The account in whose name an app acts."""
    return f"{slug}[bot]"
