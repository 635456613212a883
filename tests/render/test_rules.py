"""A rule is shown by its title and linked to its release note; an unknown id is still shown."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bot.render import pull_body
from bot.render.rules import rule_words
from tests.render.samples import VIEW
from transforms import registry


@pytest.fixture
def known_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = SimpleNamespace(id="TEN001", title="`statistics` moved", link="https://tenacity.example/9", proof="ran")
    monkeypatch.setattr(registry, "rules", lambda: (rule,))


@pytest.mark.usefixtures("known_rule")
def test_a_known_rule_has_a_title_and_a_link():
    assert rule_words("TEN001").shown == "[`TEN001`](https://tenacity.example/9)"
    assert "| [`TEN001`](https://tenacity.example/9) | `statistics` moved | [`billing/charge.py:14`](" in pull_body(
        VIEW
    )


@pytest.mark.usefixtures("known_rule")
def test_a_rule_that_nobody_knows_is_shown_by_its_id():
    assert rule_words("XXX999").shown == "`XXX999`"
    assert "| `TEN002` |  |" in pull_body(VIEW)
