"""What every shape needs: times, node ids, addresses."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from bot.sandbox.state import ForgeState

Json = dict[str, Any]


def stamp(moment: datetime) -> str:
    """A time as GitHub writes it: whole seconds, UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def maybe_stamp(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None


def node_id(kind: str, identifier: int | str) -> str:
    return base64.b64encode(f"{kind}:{identifier}".encode()).decode()


def api(state: ForgeState, repo: str, path: str = "") -> str:
    """The REST address of something in a repository."""
    return f"{state.world.url}/repos/{repo}{path and '/'}{path}"


def page(state: ForgeState, repo: str, path: str = "") -> str:
    """The address a person would open."""
    return f"{state.world.url}/{repo}{path and '/'}{path}"
