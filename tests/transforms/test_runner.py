"""A service's migration as a whole: what each upgrade comes to, in which steps, with which lines."""

from __future__ import annotations

from itertools import pairwise

import pytest

from transforms.model import Files, Finding, Level, Migration, Outcome, Status, Verdict
from transforms.registry import rules, upgrade, upgrades
from transforms.rule import Example, Rule
from transforms.runner import groups, is_idempotent, migrate

READS = b"""\
from tenacity import retry


@retry
def fetch(): ...


fetch()
print(fetch.retry.statistics["attempt_number"])
"""
CALM = b"from tenacity import retry, wait_fixed\n\n\n@retry(wait=wait_fixed(1))\ndef fetch(): ...\n"


def outcome(files: Files, library: str, root: str = "") -> Outcome:
    return next(o for o in migrate(files, root, upgrades()).outcomes if o.upgrade == library)


def findings(migration: Migration, rule: str) -> list[Finding]:
    return [f for f in migration.findings if f.rule == rule]


# ── what an upgrade comes to ─────────────────────────────────────────────────────────────────────────────────


def test_a_library_neither_listed_nor_imported_is_unused() -> None:
    assert outcome({"app.py": b"print(1)\n"}, "tenacity").status is Status.UNUSED


def test_an_exact_pin_and_its_code_move_in_one_step() -> None:
    files = {"app.py": READS, "requirements.txt": b"tenacity==8.2.3\n"}
    migration = migrate(files, "", upgrades())
    (step,) = migration.steps
    assert step.upgrades == ("tenacity",)
    assert step.edits == {
        "app.py": READS.replace(b".retry.statistics", b".statistics"),
        "requirements.txt": b"tenacity==9.1.2\n",
    }
    told = outcome(files, "tenacity")
    assert (told.status, told.old, told.new) == (Status.APPLIED, "==8.2.3", "==9.1.2")
    assert told.reason == "the pin moved, 1 site rewritten"


def test_a_pin_that_needs_no_code_change_moves_alone() -> None:
    files = {"app.py": CALM, "requirements.txt": b"tenacity==8.2.3\n"}
    assert migrate(files, "", upgrades()).edits == {"requirements.txt": b"tenacity==9.1.2\n"}


def test_a_range_that_admits_the_target_stays_when_no_code_changes() -> None:
    files = {"app.py": CALM, "requirements.txt": b"tenacity>=8,<10\n"}
    assert migrate(files, "", upgrades()).steps == ()
    assert outcome(files, "tenacity").status is Status.CURRENT


def test_a_range_that_admits_both_is_raised_when_code_changes() -> None:
    files = {"app.py": READS, "requirements.txt": b"tenacity>=8,<10\n"}
    assert migrate(files, "", upgrades()).edits["requirements.txt"] == b"tenacity>=9.1.2,<10\n"


def test_a_service_that_was_migrated_by_hand_is_current_and_says_nothing() -> None:
    code = b"from tenacity import retry, wait_random_exponential\n\nwait = wait_random_exponential(min=5)\n"
    migration = migrate({"app.py": code, "requirements.txt": b"tenacity==9.1.2\n"}, "", upgrades())
    assert (migration.steps, migration.findings) == ((), ())
    assert {o.status for o in migration.outcomes} == {Status.CURRENT, Status.UNUSED}


def test_a_pin_moved_by_hand_without_its_code_is_still_work() -> None:
    files = {"app.py": READS, "requirements.txt": b"tenacity==9.1.2\n"}
    assert migrate(files, "", upgrades()).edits == {"app.py": READS.replace(b".retry.statistics", b".statistics")}
    assert outcome(files, "tenacity").reason == "1 site rewritten"


def test_a_listed_library_that_is_imported_nowhere_is_a_dead_pin_and_moves() -> None:
    files = {"app.py": b"print(1)\n", "requirements.txt": b"tenacity==8.2.3\n"}
    assert outcome(files, "tenacity").status is Status.DEAD_PIN
    assert migrate(files, "", upgrades()).edits == {"requirements.txt": b"tenacity==9.1.2\n"}


