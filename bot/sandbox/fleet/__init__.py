"""The sample fleet: our own small services in real repositories, and what people do while the demo runs.

The repositories stand under ``repos/`` as they are pushed; what a person commits on a branch stands under
``people/<service>/``. Nothing of it is ever imported: the services are data, and only the sandbox's CI runs them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

OWNER = "harbour-energy"
"""The organisation that every repository of the fleet belongs to. ``config.yaml`` names it, too."""

CONFIG = Path(__file__).with_name("config.yaml")
"""The demo's own configuration."""

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works on the fleet: reviews and approves pull requests of these repositories."""

    login: str
    name: str
    email: str
    repositories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person pushes onto a pull request's branch because only a person can decide it."""

    service: str
    repo: str
    login: str
    message: str
    files: dict[str, bytes]


PEOPLE = (
    Person("ines", "Ines Vik", "ines@harbour-energy.example", (f"{OWNER}/platform",)),
    Person("ola", "Ola Berg", "ola@harbour-energy.example", (f"{OWNER}/forecast", f"{OWNER}/dispatch")),
    Person(
        "jonas",
        "Jonas Lund",
        "jonas@harbour-energy.example",
        tuple(f"{OWNER}/{name}" for name in ("tariff", "billing", "notifier", "reports")),
    ),
)
"""Each person reviews; ``jonas`` also edits ``notifier``'s branch, so another of them has to approve that one."""

CURRENT = "reports"
"""Was migrated by hand before the campaign."""
DEAD_PIN = ("rules", "python-dotenv")
"""Lists a library that it never imports."""
DECIDED_BY_A_PERSON = "notifier"
"""Has a site that only a person can decide; its pull request stays red until ``edits()`` are pushed."""
RED_BEFORE = "weather"
"""Its tests fail on the base branch, for a reason of its own."""
REGRESSES = "tariff"
"""Green on its pull request, red on the base branch after the merge: coverage is measured only there."""
STAYS_WAITING = "billing"
"""Depends on the one that regresses."""
KNOT = ("bidder", "scheduler")
"""Depend on each other."""


def repositories() -> dict[str, dict[str, bytes]]:
    """Every repository of the fleet, ``owner/name`` -> path -> content."""
    folders = sorted(path for path in (_HERE / "repos").iterdir() if path.is_dir())
    return {f"{OWNER}/{folder.name}": _files(folder) for folder in folders}


def required_checks() -> dict[str, tuple[str, ...]]:
    """What each repository's branch rule demands: nothing in a monorepo, whose checks are filtered by path."""
    alone = ("tariff", "billing", "notifier", "reports")
    return {repo: (name,) if (name := repo.rpartition("/")[2]) in alone else () for repo in repositories()}


def edits() -> tuple[Edit, ...]:
    """What people commit on our branches."""
    message = "Let Patience be copied: tenacity 9 makes a copy for every call"
    files = _files(_HERE / "people" / "notifier")
    return (Edit("notifier", f"{OWNER}/notifier", "jonas", message, files),)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
