"""Runs the fleet's own workflows with the real CI, on trees that a test has changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.ci import Event, Job, Result
from bot.sandbox.runner import WorkflowCI

TARGETS = {"pytest-asyncio": "1.3.0", "pytest": "9.0.2", "tenacity": "9.1.2", "python-dotenv": "1.2.1"}
_NAMES = "|".join(name.replace("-", "[-_]") for name in TARGETS)
_PIN = re.compile(rf"\b({_NAMES})(\[[\w,]+\])?\s*[=~<>!][^;\"'#\n]*?(?=\s*(?:[;\"'#]|$))", re.MULTILINE)


@dataclass(frozen=True)
class Ran:
    """One job and how it ended."""

    job: Job
    result: Result


def raised(files: Mapping[str, bytes], libraries: Mapping[str, str] = TARGETS) -> dict[str, bytes]:
    """The tree with every pin of these libraries on its target and not one line of code changed."""

    def pin(match: re.Match[str]) -> str:
        target = libraries.get(match[1].replace("_", "-"))
        return f"{match[1]}{match[2] or ''}=={target}" if target else match[0]

    listing = re.compile(r"(requirements|constraints)[^/]*\.(txt|in)$|requirements/|pyproject\.toml$")
    return {
        path: _PIN.sub(pin, content.decode()).encode() if listing.search(path) else content
        for path, content in files.items()
    }


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """A checkout of this tree."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def event(repo: str, kind: str, changed: Mapping[str, bytes] | tuple[str, ...]) -> Event:
    """A push to main, or a pull request against it, that touched these paths."""
    return Event(kind, repo, "main", "0" * 40, tuple(changed), 1 if kind == "pull_request" else None)


def run(repo: str, files: Mapping[str, bytes], kind: str, changed: tuple[str, ...] | None = None) -> list[Ran]:
    """Every job that the event starts, run for real."""
    ci = WorkflowCI()
    what = event(repo, kind, files if changed is None else changed)
    return [Ran(job, ci.run(job, what, files, lambda folder: write(files, folder))) for job in ci.jobs(what, files)]
