"""The thin whole: three services in two repositories sail across tenacity, in order."""

from pathlib import Path

from voyage import HUB, SHOP, Voyage, monorepo, service

from bot.config import ServiceConfig
from bot.reconcile import tick

CHECKS = {SHOP: {"api": "services/api", "web": "services/web"}}


def fleet(root: Path, **policy: object) -> Voyage:
    """``web`` needs ``api`` in one repository; ``hub`` needs ``web`` from another."""
    return Voyage(
        root,
        {SHOP: monorepo(api=(), web=("api",)), HUB: service()},
        checks=CHECKS,
        services={
            "api": ServiceConfig(checks=("api",)),
            "web": ServiceConfig(checks=("web",)),
            "hub": ServiceConfig(depends_on=("web",)),
        },
        **policy,
    )


def test_every_service_settles_and_each_merge_waits_for_its_dependencies(tmp_path: Path) -> None:
    voyage = fleet(tmp_path)
    voyage.sail()
    assert voyage.phases() == {"api": "Settled", "web": "Settled", "hub": "Settled"}
    assert voyage.merged() == ["api", "web", "hub"]
    assert "fetch.statistics[" in voyage.file(SHOP, "services/api/app.py")
    assert "tenacity==9.1.2" in voyage.file(HUB, "requirements.txt")


def test_a_repository_that_nothing_woke_costs_no_request_and_one_that_was_woken_is_seen_as_it_is(
    tmp_path: Path,
) -> None:
    voyage = fleet(tmp_path)
    voyage.sail()
    faults = voyage.sandbox.state.faults
    voyage.tick()
    before = faults.calls
    quiet = tick(voyage.config, voyage.ports(), voyage.memory, woken=frozenset())
    assert faults.calls == before, "nothing was woken, so nobody was asked"
    assert [s.phase.name for s in quiet.standings] == ["Settled"] * 3
    voyage.anna.push(HUB, "main", {"later.py": service()["app.py"]})
    woken = tick(voyage.config, voyage.ports(), voyage.memory, woken=frozenset({HUB}))
    assert {s.service.name: s.phase.name for s in woken.standings}["hub"] == "Due"
