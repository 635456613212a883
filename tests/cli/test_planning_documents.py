"""The sample fleet's planning documents: current, and true to readers that share no code with what wrote them."""

from __future__ import annotations

import json
import re
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from bot.cli.plan_file import schema
from tests.cli.harness import Convoy

ROOT = Path(__file__).resolve().parents[2]
FLEET = ROOT / "bot" / "sandbox" / "fleet"
DOCUMENTS = ROOT / "docs" / "planning"
NAMES = {
    "forecast/apps/api": "harbour-energy/forecast:apps/api",
    "platform/services/api": "harbour-energy/platform:services/api",
}


def read(name: str) -> str:
    return (DOCUMENTS / name).read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """Every table row of a Markdown text as its cells."""
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]


def fleet() -> dict[str, Path]:
    """Service name → folder, as git lists folders with tests of their own."""
    listed = subprocess.run(
        ["git", "-C", str(FLEET / "repos"), "ls-files"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    folders = {path.partition("/tests/")[0] for path in listed if "/tests/" in path}
    return {NAMES.get(folder, folder.rpartition("/")[2]): FLEET / "repos" / folder for folder in folders}


def needs() -> set[tuple[str, str]]:
    """(service, what it waits for) as compose files and the configuration say, third parties followed by hand."""
    found = {("collector", "auth")}  # through the broker, which asks auth who may connect
    for repo in ("platform", "forecast", "dispatch"):
        nodes: dict[str, Any] = yaml.safe_load((FLEET / "repos" / repo / "docker-compose.yml").read_text())[
            "services"
        ]
        built = {name: body["build"] for name, body in nodes.items() if "build" in body}
        folders = {n: (b if isinstance(b, str) else b["context"]).removeprefix("./") for n, b in built.items()}
        names = {n: NAMES.get(f"{repo}/{folder}", folder.rpartition("/")[2]) for n, folder in folders.items()}
        for name, body in nodes.items():
            found |= {(names[name], names[on]) for on in body.get("depends_on", ()) if {name, on} <= set(names)}
    services = yaml.safe_load((FLEET / "config.yaml").read_text())["services"]
    return found | {(name, on) for name, body in services.items() for on in body.get("depends_on", ())}


@pytest.fixture(scope="module")
def groups() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read(".phase2_service_groups.json"))
    return found


def test_they_are_what_the_command_writes_today(convoy: Convoy, tmp_path: Path) -> None:
    repos = sorted((FLEET / "repos").iterdir())
    assert convoy("plan", *repos, "--config", FLEET / "config.yaml", "--out", tmp_path).code == 0
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {path.name: path.read_bytes() for path in DOCUMENTS.iterdir()} == written, "run `make docs`"


def test_the_published_schema_is_the_one_that_is_kept_to() -> None:
    assert json.loads((ROOT / "docs" / "service-groups.schema.json").read_text()) == schema(), "run `make docs`"


def test_the_analysis_names_every_service_that_git_lists() -> None:
    services = rows(read("phase2-dependency-analysis.md").partition("## What each")[0])[1:]
    assert {row[0] for row in services} == set(fleet())
    assert all(
        (FLEET / "repos" / row[1].strip("`").partition("/")[2] / row[2].strip("`")).is_dir() for row in services
    )


def test_the_analysis_has_exactly_the_edges_of_compose_and_configuration() -> None:
    table = read("phase2-dependency-analysis.md").partition("## Who waits for whom")[2].partition("## Knots")[0]
    assert {(row[0], row[1]) for row in rows(table)[1:]} == needs()


def test_the_lines_that_the_analysis_names_hold_what_it_read_there() -> None:
    table = read("phase2-dependency-analysis.md").partition("## Who waits for whom")[2].partition("## Knots")[0]
    compose = (FLEET / "repos" / "platform" / "docker-compose.yml").read_text().splitlines()
    places = {row[0]: re.findall(r"docker-compose\.yml:(\d+)", row[2]) for row in rows(table)}
    for service, on in (("rules", "collector"), ("store", "collector")):
        assert on in compose[int(places[service][0]) - 1]
    broker, auth = (compose[int(line) - 1] for line in places["collector"])
    assert "broker" in broker
    assert "auth" in auth


def test_the_analysis_lists_for_tenacity_who_pins_an_older_one(groups: dict[str, Any]) -> None:
    older = {
        name
        for name, folder in fleet().items()
        for path in (*folder.rglob("*.txt"), *folder.glob("pyproject.toml"))
        if re.search(r"tenacity\W{0,6}8\.2", path.read_text())
    }
    table = read("phase2-dependency-analysis.md").partition("## What each")[2].partition("## Who waits")[0]
    [row] = [row for row in rows(table) if row[0] == "tenacity"]
    assert set(row[4].split(", ")) == older == set(groups["upgrades"]["tenacity"])


def test_the_assessment_takes_criticality_from_the_configuration_alone() -> None:
    configured = yaml.safe_load((FLEET / "config.yaml").read_text())["services"]
    wanted = {n: b["criticality"] for n, b in configured.items() if b.get("criticality") in ("high", "critical")}
    sections = read("phase2-risk-assessment.md").split("\n### ")[1:]
    found = {s.partition(": ")[0]: m[1] for s in sections if (m := re.search(r"\| criticality \| (\w+) \|", s))}
    assert found == wanted


def test_the_assessment_counts_who_waits_as_a_walk_through_the_edges_does() -> None:
    waiting = {"auth"}
    for _ in fleet():
        waiting |= {service for service, on in needs() if on in waiting}
    section = read("phase2-risk-assessment.md").partition("### auth:")[2].partition("###")[0]
    assert f"| {len(waiting) - 1} services wait for it |" in section


def test_the_points_of_the_assessment_add_up_and_give_the_level() -> None:
    for section in read("phase2-risk-assessment.md").partition("## How points")[0].split("\n### ")[1:]:
        head, _, table = section.partition("\n")
        match = re.fullmatch(r".*: (low|medium|high|critical), (\d+) points?", head)
        assert match
        points = sum(int(row[0]) for row in rows(table)[1:])
        assert points == int(match[2])
        level = "critical" if points >= 14 else "high" if points >= 9 else "medium" if points >= 4 else "low"
        assert level == match[1]


def waves() -> dict[str, int]:
    parts = read("phase2-migration-order.md").split("\n## Wave ")[1:]
    return {row[0]: number for number, part in enumerate(parts, 1) for row in rows(part)[1:]}


def test_in_the_order_whoever_is_waited_for_goes_first_but_for_the_knot() -> None:
    place = waves()
    knot = {("bidder", "scheduler"), ("scheduler", "bidder")}
    assert knot <= needs()
    assert place["bidder"] == place["scheduler"]
    assert all(place[on] < place[service] for service, on in needs() - knot)


def test_in_the_order_nobody_goes_later_than_needed() -> None:
    place, edges = waves(), needs()
    for service in set(place) - {"bidder", "scheduler"}:
        assert place[service] == 1 + max((place[on] for one, on in edges if one == service), default=0)


def test_the_order_names_what_each_service_goes_after() -> None:
    text = {row[0]: row[2] for row in rows(read("phase2-migration-order.md")) if len(row) == 3}
    for service, on in needs() - {("bidder", "scheduler"), ("scheduler", "bidder")}:
        assert on in text[service]


def test_the_service_groups_say_the_same_as_the_order(groups: dict[str, Any]) -> None:
    place = waves()
    assert {name: number for number, wave in enumerate(groups["waves"], 1) for name in wave} == place
    assert groups["knots"] == [["bidder", "scheduler"]]
    assert {(s["name"], e["service"]) for s in groups["services"] for e in s["depends_on"]} == needs()


def test_in_the_picture_waves_stand_from_left_to_right() -> None:
    place, space = waves(), "{http://www.w3.org/2000/svg}"
    root = ElementTree.fromstring(read("phase2-dependency-graph.svg"))
    boxes = {g.findtext(f"{space}title") or "": g.find(f"{space}rect") for g in root.findall(f"{space}g")}
    assert set(boxes) == set(fleet())
    left = {name: int(box.attrib["x"]) for name, box in boxes.items() if box is not None}
    ordered = sorted(left, key=lambda name: place[name])
    assert all((left[a] < left[b]) == (place[a] < place[b]) for a, b in pairwise(ordered))


def guide() -> str:
    return read("phase2-batch-rebuild-guide.md")


def test_the_guide_has_the_waves_of_the_order() -> None:
    table = {int(row[0]): set(row[1].split(", ")) for row in rows(guide()) if row[0].isdigit()}
    assert {name: number for number, names in table.items() for name in names} == waves()
    assert set(waves()) == set(fleet())


def test_the_guide_says_the_limits_that_the_configuration_sets() -> None:
    policy = yaml.safe_load((FLEET / "config.yaml").read_text())["policy"]
    said = re.search(
        r"At most (\d+) pull requests are open .* for (\d+) seconds.*within (\d+) minutes", guide(), re.DOTALL
    )
    assert said
    assert [said[1], f"{said[2]}s", f"{said[3]}m"] == [
        str(policy["open_prs"]),
        policy["soak"],
        policy["checks_timeout"],
    ]
    assert f"more than {policy['halt_at'].replace('%', ' %')} of the merged services" in " ".join(guide().split())


def test_the_guide_lists_the_upgrades_and_the_critical_services_of_the_configuration() -> None:
    wanted = yaml.safe_load((FLEET / "config.yaml").read_text())
    table = guide().partition("| Upgrade | Moves |")[2].partition("## Before")[0]
    assert [row[0] for row in rows(table)] == wanted["upgrades"]
    critical = [name for name, body in wanted["services"].items() if body.get("criticality") == "critical"]
    assert f"Critical services, by the configuration: {', '.join(critical)}." in guide()


def test_the_guide_names_who_needs_each_other_as_the_edges_do() -> None:
    mutual = sorted({tuple(sorted(edge)) for edge in needs() if (edge[1], edge[0]) in needs()})
    assert [f"{', '.join(pair)} need each other" for pair in mutual] == re.findall(
        r"^.* need each other", guide(), re.M
    )
