"""Runs the fleet's own workflows with the real CI, on trees that a test has changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.ci import Event, Result
from bot.sandbox.fleet import repositories
from bot.sandbox.runner import WorkflowCI
from transforms.registry import upgrades
from transforms.runner import migrate

TARGETS = {u.library: u.version for u in upgrades()}
_NAMES = "|".join(name.replace("-", "[-_]") for name in sorted(TARGETS, reverse=True))
_PIN = re.compile(rf"\b({_NAMES})(\[[\w,]+\])?\s*[=~<>!][^;\"'#\n]*?(?=\s*(?:[;\"'#]|$))", re.MULTILINE)
_LISTING = re.compile(r"(requirements|constraints)[^/]*\.txt$|requirements/|pyproject\.toml$")
_ROOTS = ("services/", "apps/", "packages/")


@dataclass(frozen=True)
class Service:
    """A service of the fleet and the repository's files; ``root`` is empty for the whole repository."""

    repo: str
    root: str
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def name(self) -> str:
        """The folder's name, or the repository's: that of its check."""
        return (self.root or self.repo).rpartition("/")[2]

    def __str__(self) -> str:
        return f"{self.repo.rpartition('/')[2]}:{self.name}"

    def changed(self) -> tuple[str, ...]:
        """Every path of this service."""
        return tuple(path for path in self.files if path.startswith(self.root))


def services() -> list[Service]:
    """Every service of the fleet."""
    return [Service(repo, root, files) for repo, files in repositories().items() for root in _roots(files)]


def _roots(files: Iterable[str]) -> list[str]:
    return sorted({"/".join(path.split("/")[:2]) for path in files if path.startswith(_ROOTS)}) or [""]


def raised(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The tree with every pin on its target and not one line of code changed."""

    def pin(match: re.Match[str]) -> str:
        return f"{match[1]}{match[2] or ''}=={TARGETS[match[1].replace('_', '-')]}"

    return {
        path: _PIN.sub(pin, content.decode()).encode() if _LISTING.search(path) else content
        for path, content in files.items()
    }


def migrated(service: Service) -> dict[str, bytes]:
    """The tree as Convoy's pull request for this service would leave it."""
    return {**service.files, **migrate(service.files, service.root, upgrades()).edits}


def event(repo: str, kind: str, changed: Iterable[str]) -> Event:
    """A push to main, or a pull request against it, that touched these paths."""
    return Event(kind, repo, "main", "0" * 40, tuple(changed), 1 if kind == "pull_request" else None)


def judged(service: Service, files: Mapping[str, bytes], kind: str = "pull_request") -> Result:
    """What the service's one job says of this tree."""
    ci, what = WorkflowCI(), event(service.repo, kind, service.changed())
    (job,) = ci.jobs(what, files)
    return ci.run(job, what, files, lambda folder: _write(files, folder))


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
