"""The committed pages of the proof are those of today's rules: nothing is missing, nothing is claimed beyond."""

from __future__ import annotations

import html
import re

import pytest

from tests.proof.pages import FOLDER, is_rewritten, place
from tests.proof.records import lasting
from transforms.model import Proof
from transforms.registry import environments, rules, upgrades
from transforms.rule import Example, Rule

LIBRARIES = [u.library for u in upgrades()]
every_library = pytest.mark.parametrize("library", LIBRARIES)
AGAIN = "run `make prove LIBRARY={}`"


def rows(library: str) -> list[list[str]]:
    """The cells of the table of proofs as a reader sees them."""
    lines = place(library).read_text(encoding="utf-8").splitlines()
    return [[shown(cell) for cell in line.strip("| ").split(" | ")] for line in lines if line.startswith("| [`")]


def shown(cell: str) -> str:
    return html.unescape(re.sub(r"</?code>|`|\u200b|\\(?=[\\*_\[\]~$!])", "", cell))


def proven(library: str) -> list[tuple[Rule, Example]]:
    return [(r, e) for r in rules(library) for e in r.examples if e.probe is not None]


def test_there_is_a_page_for_each_library_and_no_other() -> None:
    assert {path.name for path in FOLDER.glob("phase2-proof-*.md")} == {place(name).name for name in LIBRARIES}


@every_library
def test_a_page_names_exactly_the_registered_rules(library: str) -> None:
    text = place(library).read_text(encoding="utf-8")
    known = {
        rule.id for rule in rules(library) if rule.proof is not Proof.RAN or any(e.probe for e in rule.examples)
    }
    assert set(re.findall(r"\[`([A-Z]+\d+)`\]", text)) == known, AGAIN.format(library)
    assert {row[0].partition("]")[0].strip("[") for row in rows(library)} == {r.id for r, _ in proven(library)}


@every_library
def test_a_page_has_a_row_for_each_probe_and_quotes_what_that_expects(library: str) -> None:
    found = rows(library)
    assert len(found) == len(proven(library)), AGAIN.format(library)
    for row, (rule, example) in zip(found, proven(library), strict=True):
        assert example.probe is not None
        assert row[1] == example.title.replace("`", ""), AGAIN.format(library)
        wanted = [example.probe.old, example.probe.broken]
        wanted += [example.probe.works] * 2 if is_rewritten(example) else ["flagged", "flagged"]
        for cell, text in zip(row[2:], wanted, strict=True):
            assert lasting(text.strip().splitlines()[0]) in cell, f"{rule.id}: {AGAIN.format(library)}"


@every_library
def test_a_page_says_what_was_installed(library: str) -> None:
    text = place(library).read_text(encoding="utf-8")
    known = environments(library)
    assert all(f"`{pin}`" in text for pin in (*known.old, *known.target, *known.newest)), AGAIN.format(library)


@every_library
def test_a_page_is_the_same_on_every_machine(library: str) -> None:
    text = place(library).read_text(encoding="utf-8")
    assert not re.search(r"site-packages|/tmp/|/home/|0x[0-9a-f]{4}|\b\d+\.\d\ds\b", text)
