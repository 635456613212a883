"""The order of the fleet: chains, diamonds, knots, third parties, and shared files."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.graph import closing, direct, groups, order
from bot.model import Edge


def edges(*pairs: str) -> list[Edge]:
    """``"api>db"`` reads: api depends on db."""
    return [Edge(*pair.split(">"), source="here") for pair in pairs]


def test_a_chain_sails_one_service_after_the_other() -> None:
    plan = order("abc", edges("a>b", "b>c"))
    assert plan.waves == (("c",), ("b",), ("a",))
    assert plan.depends_on == {"a": ("b",), "b": ("c",), "c": ()}
    assert plan.descendants == {"a": 0, "b": 1, "c": 2}
    assert [plan.wave(s) for s in "cba"] == [1, 2, 3]


def test_the_two_sides_of_a_diamond_share_a_wave() -> None:
    plan = order("wxyz", edges("w>x", "w>y", "x>z", "y>z"))
    assert plan.waves == (("z",), ("x", "y"), ("w",))
    assert plan.descendants["z"] == 3


def test_services_without_edges_are_one_wave_sorted_by_name() -> None:
    assert order(["b", "a"], []).waves == (("a", "b"),)


def test_an_empty_fleet_has_an_empty_order() -> None:
    assert order([], []).waves == ()


def test_a_knot_sails_together_and_its_dependents_after_it() -> None:
    plan = order("abcd", edges("a>b", "b>a", "c>a", "b>d"))
    assert plan.knots == (("a", "b"),)
    assert plan.waves == (("d",), ("a", "b"), ("c",))
    assert plan.depends_on["a"] == ("b",)


def test_a_database_between_two_services_is_bridged_not_dropped() -> None:
    plan = order("ab", edges("a>postgres", "postgres>volume", "volume>b"))
    assert plan.depends_on == {"a": ("b",), "b": ()}
    assert plan.waves == (("b",), ("a",))


def test_a_bridged_edge_tells_the_whole_way() -> None:
    way = [Edge("a", "postgres", "compose.yml:3"), Edge("postgres", "b", "compose.yml:9")]
    assert direct("ab", way) == (Edge("a", "b", "compose.yml:3 → compose.yml:9"),)


def test_a_shared_database_couples_nobody() -> None:
    assert order("ab", edges("a>postgres", "b>postgres")).depends_on == {"a": (), "b": ()}


def test_two_third_parties_in_a_circle_end_the_walk() -> None:
    assert order("ab", edges("a>x", "x>y", "y>x", "y>b")).depends_on["a"] == ("b",)


def test_a_service_that_names_itself_is_no_knot() -> None:
    plan = order("a", edges("a>a"))
    assert plan.knots == ()
    assert plan.depends_on == {"a": ()}


def test_the_edge_that_closes_a_knot_is_named() -> None:
    knot = edges("a>b", "b>c", "c>a")
    assert closing("abc", [*knot, *edges("a>z")]) == (knot[2],)


def test_services_that_edit_the_same_file_are_one_group() -> None:
    edits = {"a": {"conftest.py", "a.txt"}, "b": {"conftest.py", "shared.txt"}, "c": {"shared.txt"}, "d": {"d.txt"}}
    assert groups(edits) == (("a", "b", "c"),)


def test_a_service_and_a_file_of_the_same_name_are_not_confused() -> None:
    assert groups({"a": {"b"}, "b": {"c"}}) == ()


pairs = st.lists(st.tuples(st.sampled_from("abcdefXY"), st.sampled_from("abcdefXY")), max_size=20)


@given(pairs, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_the_edges_come(
    found: list[tuple[str, str]], chance: random.Random
) -> None:
    given_edges = [Edge(service, on, "") for service, on in found]
    shuffled = chance.sample(given_edges, len(given_edges))
    assert order("abcdef", given_edges) == order("fedcba", shuffled)


@given(pairs)
def test_every_service_has_one_wave_and_waits_only_for_earlier_waves_or_its_knot(
    found: list[tuple[str, str]],
) -> None:
    plan = order("abcdef", [Edge(service, on, "") for service, on in found])
    assert sorted(s for wave in plan.waves for s in wave) == list("abcdef")
    for service, needs in plan.depends_on.items():
        for need in needs:
            together = any({service, need} <= set(knot) for knot in plan.knots)
            assert plan.wave(need) < plan.wave(service) or (together and plan.wave(need) == plan.wave(service))