def test_a_test_tool_that_is_imported_nowhere_is_no_dead_pin() -> None:
    files = {"app.py": b"print(1)\n", "requirements.txt": b"pytest==8.3.3\n"}
    assert outcome(files, "pytest").status is Status.APPLIED


def test_an_imported_library_that_is_listed_nowhere_is_only_told() -> None:
    migration = migrate({"app.py": READS}, "", upgrades())
    assert migration.edits == {}
    (found,) = findings(migration, "TEN001")
    assert (found.verdict, found.level, found.line) == (Verdict.FLAGGED, Level.ADVICE, 9)
    assert outcome({"app.py": READS}, "tenacity").status is Status.UNDECLARED


SHARED = {
    "requirements.txt": b"tenacity==8.2.3\n",
    "requirements/base.txt": b"tenacity==8.2.3\n",
    "pyproject.toml": b"[project]\ndependencies = ['tenacity==8.2.3']\n",
    "services/requirements.in": b"tenacity==8.2.3\n",
}


@pytest.mark.parametrize("path", SHARED)
def test_a_service_that_lists_nothing_takes_the_pin_above_it_along(path: str) -> None:
    files = {"services/a/app.py": READS, "services/b/app.py": CALM, path: SHARED[path]}
    edits = migrate(files, "services/a", upgrades()).edits
    assert edits == {
        "services/a/app.py": READS.replace(b".retry.statistics", b".statistics"),
        path: SHARED[path].replace(b"8.2.3", b"9.1.2"),
    }
    assert is_idempotent(files, "services/a", upgrades(), migrate(files, "services/a", upgrades()))


def test_a_services_own_pin_counts_before_one_above_it_and_what_it_does_not_use_is_not_its_own() -> None:
    files = {
        "a/app.py": READS,
        "a/requirements.txt": b"tenacity==8.2.3\n",
        "requirements.txt": b"tenacity==8.2.3\n",
    }
    assert "requirements.txt" not in migrate(files, "a", upgrades()).edits
    assert migrate({"a/app.py": b"", "requirements.txt": b"tenacity==8.2.3\n"}, "a", upgrades()).edits == {}


@pytest.mark.parametrize("path", ["Dockerfile", ".github/workflows/ci.yml", "other/requirements.txt"])
def test_a_pin_that_is_installed_elsewhere_is_nobodys_below(path: str) -> None:
    files = {"a/app.py": READS, path: b"RUN pip install tenacity==8.2.3\n"}
    assert outcome(files, "tenacity", "a").status is Status.UNDECLARED


def test_a_python_below_the_floor_bars_the_upgrade_and_says_where_it_was_read() -> None:
    files = {"app.py": READS, "requirements.txt": b"tenacity==8.2.3\n", "Dockerfile": b"FROM python:3.8-slim\n"}
    told = outcome(files, "tenacity")
    assert told.status is Status.BARRED
    assert told.reason == "tenacity 9.1.2 needs Python >=3.9; Dockerfile:1 says 3.8"
    assert migrate(files, "", upgrades()).edits == {}


CI = b"matrix:\n  python-version: ['3.8', '3.12']\nrun: pytest\n"


def test_where_a_newer_python_gets_the_target_by_itself_the_code_moves_and_the_range_stays() -> None:
    files = {"app.py": READS, "requirements.txt": b"tenacity>=8\n", ".github/workflows/ci.yml": CI}
    assert set(migrate(files, "", upgrades()).edits) == {"app.py"}


def test_a_compiled_file_closes_no_open_pin() -> None:
    files = {"app.py": READS, "needs.in": b"tenacity\n", ".github/workflows/ci.yml": CI}
    compiled = {"ci-requirements.in": b"tenacity\n", "ci-requirements.txt": b"tenacity==8.2.3\n    # via -r x\n"}
    migration = migrate({**files, **compiled}, "", upgrades())
    assert set(migration.edits) == {"app.py"}
    assert [f.level for f in findings(migration, "PIN003")] == [Level.BREAKS]


