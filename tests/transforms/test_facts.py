"""Every verified fact that asks for something is held by a rule, an example or a test: ``facts.md`` is the list."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from transforms.registry import rule, rules
from transforms.rule import Example, Rule

PAGE = Path(__file__).with_name("facts.md")
ROOT = Path(__file__).parents[2]
ASKS = ("AUTO", "AUTO+NOTE", "FLAG", "LEAVE")


@dataclass(frozen=True)
class Row:
    """A line of the page."""

    section: str
    name: str
    asks: str
    holders: tuple[str, ...]

    def having(self, mark: str) -> list[tuple[str, str]]:
        """The holders of a kind, taken apart at its mark."""
        return [(h.partition(mark)[0], h.partition(mark)[2]) for h in self.holders if mark in h]

    @property
    def excused(self) -> list[str]:
        return [why for _, why in self.having("none: ")]

    @property
    def tests(self) -> list[str]:
        return [where for _, where in self.having("test: ")]

    @property
    def left(self) -> list[tuple[Rule, str]]:
        return [(rule(id), title) for id, title in self.having(" noop: ")]

    @property
    def plain(self) -> list[tuple[Rule, str]]:
        """The rules, and the level of those that flag."""
        named = (h for h in self.holders if not h.startswith(("none: ", "test: ")) and " noop: " not in h)
        return [(rule(h.partition(" ")[0]), h.partition(" ")[2]) for h in named]


def read() -> list[Row]:
    found, section = [], ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        section = line.removeprefix("## ") if line.startswith("## ") else section
        if line.startswith("| ") and not line.startswith(("| ---", "| Row |")):
            name, asks, holders = (cell.strip() for cell in line.strip("| ").split(" | "))
            found.append(Row(section, name, asks, tuple(holders.split("; ")) if "; " in holders else (holders,)))
    return [rejoined(row) for row in found]


def rejoined(row: Row) -> Row:
    """A title or a reason may hold a semicolon: what begins like no holder belongs to the one before."""
    whole: list[str] = []
    for part in row.holders:
        begins = part.startswith(("none: ", "test: ")) or (part[:6].isalnum() and part[:3].isupper())
        if begins or not whole:
            whole.append(part)
        else:
            whole[-1] += f"; {part}"
    return Row(row.section, row.name, row.asks, tuple(whole))


ROWS = read()
every_row = pytest.mark.parametrize("row", ROWS, ids=lambda r: f"{r.section.split()[0]} {r.name}")


def edits(example: Example) -> bool:
    return example.after is not None or bool(example.others_after)


def test_the_page_has_rows_and_tells_each_once() -> None:
    assert len(ROWS) > 200
    assert not [row for row, times in Counter((r.section, r.name) for r in ROWS).items() if times > 1]
    assert {r.asks for r in ROWS} == set(ASKS)


@every_row
def test_what_a_fact_asks_for_is_done(row: Row) -> None:
    rewriting = [r for r, level in row.plain if not level]
    flagging = [r for r, level in row.plain if level]
    done = {
        "AUTO": rewriting or row.tests or row.excused,
        "AUTO+NOTE": rewriting or row.tests or row.excused,
        "FLAG": flagging or rewriting or row.tests or row.excused,
        "LEAVE": row.left or row.tests,
    }
    assert done[row.asks], f"nothing holds {row.name}"


@every_row
def test_the_rules_and_examples_that_a_fact_names_are_there(row: Row) -> None:
    for one, title in row.left:
        assert [e for e in one.examples if e.title == title and not e.acts], f"{one.id} has no such noop"
    for one, level in row.plain:
        if level:
            levels = {place[2].value for e in one.examples for place in e.flagged}
            assert level in levels, f"{one.id} flags as {levels}"
        else:
            assert any(edits(e) and e.probe is not None for e in one.examples), f"{one.id} proves no rewrite"


@every_row
def test_the_tests_that_a_fact_names_are_there(row: Row) -> None:
    for where in row.tests:
        path, _, name = where.partition("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_rule_is_named_by_a_fact() -> None:
    named = {r.id for row in ROWS for r, _ in (*row.plain, *row.left)}
    assert {r.id for r in rules()} - named == set()


@pytest.mark.parametrize("one", rules(), ids=lambda r: r.id)
def test_every_rule_says_what_it_leaves_alone(one: Rule) -> None:
    assert [e for e in one.examples if not e.acts]
