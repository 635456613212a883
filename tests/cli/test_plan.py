"""``convoy plan``: waves, groups, knots and risk, each with its reason."""

from __future__ import annotations

import json

from tests.cli.harness import SHOP, Convoy, Plant


def test_who_is_waited_for_goes_first_and_the_reason_is_told(convoy: Convoy, plant: Plant) -> None:
    said = convoy("plan", plant("shop", SHOP), "--json")
    assert (said.code, said.json["schema"]) == (0, 1)
    assert said.json["waves"] == [["ledger"], ["api"]]
    assert (said.json["groups"], said.json["knots"]) == ([], [])
    api, ledger = said.json["services"]
    assert (api["wave"], ledger["wave"]) == (2, 1)
    assert api["depends_on"][0]["service"] == "ledger"
    assert {"factor": "dependents", "value": "1 service waits for it", "points": 1} in ledger["factors"]
    assert {"factor": "tests", "value": "0 found", "points": 3} in api["factors"]


def test_the_words_tell_wave_risk_and_where_an_edge_was_read(convoy: Convoy, plant: Plant) -> None:
    out = convoy("plan", plant("shop", SHOP)).out
    assert "Wave 1\n  ledger  services/ledger" in out
    assert "after ledger     docker-compose.yml:4 → docker-compose.yml:8" in out
    assert "2 services in 2 waves, 2 with something to migrate" in out


def test_criticality_comes_from_the_configuration_and_weighs(convoy: Convoy, plant: Plant) -> None:
    shop = plant("shop", {**SHOP, "mine.yaml": "services: {api: {criticality: critical}}"})
    plain = convoy("plan", shop, "--json").json["services"][0]
    weighed = convoy("plan", shop, "--config", shop / "mine.yaml", "--json").json["services"][0]
    assert (plain["risk"], weighed["risk"]) == ("medium", "critical")
    assert {"factor": "criticality", "value": "critical", "points": 8} in weighed["factors"]


def test_a_service_with_nothing_to_do_has_no_risk(convoy: Convoy, plant: Plant) -> None:
    said = convoy(
        "plan", plant("shop", {"requirements.txt": "tenacity==9.1.2\n", "a.py": "import tenacity\n"}), "--json"
    )
    assert (said.json["services"][0]["risk"], said.json["services"][0]["factors"]) == ("low", [])


def test_a_knot_is_told_with_the_edge_that_closes_it(convoy: Convoy, plant: Plant) -> None:
    compose = "services:\n  api: {depends_on: [ledger]}\n  ledger: {depends_on: [api]}\n"
    shop = plant("shop", {**SHOP, "docker-compose.yml": compose})
    assert convoy("plan", shop, "--json").json["knots"] == [["api", "ledger"]]
    assert "api and ledger are a knot, merged back to back; closed by: ledger needs api (docker-compose.yml:3)" in (
        convoy("plan", shop).out
    )


def test_the_planning_documents_are_named_after_the_campaign_and_hold_the_order(
    convoy: Convoy, plant: Plant
) -> None:
    shop = plant("shop", SHOP)
    said = convoy("plan", shop, "--out", shop / "docs" / "planning")
    assert said.code == 0
    folder = shop / "docs" / "planning"
    assert sorted(p.name for p in folder.iterdir()) == [
        ".phase2_service_groups.json",
        "phase2-dependency-analysis.md",
        "phase2-migration-order.md",
        "phase2-risk-assessment.md",
    ]
    order = (folder / "phase2-migration-order.md").read_text()
    assert order.index("| ledger |") < order.index("## Wave 2") < order.index("| api |")
    assert json.loads((folder / ".phase2_service_groups.json").read_text())["waves"] == [["ledger"], ["api"]]


def test_documents_that_cannot_be_written_are_the_worlds_fault(convoy: Convoy, plant: Plant) -> None:
    shop = plant("shop", SHOP)
    said = convoy("plan", shop, "--out", shop / "docker-compose.yml")
    assert said.code == 3
    assert "docker-compose.yml" in said.err
