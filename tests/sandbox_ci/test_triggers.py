"""Which jobs an event starts; what is filtered away reports nothing, what is not understood is never skipped."""

from __future__ import annotations

from textwrap import dedent

import pytest

from bot.sandbox.ci import Event
from bot.sandbox.runner import WorkflowCI

JOBS = "jobs: {test: {name: checks, runs-on: ubuntu-latest, steps: [{run: 'true'}]}}\n"
PATH = ".github/workflows/ci.yml"


def names(on: str, kind: str = "push", branch: str = "main", changed: tuple[str, ...] = ("app/a.py",)) -> list[str]:
    event = Event(kind, "acme/shop", branch, "0" * 40, changed)
    files = {PATH: (dedent(on).strip() + "\n" + JOBS).encode(), "app/a.py": b""}
    return [job.name for job in WorkflowCI().jobs(event, files)]


@pytest.mark.parametrize("on", ["on: push", "on: [push, pull_request]", "on:\n  push:", "'on': {push: {}}"])
def test_an_event_that_is_named_starts_the_job_under_its_name(on: str) -> None:
    assert names(on) == ["checks"]


def test_an_event_that_is_not_named_starts_nothing() -> None:
    assert names("on: pull_request") == []
    assert names("on: [workflow_dispatch, schedule]") == []


@pytest.mark.parametrize(
    ("filters", "branch", "expected"),
    [
        ("branches: [main]", "main", ["checks"]),
        ("branches: [main]", "convoy/phase2/api", []),
        ("branches: ['**', '!convoy/**']", "convoy/phase2/api", []),
        ("branches-ignore: [main]", "main", []),
        ("branches-ignore: [main]", "other", ["checks"]),
        ("tags: ['v*']", "main", []),
        ("{tags: ['v*'], branches: [main]}", "main", ["checks"]),
    ],
)
def test_branches(filters: str, branch: str, expected: list[str]) -> None:
    body = filters if filters.startswith("{") else f"{{{filters}}}"
    assert names(f"on: {{push: {body}}}", branch=branch) == expected


@pytest.mark.parametrize(
    ("filters", "changed", "expected"),
    [
        ("paths: ['app/**']", ("app/a.py", "README.md"), ["checks"]),
        ("paths: ['app/**']", ("README.md",), []),
        ("paths: ['app/**', '!app/docs/**']", ("app/docs/a.md",), []),
        ("paths-ignore: ['**.md']", ("README.md", "docs/a.md"), []),
        ("paths-ignore: ['**.md']", ("README.md", "app/a.py"), ["checks"]),
    ],
)
def test_paths(filters: str, changed: tuple[str, ...], expected: list[str]) -> None:
    for kind in ("push", "pull_request"):
        assert names(f"on: {{{kind}: {{{filters}}}}}", kind=kind, changed=changed) == expected


@pytest.mark.parametrize(
    "on",
    [
        "on: pull_request_target",
        "on: {pull_request: {types: [labeled]}}",
        "on: {pull_request: {branches: [a], branches-ignore: [b]}}",
        "on: {pull_request: {paths: {a: b}}}",
        "on: 7",
        "name: without on",
    ],
)
def test_a_trigger_that_is_not_understood_is_a_job_that_fails(on: str) -> None:
    assert names(on, kind="pull_request") == [PATH]


def test_only_files_directly_in_the_workflows_folder_are_workflows() -> None:
    event = Event("push", "acme/shop", "main", "0" * 40, ("a",))
    body = ("on: push\n" + JOBS).encode()
    files = {".github/workflows/a.yaml": body, ".github/workflows/sub/b.yml": body, "workflows/c.yml": body}
    assert [job.workflow for job in WorkflowCI().jobs(event, files)] == [".github/workflows/a.yaml"]
