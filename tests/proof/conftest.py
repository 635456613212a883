"""``--library`` and ``--sample``: less than everything, for whoever works on one library, and for CI."""

from __future__ import annotations

import pytest

SAMPLED = 4
"""Of each library, so many rules are run by CI."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--library", help="only the rules of this one")
    parser.addoption("--sample", action="store_true", help="of each library the first rules, by their first probe")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = [item for item in items if _is_wanted(config, item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
    if config.getoption("--sample", False):
        wanted = _sample(wanted)
    items[:] = wanted


def _is_wanted(config: pytest.Config, item: pytest.Item) -> bool:
    library, case = config.getoption("--library", None), _case(item)
    return not library or case is None or case.rule.library == library


def _sample(items: list[pytest.Item]) -> list[pytest.Item]:
    """The first probes of the first rules that have one, rewriting rules before flagging ones."""
    chosen: dict[str, dict[str, str]] = {}
    for item in sorted(items, key=lambda i: (c := _case(i)) is not None and not c.is_rewritten):
        if (case := _case(item)) is not None:
            rules = chosen.setdefault(case.rule.library, {})
            if len(rules) < SAMPLED:
                rules.setdefault(case.rule.id, case.example.title)
    return [i for i in items if (c := _case(i)) is None or chosen[c.rule.library].get(c.rule.id) == c.example.title]


def _case(item: pytest.Item):  # type: ignore[no-untyped-def]
    callspec = getattr(item, "callspec", None)
    return None if callspec is None else callspec.params.get("case")
