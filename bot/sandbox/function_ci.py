"""A CI for stories: a function of the tree instead of a process, and a duration on the sandbox's clock.

The function gets a job's name and the files, and says how the job ends. So a red base, a flaky test or a job that
passes on the branch and fails after the merge is one line of a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.sandbox.ci import Event, Job, Result
from transforms.model import Files

Verdict = Callable[[str, Files], str | Result]


def always_green(name: str, files: Files) -> str:
    """Every job passes."""
    return "success"


@dataclass
class FunctionCI:
    """``checks``: repository -> check names, each with the path below which it applies (empty: always).

    A repository that is not listed has the check ``test``. Pull requests run it, and pushes to ``branches``.
    """

    verdict: Verdict = always_green
    checks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    branches: frozenset[str] = frozenset({"main"})
    takes: timedelta = timedelta(minutes=3)

    def jobs(self, event: Event, files: Files) -> tuple[Job, ...]:
        """The checks whose path was touched."""
        if event.kind == "push" and event.branch not in self.branches:
            return ()
        checks = self.checks.get(event.repo, {"test": ""})
        return tuple(
            Job(".github/workflows/ci.yml", name, name)
            for name, below in checks.items()
            if not below or any(path.startswith(f"{below.rstrip('/')}/") for path in event.changed)
        )

    def run(self, job: Job, event: Event, files: Files, checkout: Callable[[Path], None]) -> Result:
        """Ask the function."""
        said = self.verdict(job.name, files)
        return said if isinstance(said, Result) else Result(said, title=f"{job.name}: {said}")

    def duration(self, job: Job) -> timedelta:
        return self.takes