def test_an_open_pin_whose_compiled_file_is_old_is_current_and_the_command_is_advice() -> None:
    files = {
        "a.py": b"import tenacity\n",
        "requirements.in": b"tenacity>=8\n",
        "requirements.txt": b"tenacity==8.2.3\n",
    }
    migration = migrate(files, "", upgrades())
    [outcome] = [o for o in migration.outcomes if o.upgrade == "tenacity"]
    assert outcome.status is Status.CURRENT
    assert outcome.reason.endswith("; requirements.txt was compiled with ==8.2.3")
    [finding] = findings(migration, "PIN003")
    assert (finding.level, migration.edits) == (Level.ADVICE, {})
    assert "`pip-compile --upgrade-package tenacity==9.1.2 requirements.in`" in finding.message


def test_what_is_compiled_for_others_and_imported_nowhere_is_unused() -> None:
    files = {
        "a.py": b"",
        "requirements.in": b"celery\n",
        "requirements.txt": b"celery==5\ntenacity==8.2.3\n    # via celery\n",
    }
    found = outcome(files, "tenacity")
    assert (found.status, found.reason) == (Status.UNUSED, "only in requirements.txt, for what others need")
    assert outcome({**files, "a.py": b"import tenacity\n"}, "tenacity").status is Status.BARRED


def test_an_old_pin_of_a_hook_bars_nothing() -> None:
    hooks = b"repos:\n- hooks:\n  - additional_dependencies: [tenacity==8.2.3]\n"
    files = {"a.py": b"import tenacity\n", "requirements.txt": b"tenacity\n", ".pre-commit-config.yaml": hooks}
    assert outcome(files, "tenacity").status is Status.CURRENT


def test_an_exact_pin_has_to_suit_every_python_that_ci_tests() -> None:
    files = {"app.py": READS, "requirements.txt": b"tenacity==8.2.3\n", ".github/workflows/ci.yml": CI}
    told = outcome(files, "tenacity")
    assert told.status is Status.BARRED
    assert told.reason == "tenacity 9.1.2 needs Python >=3.9; .github/workflows/ci.yml:2 says 3.8"


def test_poetry_wants_one_version_for_every_python() -> None:
    poetry = b'[tool.poetry.dependencies]\npython = "^3.8"\ntenacity = ">=8"\n'
    files = {"app.py": READS, "pyproject.toml": poetry}
    assert outcome(files, "tenacity").status is Status.BARRED


LOCK = b'[[package]]\nname = "tenacity"\nversion = "8.2.3"\n'


def test_an_old_lock_below_a_range_that_admits_the_target_bars_nothing() -> None:
    files = {"app.py": CALM, "requirements.txt": b"tenacity>=8\n", "uv.lock": LOCK}
    assert outcome(files, "tenacity").status is Status.CURRENT
    (found,) = migrate(files, "", upgrades()).findings
    assert (found.file, found.level) == ("uv.lock", Level.ADVICE)


def test_a_lock_has_to_follow_code_that_moved() -> None:
    files = {"app.py": READS, "requirements.txt": b"tenacity>=8\n", "uv.lock": LOCK}
    (found,) = (f for f in migrate(files, "", upgrades()).findings if f.file == "uv.lock")
    assert (found.line, found.level) == (2, Level.BREAKS)
    assert "uv lock --upgrade-package tenacity" in found.message


def test_a_barred_upgrade_leaves_the_others_free() -> None:
    files = {
        "app.py": READS,
        "test_app.py": b"import pytest\n",
        "requirements.txt": b"pytest==8.3.3\ntenacity==8.2.3\n",
        "Dockerfile": b"FROM python:3.9\n",
    }
    assert outcome(files, "pytest").status is Status.BARRED
    assert outcome(files, "tenacity").status is Status.APPLIED


