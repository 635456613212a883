"""A CI with a cache of its own, and a one-job workflow to put steps into."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.sandbox.ci import Result
from tests.sandbox_ci.harness import Execute, execute_text, workflow


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ci-cache")


@pytest.fixture
def execute(cache: Path) -> Execute:
    """Run a job (its YAML below ``jobs.test``) on a tree."""

    def run(job: str, files: Mapping[str, bytes] | None = None, top: str = "", limit: float = 60) -> Result:
        return execute_text(workflow(job, top), files or {}, cache, limit)

    return run
