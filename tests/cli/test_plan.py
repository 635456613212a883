"""``convoy plan``: waves, groups, knots and risk, each with its reason."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from bot.cli.plan_file import PlanFile
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
        "phase2-batch-rebuild-guide.md",
        "phase2-dependency-analysis.md",
        "phase2-dependency-graph.svg",
        "phase2-migration-order.md",
        "phase2-risk-assessment.md",
    ]
    order = (folder / "phase2-migration-order.md").read_text()
    assert order.index("| ledger |") < order.index("## Wave 2") < order.index("| api |")
    assert json.loads((folder / ".phase2_service_groups.json").read_text())["waves"] == [["ledger"], ["api"]]


def test_the_data_keeps_to_its_published_schema(convoy: Convoy, plant: Plant) -> None:
    said = convoy("plan", plant("shop", {**SHOP, "services/api/.env": "X=http://ledger\n"}), "--json")
    read = PlanFile.model_validate_json(said.out)
    assert read.upgrades["tenacity"] == ["api"]
    with pytest.raises(ValidationError, match="extra_forbidden"):
        PlanFile.model_validate({**said.json, "more": 1})


def test_a_hint_is_told_with_its_place_and_orders_nothing(convoy: Convoy, plant: Plant) -> None:
    shop = plant("shop", {**SHOP, "services/ledger/.env": "A=1\nAPI_URL=http://api:80\n"})
    said = convoy("plan", shop, "--json")
    assert said.json["waves"] == [["ledger"], ["api"]]
    assert said.json["knots"] == []
    assert said.json["services"][1]["hints"] == [
        {"on": "api", "why": "service address", "source": "services/ledger/.env:2"}
    ]
    [told] = [line for line in convoy("plan", shop).out.splitlines() if "may need" in line]
    assert told.split() == ["may", "need", "api", "services/ledger/.env:2,", "service", "address"]
    convoy("plan", shop, "--out", shop / "out")
    analysis = (shop / "out" / "phase2-dependency-analysis.md").read_text()
    assert "| ledger | api | service address | `services/ledger/.env:2` | does not go first |" in analysis
    assert "  s0 -.-> s1\n" in analysis


def test_a_requirement_of_one_service_on_another_orders_them(convoy: Convoy, plant: Plant) -> None:
    files = {path: text for path, text in SHOP.items() if path != "docker-compose.yml"}
    shop = plant("shop", {**files, "services/ledger/requirements.txt": "tenacity==8.2.3\n-e ../api\n"})
    said = convoy("plan", shop, "--json")
    assert said.json["waves"] == [["api"], ["ledger"]]
    assert said.json["services"][1]["depends_on"] == [
        {"service": "api", "source": "services/ledger/requirements.txt:2"}
    ]


def test_a_folder_called_like_a_configured_repository_stands_for_it(convoy: Convoy, plant: Plant) -> None:
    shop = plant("shop", {**SHOP, "mine.yaml": "repositories: [acme/shop]"})
    said = convoy("plan", shop, "--config", shop / "mine.yaml", "--json")
    assert {s["repo"] for s in said.json["services"]} == {"acme/shop"}


def test_documents_that_cannot_be_written_are_the_worlds_fault(convoy: Convoy, plant: Plant) -> None:
    shop = plant("shop", SHOP)
    said = convoy("plan", shop, "--out", shop / "docker-compose.yml")
    assert said.code == 3
    assert "docker-compose.yml" in said.err
