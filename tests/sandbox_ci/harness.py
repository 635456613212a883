"""Runs a one-job workflow on a tree, for real."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent, indent

from bot.sandbox.ci import Event, Result
from bot.sandbox.runner import WorkflowCI

Execute = Callable[..., Result]
PATH = ".github/workflows/ci.yml"


def workflow(job: str, top: str = "") -> str:
    """The job's YAML below ``jobs.test``, with ``top`` beside ``on``."""
    return f"on: push\n{top}\njobs:\n  test:\n" + indent(dedent(job).strip(), "    ") + "\n"


def execute_text(text: str, files: Mapping[str, bytes], cache: Path, limit: float = 60) -> Result:
    tree = {PATH: text.encode(), **files}
    event = Event("push", "acme/shop", "main", "ab" * 20, tuple(tree))

    def checkout(folder: Path) -> None:
        for path, content in tree.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)

    ci = WorkflowCI(cache, limit)
    (job,) = ci.jobs(event, tree)
    return ci.run(job, event, tree, checkout)
