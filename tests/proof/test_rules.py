"""Every probe of every rule, run against the real old, target and newest libraries (``make prove``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.proof.broker import broker
from tests.proof.environments import environment, run
from tests.proof.records import Record, Run, keep, quoted
from transforms.registry import environments, rules
from transforms.rule import Example, Probe, Rule

pytestmark = pytest.mark.proof

Services = Callable[[str], Mapping[str, str]]
"""By library, the variables that tell its probes where the servers are that they talk to."""


@dataclass(frozen=True)
class Case:
    """An example that has a probe."""

    rule: Rule
    example: Example
    probe: Probe

    @property
    def is_rewritten(self) -> bool:
        return self.example.after is not None or bool(self.example.others_after)

    @property
    def before(self) -> dict[str, str]:
        return {self.example.path: self.example.before, **self.example.others}

    @property
    def after(self) -> dict[str, str]:
        new = self.example.before if self.example.after is None else self.example.after
        return {**self.before, self.example.path: new, **self.example.others_after}


PROBED = [
    Case(rule, example, example.probe) for rule in rules() for example in rule.examples if example.probe is not None
]


def each(cases: list[Case]) -> pytest.MarkDecorator:
    named = [pytest.param(c, id=f"{c.rule.library} {c.rule.id}: {c.example.title}") for c in cases]
    return pytest.mark.parametrize("case", named)


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """What a library's probes talk to, started when the first of them asks."""
    with ExitStack() as stack:
        started: dict[str, dict[str, str]] = {}

        def around(library: str) -> dict[str, str]:
            if library not in started:
                wanted = environments(library).broker
                started[library] = stack.enter_context(broker(tmp_path_factory.mktemp("mqtt"))) if wanted else {}
            return started[library]

        yield around


def told(case: Case, version: str, files: Mapping[str, str], folder: Path, services: Services) -> str:
    """What a small program or suite made of the example says on one version of the library."""
    pins = getattr(environments(case.rule.library), version)
    python = environment((*pins, *case.probe.requires))
    for path, text in {**files, case.example.path: files[case.example.path] + case.probe.script}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return run(python, folder, case.probe.command, around=services(case.rule.library))


def record(case: Case, what: Run, text: str, like: str = "") -> None:
    keep(Record(case.rule.id, case.example.title, what, text, like), case.rule, case.example)


@each(PROBED)
def test_before_works_on_the_old_version(case: Case, tmp_path: Path, services: Services) -> None:
    output = told(case, "old", case.before, tmp_path, services)
    assert case.probe.old in output
    record(case, "old", quoted(output, case.probe.old, tmp_path))


@each(PROBED)
def test_before_fails_or_changes_on_the_target_as_stated(case: Case, tmp_path: Path, services: Services) -> None:
    output = told(case, "target", case.before, tmp_path, services)
    assert case.probe.broken in output
    assert not case.probe.works or case.probe.works not in output, "leaving the rewrite out must be seen"
    record(case, "target", quoted(output, case.probe.broken, tmp_path))


@pytest.mark.parametrize("version", ["target", "newest"])
@each([case for case in PROBED if case.is_rewritten])
def test_after_works(case: Case, version: str, tmp_path: Path, services: Services) -> None:
    output = told(case, version, case.after, tmp_path, services)
    assert case.probe.works
    assert case.probe.works in output
    what: Run = "after-target" if version == "target" else "after-newest"
    record(case, what, quoted(output, case.probe.works, tmp_path))


@each([case for case in PROBED if not case.is_rewritten])
def test_what_is_flagged_is_looked_at_on_the_newest_release_too(
    case: Case, tmp_path: Path, services: Services
) -> None:
    output = told(case, "newest", case.before, tmp_path, services)
    versions = (("target", case.probe.broken), ("old", case.probe.old))
    like, expected = next(((v, text) for v, text in versions if text in output), ("", "Error"))
    assert like or "exit 0\n" not in output, f"neither as the flag says nor an error: {output}"
    record(case, "newest", quoted(output, expected, tmp_path), like)