def test_the_sites_of_an_upgrade_that_waits_for_a_newer_python_are_told_and_left() -> None:
    files = {"app.py": READS, "requirements.txt": b"tenacity==8.2.3\n", "Dockerfile": b"FROM python:3.7\n"}
    migration = migrate(files, "", upgrades())
    (told,) = migration.findings
    assert (told.verdict, told.level, told.file) == (Verdict.FLAGGED, Level.ADVICE, "app.py")
    assert told.message.startswith("once tenacity moves: ")
    assert migration.edits == {}


def test_a_pin_that_only_a_person_can_move_bars_an_upgrade_without_other_edits() -> None:
    files = {
        "app.py": CALM,
        "setup.py": b"from setuptools import setup\n\nsetup(install_requires=['tenacity==8.2.3'])\n",
    }
    told = outcome(files, "tenacity")
    assert told.status is Status.BARRED
    assert told.reason.startswith("the pin in setup.py:3 has to be moved by hand")


# ── coupled upgrades ─────────────────────────────────────────────────────────────────────────────────────────


def test_pytest_and_its_asyncio_plugin_are_one_step() -> None:
    files = {"test_app.py": b"import pytest\n", "requirements.txt": b"pytest==8.3.3\npytest-asyncio==0.23.8\n"}
    (step,) = migrate(files, "", upgrades()).steps
    assert step.upgrades == ("pytest", "pytest-asyncio")
    assert step.edits == {"requirements.txt": b"pytest==9.0.2\npytest-asyncio==1.3.0\n"}


def test_pytest_moves_alone_where_the_plugin_is_not_listed() -> None:
    files = {"test_app.py": b"import pytest\n", "requirements.txt": b"pytest==8.3.3\n"}
    (step,) = migrate(files, "", upgrades()).steps
    assert step.upgrades == ("pytest",)


def test_groups_keep_the_order_and_put_coupled_ones_together() -> None:
    named = [tuple(u.library for u in group) for group in groups(upgrades())]
    alone = ("tenacity", "python-dotenv", "asyncio-mqtt", "influxdb3-python", "influxdb-client")
    assert named == [("pytest", "pytest-asyncio"), *((name,) for name in alone)]


def test_steps_build_on_each_other() -> None:
    files = {"app.py": READS, "requirements.txt": b"pytest==8.3.3\ntenacity==8.2.3\npython-dotenv==1.0.1\n"}
    migration = migrate(files, "", upgrades())
    texts = [step.edits["requirements.txt"] for step in migration.steps]
    assert texts[-1] == b"pytest==9.0.2\ntenacity==9.1.2\npython-dotenv==1.2.1\n"
    assert migration.edits["requirements.txt"] == texts[-1]
    assert all(a != b for a, b in pairwise(texts))


def test_only_the_asked_upgrades_are_judged() -> None:
    files = {"app.py": READS, "requirements.txt": b"pytest==8.3.3\ntenacity==8.2.3\n"}
    migration = migrate(files, "", [upgrade("tenacity")])
    assert [o.upgrade for o in migration.outcomes] == ["tenacity"]
    assert migration.edits["requirements.txt"] == b"pytest==8.3.3\ntenacity==9.1.2\n"


# ── where ────────────────────────────────────────────────────────────────────────────────────────────────────

MONOREPO = {
    "services/a/app.py": READS,
    "services/a/requirements.txt": b"tenacity==8.2.3\n",
    "services/a/plugins/b/app.py": READS,
    "services/a/plugins/b/requirements.txt": b"tenacity==8.2.3\n",
    "services/ab/app.py": READS,
    "services/ab/requirements.txt": b"tenacity==8.2.3\n",
}


def test_only_files_of_the_service_are_edited() -> None:
    migration = migrate(MONOREPO, "services/a", upgrades(), exclude=["services/a/plugins/b"])
    assert sorted(migration.edits) == ["services/a/app.py", "services/a/requirements.txt"]


