"""The upgrades that Convoy knows and their rules, found by folder: ``transforms/<library>/``.

A folder's ``__init__`` holds ``UPGRADE`` and ``ENVIRONMENTS``; every module in it named ``<id>_<slug>`` holds
a ``RULE``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from transforms.model import Upgrade
from transforms.rule import Environments, Rule
from transforms.tree import Tree

FOLDERS = (
    "pytest",
    "pytest_asyncio",
    "tenacity",
    "python_dotenv",
    "asyncio_mqtt",
    "influxdb3_python",
    "influxdb_client",
)
"""In the order in which commits are made; coupled upgrades stand side by side."""

_RULE_FILE = re.compile(r"[a-z]+\d+_\w+")


@cache
def upgrades() -> tuple[Upgrade, ...]:
    """Every upgrade, in commit order."""
    return tuple(import_module(f"transforms.{folder}").UPGRADE for folder in FOLDERS)


@cache
def backups() -> dict[str, str]:
    """What to back up before the merge, for the upgrades that have something."""
    return {u.library: u.backup for u in upgrades() if u.backup}


def upgrade(library: str) -> Upgrade:
    """The upgrade of that name. Raises KeyError for a library that is not known."""
    return {u.library: u for u in upgrades()}[library]


@cache
def rules(library: str | None = None) -> tuple[Rule, ...]:
    """The rules of one library, or of all, by id. Raises KeyError for a library that is not known."""
    if library is None:
        return tuple(rule for u in upgrades() for rule in rules(u.library))
    found = [import_module(name).RULE for name in rule_files(upgrade(library).library)]
    return tuple(sorted(found, key=lambda rule: rule.id))


@cache
def rule_files(library: str) -> tuple[str, ...]:
    """The dotted modules that hold a library's rules."""
    folder = import_module(f"transforms.{_folder(library)}")
    found = (m.name for m in iter_modules(folder.__path__) if _RULE_FILE.fullmatch(m.name))
    return tuple(f"{folder.__name__}.{name}" for name in sorted(found))


def rule(id: str) -> Rule:
    """The rule with that id. Raises KeyError when there is none."""
    return {r.id: r for r in rules()}[id]


@cache
def exports() -> dict[str, frozenset[str]]:
    """What ``from <module> import *`` brings, for the modules of the known libraries."""
    merged: dict[str, frozenset[str]] = {}
    for folder in FOLDERS:
        merged |= getattr(import_module(f"transforms.{folder}"), "EXPORTS", {})
    return merged


def precondition(library: str) -> Callable[[Tree], str | None]:
    """What has to hold before a library can move at all: the reason why it does not, None when it does. A folder
    may have a ``PRECONDITION``.
    """
    found: Callable[[Tree], str | None] = getattr(
        import_module(f"transforms.{_folder(library)}"), "PRECONDITION", lambda _: None
    )
    return found


def environments(library: str) -> Environments:
    """What the proof of a library's rules installs."""
    found: Environments = import_module(f"transforms.{_folder(library)}").ENVIRONMENTS
    return found


def _folder(library: str) -> str:
    return library.replace("-", "_")
