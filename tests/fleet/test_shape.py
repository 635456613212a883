"""The fleet is well-formed before anything runs: each file in one service, each service judged by one job."""

from __future__ import annotations

import pytest

from bot import config
from bot.discover import discover
from bot.graph import order
from bot.sandbox import fleet
from bot.sandbox.runner import WorkflowCI
from tests.fleet.harness import Service, event, services
from transforms.model import Level, Migration, Status, Verdict
from transforms.registry import upgrades
from transforms.runner import migrate

FLEET = fleet.repositories()
CONFIG = config.read(fleet.CONFIG)
CI = WorkflowCI()


SERVICES = services()


def test_the_configuration_names_exactly_these_repositories() -> None:
    assert sorted(CONFIG.repositories) == sorted(FLEET)


@pytest.mark.parametrize("repo", FLEET)
def test_no_secret_cache_or_binary_is_among_the_files(repo: str) -> None:
    for path, content in FLEET[repo].items():
        assert "__pycache__" not in path
        assert b"\r" not in content
        assert content.decode().endswith("\n") or not content


@pytest.mark.parametrize("kind", ["push", "pull_request"])
@pytest.mark.parametrize("service", SERVICES, ids=str)
def test_a_change_in_a_service_starts_its_one_job(service: Service, kind: str) -> None:
    changed = [path for path in service.changed() if path.endswith(".py")]
    (job,) = CI.jobs(event(service.repo, kind, changed), service.files)
    assert job.name == service.name


@pytest.mark.parametrize("repo", FLEET)
def test_a_change_of_the_readme_starts_nothing(repo: str) -> None:
    assert CI.jobs(event(repo, "pull_request", ("README.md",)), FLEET[repo]) == ()


@pytest.mark.parametrize("repo", FLEET)
def test_a_first_push_starts_every_service_s_job(repo: str) -> None:
    names = sorted(job.name for job in CI.jobs(event(repo, "push", FLEET[repo]), FLEET[repo]))
    assert names == sorted(s.name for s in SERVICES if s.repo == repo)


def test_it_is_a_foundworth_the_name() -> None:
    assert len(SERVICES) >= 12
    assert len(FLEET) >= 4
    assert len({s.name for s in SERVICES}) < len(SERVICES), "two services share a folder name"


def test_discovery_finds_every_service_and_understands_every_line() -> None:
    found = discover(FLEET, CONFIG)
    assert found.problems == ()
    assert sorted((s.repo, s.path) for s in found.services) == sorted((s.repo, s.root) for s in SERVICES)
    assert {s.name for s in found.services} == set(CONFIG.services)


def test_the_order_has_a_chain_a_diamond_and_one_knot() -> None:
    whole = discover(FLEET, CONFIG)
    found = order((s.name for s in whole.services), whole.edges)
    assert found.knots == (fleet.KNOT,)
    api, collector = "harbour-energy/platform:services/api", "collector"
    assert found.depends_on[collector] == ("auth",), "through the broker, which is nobody's service"
    assert found.depends_on[api] == ("rules", "store")
    assert {found.depends_on[name] for name in ("rules", "store")} == {(collector,)}
    assert found.depends_on[fleet.STAYS_WAITING] == (fleet.REGRESSES,)


def test_whoever_changes_a_branch_is_not_the_only_one_who_may_approve_it() -> None:
    for edit in fleet.edits():
        assert edit.login in {person.login for person in fleet.PEOPLE}
        assert set(edit.files) <= set(FLEET[edit.repo])
        assert any(person.login != edit.login for person in fleet.PEOPLE)


@pytest.fixture(scope="module")
def migrations() -> dict[str, Migration]:
    return {str(s): migrate(s.files, s.root, upgrades()) for s in SERVICES}


def test_only_one_service_lists_what_it_never_imports(migrations: dict[str, Migration]) -> None:
    dead = [(name, o.upgrade) for name, m in migrations.items() for o in m.outcomes if o.status is Status.DEAD_PIN]
    assert dead == [(f"platform:{fleet.DEAD_PIN[0]}", fleet.DEAD_PIN[1])]


def test_only_one_service_has_nothing_to_do(migrations: dict[str, Migration]) -> None:
    assert [name for name, m in migrations.items() if not m.edits] == [f"{fleet.CURRENT}:{fleet.CURRENT}"]


def test_only_one_site_breaks_and_is_left_to_a_person(migrations: dict[str, Migration]) -> None:
    left = [(f.file, f.rule) for m in migrations.values() for f in m.findings if f.level is Level.BREAKS]
    assert left == [("notifier/patience.py", "TEN008")]


def test_a_migration_stays_in_its_service(migrations: dict[str, Migration]) -> None:
    for service in SERVICES:
        assert all(path.startswith(service.root) for path in migrations[str(service)].edits)


def test_every_service_but_one_is_moved_by_more_than_its_pins(migrations: dict[str, Migration]) -> None:
    for name, migration in migrations.items():
        rules = {f.rule for f in migration.findings if f.verdict is Verdict.REWRITTEN and f.rule != "PIN001"}
        assert rules or name == f"{fleet.CURRENT}:{fleet.CURRENT}"