def test_a_virtual_environment_in_the_tree_is_nobodys_work() -> None:
    files = {".venv/lib/app.py": READS, "app.py": CALM, "requirements.txt": b"tenacity==8.2.3\n"}
    assert sorted(migrate(files, "", upgrades()).edits) == ["requirements.txt"]


def test_a_module_of_the_service_named_like_the_library_is_not_the_library() -> None:
    files = {"app.py": READS, "tenacity.py": b"retry = print\n", "requirements.txt": b"tenacity==8.2.3\n"}
    assert sorted(migrate(files, "", upgrades()).edits) == ["requirements.txt"]


# ── lines ────────────────────────────────────────────────────────────────────────────────────────────────────

SHIFTED = b"""\
import tenacity
import tenacity._asyncio

again = tenacity._asyncio.AsyncRetrying()


@tenacity.retry
def fetch(): ...


print(fetch.retry.statistics)
"""


def test_findings_tell_the_line_before_and_after() -> None:
    migration = migrate({"app.py": SHIFTED, "requirements.txt": b"tenacity==8.2.3\n"}, "", upgrades())
    (found,) = findings(migration, "TEN001")
    assert (found.line, found.new_line) == (11, 10)
    assert migration.edits["app.py"].splitlines()[9] == b"print(fetch.statistics)"


def test_lines_of_a_later_step_are_those_of_the_file_as_it_was() -> None:
    code = (
        SHIFTED
        + b'\n\ndef test_text(caplog):\n    assert "Python-dotenv could not parse statement" in caplog.text\n'
    )
    listed = b"python-dotenv==1.0.1\ntenacity==8.2.3\n"
    files = {"test_app.py": b"import dotenv\n" + code, "requirements.txt": listed}
    (found,) = findings(migrate(files, "", upgrades()), "DOT003")
    assert (found.line, found.new_line) == (16, 15)


# ── bad input ────────────────────────────────────────────────────────────────────────────────────────────────

