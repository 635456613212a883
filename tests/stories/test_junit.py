"""The tests' own JUnit report, uploaded by the job, tells which tests failed where no log does."""

from __future__ import annotations

from pathlib import Path

import pytest
from voyage import HUB, Voyage, service

from bot.config import ServiceConfig
from bot.sandbox.ci import Result
from transforms.model import Files


def report(*failed: str) -> str:
    cases = "".join(f'<testcase classname="a" name="{name}"><failure/></testcase>' for name in failed)
    return f'<testsuite failures="{len(failed)}">{cases}<testcase classname="a" name="fine"/></testsuite>'


@pytest.mark.parametrize(
    ("artifact", "after", "phase"),
    [
        ("test-report", "noon", "Settled"),
        ("test-report", "midnight", "RedBefore"),
        (None, "noon", "RedBefore"),
        ("another", "noon", "RedBefore"),
    ],
)  # fmt: skip
def test_a_red_base_is_excused_only_by_a_report_that_shows_the_same_tests_failing(
    tmp_path: Path, artifact: str | None, after: str, phase: str
) -> None:
    def verdict(job: str, files: Files) -> Result:
        failed = after if b"==9" in files["requirements.txt"] else "noon"
        return Result("failure", log="exit code 1\n", artifacts={"test-report": report(failed)})

    told = {"hub": ServiceConfig(junit=artifact)}
    voyage = Voyage(tmp_path, {HUB: service()}, services=told, red_base="no_new_failures")
    voyage.ci.verdict = verdict
    voyage.anna.push(HUB, "main", {"NOTES": "the clock is wrong\n"})
    voyage.sandbox.settle()
    voyage.sail(40)
    assert voyage.phases() == {"hub": phase}
