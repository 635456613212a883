"""Which tests failed is known when all of it is there, and never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.testids import MOST, UNKNOWN, TestIds, read

LOG = """\
=================================== FAILURES ===================================
E   assert False
=========================== short test summary info ============================
FAILED tests/test_api.py::test_get - assert False
FAILED tests/test_api.py::test_put[a - b] - ValueError: x
ERROR tests/test_old.py - ImportError: no
==================== 2 failed, 3 passed, 1 error in 0.12s ====================
"""
ALL = frozenset(
    {"FAILED tests/test_api.py::test_get", "FAILED tests/test_api.py::test_put[a - b]", "ERROR tests/test_old.py"}
)


def test_every_failure_and_error_of_a_whole_summary_is_known() -> None:
    assert read(LOG).failed == ALL
    assert read(LOG.replace("\n", "\r\n")).failed == ALL
    assert read(LOG.replace("FAILED", "\x1b[31mFAILED\x1b[0m")).failed == ALL


def test_a_quiet_run_and_two_runs_in_one_job_are_known_too() -> None:
    quiet = "FAILED a.py::test_a\n1 failed in 0.01s\n"
    assert read(quiet).failed == {"FAILED a.py::test_a"}
    assert read(quiet + "5 passed in 2.00s\n").failed == {"FAILED a.py::test_a"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lint: 3 problems",
        LOG.replace("FAILED tests/test_api.py::test_get - assert False\n", ""),
        LOG.partition("=====================  2 failed")[0].replace("2 failed, 3 passed, 1 error in 0.12s", ""),
        LOG.replace("2 failed", "3 failed"),
        LOG + "!!!!!!!!!!!!!!! stopping after 3 failures !!!!!!!!!!!!!!!\n",
        LOG + "!!!!!!!!!!!!!!! Interrupted: 1 error during collection !!!!!!!!!!!!!!!\n",
        LOG + LOG,
        "x" * MOST + LOG,
    ],
)
def test_what_is_cut_short_stopped_early_or_said_otherwise_is_unknown(text: str) -> None:
    assert read(text) == UNKNOWN


@pytest.mark.parametrize(
    ("here", "before", "excused"),
    [
        ({"a"}, {"a"}, True),
        ({"a"}, {"a", "b"}, True),
        ({"a", "b"}, {"a"}, False),
        ({"a"}, set(), False),
        (set(), {"a"}, False),
        (None, {"a"}, False),
        ({"a"}, None, False),
        (None, None, False),
    ],
)
def test_only_failures_known_on_both_sides_excuse_each_other(
    here: set[str] | None, before: set[str] | None, excused: bool
) -> None:
    def ids(names: set[str] | None) -> TestIds:
        return TestIds(None if names is None else frozenset(names))

    assert ids(here).excused_by(ids(before)) is excused


@given(st.text())
def test_nothing_that_a_job_prints_raises(text: str) -> None:
    assert read(text).failed is None or text
