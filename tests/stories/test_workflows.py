"""Pins in CI workflows: flagged with the exact new line, or moved where the policy says so and the app may."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from voyage import HUB, Voyage, service

from bot.config import load
from bot.sandbox.world import BOT

CI = ".github/workflows/ci.yml"
STEPS = """\
jobs:
  test:
    steps:
      - run: pip install tenacity==8.2.3 ruff
      - run: pip install "tenacity>=8,<9"
      - run: pip install tenacity
"""


def sailed(root: Path, *, edit: bool, may: bool = True) -> Voyage:
    voyage = Voyage(root, {HUB: service() | {CI: STEPS}}, merge="when_green")
    found = load(f"policy: {{edit_workflows: {str(edit).lower()}}}").upgrades
    voyage.config = replace(voyage.config, upgrades=tuple(u for u in found if u.library == "tenacity"))
    voyage.sandbox.state.world.users[BOT].workflows = may
    voyage.sail(6, approving=False)
    return voyage


def test_by_default_a_workflow_stays_as_it_is_and_the_new_line_is_told(tmp_path: Path) -> None:
    voyage = sailed(tmp_path, edit=False)
    pull = voyage.pull("hub")
    assert voyage.file(HUB, CI, pull.head_ref) == STEPS
    assert "workflow files are not edited" in pull.body


def test_where_policy_says_so_its_pins_move_with_the_others(tmp_path: Path) -> None:
    voyage = sailed(tmp_path, edit=True)
    found = voyage.file(HUB, CI, voyage.pull("hub").head_ref).splitlines()
    assert found[3] == "      - run: pip install tenacity==9.1.2 ruff"
    assert found[4].startswith('      - run: pip install "tenacity')
    assert "8" not in found[4]
    assert found[5] == "      - run: pip install tenacity"


def test_without_the_permission_the_forges_own_words_are_shown_and_nothing_is_opened(tmp_path: Path) -> None:
    voyage = sailed(tmp_path, edit=True, may=False)
    assert voyage.phases() == {"hub": "Broken"}
    assert "without `workflows`" in voyage.reason("hub")
    assert voyage.pulls(HUB) == ()
