"""A base that was red before: held by default, and let through where no test fails that did not fail there."""

from __future__ import annotations

from pathlib import Path

from voyage import HUB, Voyage, service

from bot.sandbox.ci import Result
from transforms.model import Files

OLD = "FAILED tests/test_clock.py::test_noon - assert 11 == 12"
NEW = "FAILED tests/test_app.py::test_fetch - AttributeError"


def sailed(root: Path, *, ours: tuple[str, ...] = (), whole: bool = True, **policy: object) -> Voyage:
    """One test fails on the base; on the migrated tree ``ours`` fail, too."""

    def verdict(job: str, files: Files) -> Result:
        failed = (OLD, *(ours if b"==9" in files["requirements.txt"] else ()))
        count = f"{len(failed)} failed, 7 passed in 0.10s" if whole else ""
        return Result("failure", f"{len(failed)} failed", "", "\n".join((*failed, count)))

    voyage = Voyage(root, {HUB: service()}, **{"red_base": "no_new_failures", **policy})
    voyage.ci.verdict = verdict
    voyage.anna.push(HUB, "main", {"NOTES": "the clock is wrong\n"})
    voyage.sandbox.settle()
    voyage.sail(8, approving=False)
    return voyage


def test_where_no_test_fails_that_did_not_fail_before_a_persons_approval_lets_it_merge(tmp_path: Path) -> None:
    voyage = sailed(tmp_path)
    assert voyage.phases() == {"hub": "AwaitingReview"}
    assert voyage.reason("hub") == "no test fails that did not fail before in test; 0 of 1 approval"
    assert "no test fails here that did not fail there" in voyage.comments("hub")[0]
    voyage.sail()
    assert voyage.phases() == {"hub": "Settled"}


def test_even_where_green_ones_merge_by_themselves_a_red_one_waits_for_a_person(tmp_path: Path) -> None:
    voyage = sailed(tmp_path, merge="when_green", approvals=0)
    voyage.sail(6, approving=False)
    assert voyage.merged() == []
    assert voyage.phases() == {"hub": "AwaitingReview"}


def test_a_test_that_fails_only_here_holds_it(tmp_path: Path) -> None:
    voyage = sailed(tmp_path, ours=(NEW,))
    assert voyage.phases() == {"hub": "RedBefore"}
    voyage.anna.approve(voyage.pull("hub"))
    voyage.sail(6)
    assert voyage.merged() == []


def test_where_nobody_can_tell_all_the_tests_it_holds(tmp_path: Path) -> None:
    assert sailed(tmp_path, whole=False).phases() == {"hub": "RedBefore"}


def test_by_default_it_holds_whatever_the_tests_are(tmp_path: Path) -> None:
    assert sailed(tmp_path, red_base="hold").phases() == {"hub": "RedBefore"}
