"""The upgrades that Convoy knows, found by folder: ``transforms/<library>/`` holds ``UPGRADE`` and its rules."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from transforms.model import Upgrade

FOLDERS = ("pytest", "pytest_asyncio", "tenacity", "python_dotenv")
"""In the order in which commits are made; coupled upgrades stand side by side."""


@cache
def upgrades() -> tuple[Upgrade, ...]:
    """Every upgrade, in commit order."""
    return tuple(import_module(f"transforms.{folder}").UPGRADE for folder in FOLDERS)


def upgrade(library: str) -> Upgrade:
    """The upgrade of that name. Raises KeyError for a library that is not known."""
    return {u.library: u for u in upgrades()}[library]
