"""The guides are rendered from the rules: current, complete, and honest about what the plan said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.cli.guides import guides
from transforms.registry import rules, upgrades

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
every_upgrade = pytest.mark.parametrize("upgrade", upgrades(), ids=lambda u: u.library)


def test_the_committed_guides_are_what_the_rules_say_today() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in GUIDES.iterdir()}
    assert committed == guides(), "run `make docs`"


@every_upgrade
def test_a_guide_shows_every_rule_with_its_link_and_every_example(upgrade):
    text = guides()[f"{upgrade.library}.md"]
    assert re.findall(r"^## ([A-Z]+\d+)$", text, re.MULTILINE) == [rule.id for rule in rules(upgrade.library)]
    for rule in rules(upgrade.library):
        section = text.split(f"\n## {rule.id}\n")[1].partition("\n## ")[0]
        assert rule.link in section
        assert section.count("\n*") + section.count("\n- ") >= len(rule.examples) + 2


@every_upgrade
def test_a_guide_shows_the_lines_that_a_rule_adds(upgrade):
    text = guides()[f"{upgrade.library}.md"]
    for rule in rules(upgrade.library):
        section = text.split(f"\n## {rule.id}\n")[1].partition("\n## ")[0]
        for example in (e for e in rule.examples if e.after is not None):
            new = set(example.after.splitlines()) - set(example.before.splitlines())
            assert all(f"\n+{line}".rstrip() in section for line in new), f"{rule.id}: {example.title}"


@every_upgrade
def test_each_upgrade_says_what_the_plan_got_wrong(upgrade):
    text = guides()[f"{upgrade.library}.md"]
    said = re.findall(r"^- The plan said: .+\. True is: .+\.$", text, re.MULTILINE)
    assert len(said) == len(upgrade.claims) > 0