BAD = {
    "broken.py": (b"from tenacity import retry\n\n\ndef f(:\n    f.retry.statistics\n", 4),
    "latin.py": (b"from tenacity import retry\nNAME = '\xe9'\nretry.statistics\n", 2),
    "unknown.py": (b"# -*- coding: klingon -*-\nfrom tenacity import retry\n", 1),
    "huge.py": (b"from tenacity import retry\n" + b"x = 1  # statistics\n" * 60_000, 1),
    "made_pb2.py": (b"# Generated by the protocol buffer compiler.  DO NOT EDIT!\nfrom tenacity import retry\n", 1),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_worked_on_is_named_with_its_line_and_the_rest_goes_on(name: str) -> None:
    content, line = BAD[name]
    files = {"app.py": READS, "requirements.txt": b"tenacity==8.2.3\n", name: content}
    migration = migrate(files, "", upgrades())
    assert sorted(migration.edits) == ["app.py", "requirements.txt"]
    (problem,) = migration.problems
    assert problem.file == name
    assert problem.line == line
    assert problem.message


def test_binary_files_and_odd_paths_do_no_harm() -> None:
    odd = {"logo.png": bytes(range(256)) * 9, "a\nb.py": READS, "empty.py": b"", "nul.py": b"\0tenacity statistics"}
    migration = migrate({**odd, "requirements.txt": b"tenacity==8.2.3\n"}, "", upgrades())
    assert sorted(migration.edits) == ["a\nb.py", "requirements.txt"]
    assert [p.file for p in migration.problems] == ["nul.py"]


def test_a_very_deep_expression_is_worked_on() -> None:
    deep = b"total = " + b" + ".join(b"f(%d)" % n for n in range(1200)) + b"\n" + READS
    migration = migrate({"app.py": deep, "requirements.txt": b"tenacity==8.2.3\n"}, "", upgrades())
    assert migration.edits["app.py"] == deep.replace(b".retry.statistics", b".statistics")


def test_a_rule_that_fails_is_named_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(page: object) -> list[object]:
        raise ZeroDivisionError("on purpose")

    bad = Rule("BAD001", "", "tenacity", "", "", "", rules("tenacity")[0].proof, (b"retry",), apply=fail)  # type: ignore[arg-type]
    monkeypatch.setattr("transforms.runner.rules", lambda library: (bad, *rules(library)))
    migration = migrate({"app.py": READS, "requirements.txt": b"tenacity==8.2.3\n"}, "", upgrades())
    (problem,) = migration.problems
    assert (problem.file, "BAD001 failed here (ZeroDivisionError: on purpose)" in problem.message) == (
        "app.py",
        True,
    )
    assert findings(migration, "TEN001")


# ── a second run ─────────────────────────────────────────────────────────────────────────────────────────────

PINS = b"pytest==8.3.3\npytest-asyncio==0.23.8\ntenacity==8.2.3\npython-dotenv==1.0.1\n"
EXAMPLES = [pytest.param(e, id=f"{r.id}: {e.title}") for r in rules() for e in r.examples]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_as_a_whole_service_is_current_after_one_run(example: Example) -> None:
    files = {"requirements-all.txt": PINS, example.path: example.before.encode()}
    files |= {path: text.encode() for path, text in example.others.items()}
    migration = migrate(files, "", upgrades())
    assert is_idempotent(files, "", upgrades(), migration)
    again = migrate({**files, **migration.edits}, "", upgrades())
    assert not [f for f in again.findings if f.verdict is Verdict.REWRITTEN]


def test_the_result_is_the_same_every_time() -> None:
    files = {"app.py": READS, "b/app.py": SHIFTED, "requirements.txt": PINS}
    assert migrate(files, "", upgrades()) == migrate(dict(reversed(files.items())), "", upgrades())


def test_a_plugin_that_only_a_person_can_move_stays_in_its_partners_commit() -> None:
    files = {
        "test_app.py": b"import pytest\n",
        "requirements.txt": b"pytest==8.3.3\n",
        "setup.py": b"from setuptools import setup\n\nsetup(extras_require={'t': ['pytest-asyncio==0.23.8']})\n",
    }
    told = outcome(files, "pytest-asyncio")
    assert told.status is Status.APPLIED
    assert told.reason.startswith("the pin in setup.py:3 has to be moved by hand")
    (step,) = migrate(files, "", upgrades()).steps
    assert any(f.level is Level.BREAKS and f.file == "setup.py" for f in step.findings)


# ── companions ───────────────────────────────────────────────────────────────────────────────────────────────

MQTT = [upgrade("asyncio-mqtt")]
PUBLISHES = b"from asyncio_mqtt import Client\n\nprint(Client)\n"


def test_a_pin_that_the_target_cannot_live_with_moves_in_the_same_commit() -> None:
    files = {"app.py": PUBLISHES, "requirements.txt": b"asyncio-mqtt==0.16.2\npaho-mqtt==1.6.1\n"}
    migration = migrate(files, "", MQTT)
    assert migration.edits["requirements.txt"] == b"aiomqtt==2.4.0\npaho-mqtt==2.1.0\n"
    assert [step.upgrades for step in migration.steps] == [("asyncio-mqtt",)]
    assert is_idempotent(files, "", MQTT, migration)


def test_a_companion_that_fits_or_whose_upgrade_does_not_move_stays() -> None:
    fits = {"app.py": PUBLISHES, "requirements.txt": b"asyncio-mqtt\npaho-mqtt>=1.6\n"}
    assert migrate(fits, "", MQTT).edits["requirements.txt"] == b"aiomqtt>=2.4.0,<3\npaho-mqtt>=1.6\n"
    alone = {"app.py": b"import paho.mqtt.client\n", "requirements.txt": b"paho-mqtt==1.6.1\n"}
    assert not migrate(alone, "", MQTT).edits
