"""The planning documents as text: reasons in plain words, hostile names harmless, the picture well-formed."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from bot.graph import direct, order
from bot.model import Edge, Hint, Service
from bot.planning import Plan
from bot.render.chart import chart
from bot.render.mermaid import mermaid
from bot.render.planning import analysis, assessment, migration_order
from bot.risk import Factor, Risk
from transforms.model import Migration
from transforms.registry import upgrades

HOSTILE = 'a"]; click x</text><script>alert(1)</script> | @all `x` --> [y](http://evil.example)'


def plan(names: str | list[str], *edges: str, groups: tuple[tuple[str, ...], ...] = ()) -> Plan:
    found = [Edge(*pair.split(">", 1), source="compose.yml:7") for pair in edges]
    placed = order(names, found)
    return Plan(
        services=tuple(Service(name, "acme/shop", name) for name in names),
        migrations={name: Migration((), (), (), ()) for name in names},
        order=placed,
        knots=placed.knots,
        groups=groups,
        edges=direct(names, found),
        risks={name: Risk("medium", (Factor("tenacity", "8 → 9", 4),)) for name in names},
        campaign="phase2",
        hints=(Hint(names[0], names[-1], "a/.env:1", "service address"),),
        upgrades=upgrades(),
    )


def why(found: Plan, name: str) -> str:
    [row] = [line for line in migration_order(found).splitlines() if line.startswith(f"| {name} |")]
    return row.split(" | ")[2].removesuffix(" |")


def test_who_depends_on_nobody_is_said_to_with_who_waits() -> None:
    assert why(plan("abc", "b>a", "c>b"), "a") == "Depends on no other service. 2 services wait for it."


def test_the_dependency_that_decides_the_wave_is_named_with_its_place() -> None:
    assert why(plan("abc", "b>a", "c>b", "c>a"), "c") == (
        "After a (wave 1, `compose.yml:7`) and b (wave 2, `compose.yml:7`), the last of which goes in wave 2."
    )


def test_in_a_knot_it_is_told_who_holds_the_other_one_back() -> None:
    found = plan("abc", "a>b", "b>a", "b>c")
    assert (
        why(found, "a") == "In a knot with b, merged back to back; b goes after c (wave 1). 1 service waits for it."
    )
    assert "closes the knot: b needs a (`compose.yml:7`)." in analysis(found, "g.svg")


def test_who_shares_a_pull_request_is_told_why() -> None:
    assert "one pull request with b, because both change the same file" in why(
        plan("ab", groups=(("a", "b"),)), "a"
    )


def test_hostile_names_do_nothing_in_any_document() -> None:
    found = plan([HOSTILE, "b"], f"b>{HOSTILE}")
    for text in (analysis(found, "g.svg"), assessment(found), migration_order(found)):
        assert "<script" not in text
        assert "@all" not in text
        assert "[y](" not in text


def test_a_hostile_name_cannot_end_its_label_in_the_mermaid_text() -> None:
    lines = mermaid(plan([HOSTILE, "b"])).splitlines()
    [box] = [line for line in lines if "click" in line]
    assert box.count('"') == 2
    assert box.endswith('<br/>medium risk"]')
    assert "<script" not in box


@pytest.mark.parametrize("names", [["a"], [HOSTILE, "b", "\x00\ud800\u202e"], [f"acme/shop:{'x' * 90}", "b"]])
def test_the_picture_is_well_formed_and_holds_every_service_within_its_frame(names: list[str]) -> None:
    root = ElementTree.fromstring(chart(plan(names)))
    space = "{http://www.w3.org/2000/svg}"
    boxes = root.findall(f"{space}g")
    assert len(boxes) == len(names)
    assert not root.findall(f".//{space}script")
    for box in boxes:
        frame = box.find(f"{space}rect")
        assert frame is not None
        assert int(frame.attrib["x"]) + int(frame.attrib["width"]) < int(root.attrib["width"])
        assert int(frame.attrib["y"]) + int(frame.attrib["height"]) < int(root.attrib["height"])


def test_columns_of_the_picture_are_the_waves() -> None:
    root = ElementTree.fromstring(chart(plan("abcd", "b>a", "c>a", "d>c")))
    space = "{http://www.w3.org/2000/svg}"
    left = {g.findtext(f"{space}title"): int(g.find(f"{space}rect").attrib["x"]) for g in root.iter(f"{space}g")}  # type: ignore[union-attr]
    assert left["a"] < left["b"] == left["c"] < left["d"]


def test_a_hint_against_the_order_runs_back_between_the_columns() -> None:
    root = ElementTree.fromstring(chart(plan("ab", "b>a")))
    [path] = [p.attrib["d"] for p in root.iter("{http://www.w3.org/2000/svg}path") if "hint" in p.get("class", "")]
    numbers = [int(number) for number in re.findall(r"\d+", path)]
    assert numbers[0] > numbers[-2], "from the later column's left side to the earlier one's right side"


def test_of_a_name_too_long_for_its_box_the_end_is_kept() -> None:
    assert ">platform:services/api<" in chart(plan(["harbour-energy/platform:services/api", "b"]))


def test_an_empty_fleet_has_documents_too() -> None:
    empty = Plan((), {}, order([], []), (), (), (), {}, "phase2")
    assert "No service depends on another." in analysis(empty, "g.svg")
    assert ElementTree.fromstring(chart(empty)).tag.endswith("svg")
    assert "0 services" in migration_order(empty)
    assert "How points are given" in assessment(empty)
