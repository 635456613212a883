"""Names of ``pytest_asyncio.plugin`` that were never public are mostly gone.

https://github.com/pytest-dev/pytest-asyncio/releases/tag/v1.0.0
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.pytest_world.proving import SUITE
from transforms.rewrites import Flag, dotted_text
from transforms.rule import Example, Probe, Rule, Verdicts

_GONE = frozenset(
    [
        "FactoryFixtureFunction",
        "MultipleEventLoopsRequestedError",
        "SimpleFixtureFunction",
        "_MULTIPLE_LOOPS_REQUESTED_ERROR",
        "_REDEFINED_EVENT_LOOP_FIXTURE_WARNING",
        "_UNCLOSED_EVENT_LOOP_WARNING",
        "_add_finalizers",
        "_add_kwargs",
        "_close_event_loop",
        "_create_task_in_context",
        "_event_loop_fixture_id",
        "_fixture_scope_by_collector_type",
        "_get_event_loop_fixture_id_for_async_fixture",
        "_get_marked_loop_scope",
        "_hypothesis_test_wraps_coroutine",
        "_inject_fixture_argnames",
        "_is_coroutine",
        "_is_hypothesis_test",
        "_is_pytest_asyncio_loop",
        "_make_pytest_asyncio_loop",
        "_perhaps_rebind_fixture_func",
        "_preprocess_async_fixtures",
        "_provide_clean_event_loop",
        "_provide_event_loop",
        "_restore_event_loop_policy",
        "_retrieve_scope_root",
        "_session_event_loop",
        "_synchronize_async_fixture",
        "event_loop",
        "pytest_collection_modifyitems",
        "pytest_collectstart",
        "pytest_generate_tests",
        "pytest_pycollect_makeitem",
        "pytest_pycollect_makeitem_preprocess_async_fixtures",
        "pytest_runtest_setup",
        "wrap_in_sync",
    ]
)
"""What 0.21 to 0.26 had there and 1.3 or a later release has not."""


def find(page: Page) -> Verdicts:
    """Imports and uses of such names."""
    for statement in page.all(cst.ImportFrom):
        if dotted_text(statement.module) == "pytest_asyncio.plugin" and not isinstance(
            statement.names, cst.ImportStar
        ):
            gone = [n for n in (dotted_text(alias.name) or "" for alias in statement.names) if n in _GONE]
            if gone:
                yield Flag(statement, _message(gone))
    for use in page.all(cst.Attribute):
        module, _, name = (page.resolve(use) or "").rpartition(".")
        if module == "pytest_asyncio.plugin" and name in _GONE:
            yield Flag(use, _message([name]))


def _message(names: list[str]) -> str:
    return f"gone from `pytest_asyncio.plugin`, where they were never public: {', '.join(f'`{n}`' for n in names)}"


RULE = Rule(
    id="PAS015",
    title="Private names of the plugin",
    library="pytest-asyncio",
    link="https://github.com/pytest-dev/pytest-asyncio/releases/tag/v1.0.0",
    was="`from pytest_asyncio.plugin import _provide_clean_event_loop` and others could be imported.",
    now="`ImportError: cannot import name …`",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"pytest_asyncio.plugin",),
    apply=find,
    examples=(
        Example(
            "a private name",
            "from pytest_asyncio.plugin import _provide_clean_event_loop, fixture\n",
            path="conftest.py",
            flags=((1, Level.BREAKS),),
            probe=Probe(old="no tests ran", broken="ImportError", command=SUITE),
        ),
        Example(
            "public names, and the plugin's module as a string",
            "from pytest_asyncio import fixture, is_async_test\n"
            "from pytest_asyncio.plugin import Mode, _wrap_async_fixture\n\n"
            'pytest_plugins = ["pytest_asyncio.plugin"]\n',
            path="conftest.py",
        ),
    ),
)
