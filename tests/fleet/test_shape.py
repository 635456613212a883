"""The fleet is well-formed before anything runs: each file in one service, each service judged by one job."""

from __future__ import annotations

import pytest

from bot import config
from bot.sandbox import fleet
from bot.sandbox.runner import WorkflowCI
from tests.fleet.harness import event

FLEET = fleet.repositories()
CI = WorkflowCI()


def folders(repo: str) -> list[str]:
    """The folders of a monorepo's services, or the repository itself."""
    roots = ("services/", "apps/", "packages/")
    found = {"/".join(path.split("/")[:2]) + "/" for path in FLEET[repo] if path.startswith(roots)}
    return sorted(found) or [""]


SERVICES = [(repo, folder) for repo in FLEET for folder in folders(repo)]


def test_the_configuration_names_exactly_these_repositories() -> None:
    assert sorted(config.read(fleet.CONFIG).repositories) == sorted(FLEET)


@pytest.mark.parametrize("repo", FLEET)
def test_no_secret_cache_or_binary_is_among_the_files(repo: str) -> None:
    for path, content in FLEET[repo].items():
        assert "__pycache__" not in path
        assert b"\r" not in content
        assert content.decode().endswith("\n") or not content


@pytest.mark.parametrize("kind", ["push", "pull_request"])
@pytest.mark.parametrize(("repo", "folder"), SERVICES)
def test_a_change_in_a_service_starts_its_one_job(repo: str, folder: str, kind: str) -> None:
    changed = tuple(path for path in FLEET[repo] if path.startswith(folder) and path.endswith(".py"))
    (job,) = CI.jobs(event(repo, kind, changed), FLEET[repo])
    assert job.name in job.workflow or not folder
    assert job.name == (folder.rstrip("/") or repo).rpartition("/")[2]


@pytest.mark.parametrize("repo", FLEET)
def test_a_change_of_the_readme_starts_nothing(repo: str) -> None:
    assert CI.jobs(event(repo, "pull_request", ("README.md",)), FLEET[repo]) == ()


@pytest.mark.parametrize("repo", FLEET)
def test_a_first_push_starts_every_service_s_job(repo: str) -> None:
    names = [job.name for job in CI.jobs(event(repo, "push", FLEET[repo]), FLEET[repo])]
    assert len(names) == len(set(names)) == len(folders(repo))
