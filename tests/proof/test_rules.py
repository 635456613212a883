"""Every probe of every rule, run against the real old, target and newest libraries (``make prove``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.proof.broker import broker
from tests.proof.environments import environment, run
from transforms.registry import environments, rules
from transforms.rule import Example, Probe, Rule

pytestmark = pytest.mark.proof

Services = Callable[[str], Mapping[str, str]]
"""By library, the variables that tell its probes where the servers are that they talk to."""

PROBED = [
    pytest.param(rule, example, example.probe, id=f"{rule.id}: {example.title}")
    for rule in rules()
    for example in rule.examples
    if example.probe is not None
]
every_probe = pytest.mark.parametrize(("rule", "example", "probe"), PROBED)
CHANGED = [p for p in PROBED if p.values[1].after is not None or p.values[1].others_after]  # type: ignore[union-attr]


def before(example: Example) -> dict[str, str]:
    return {example.path: example.before, **example.others}


def after(example: Example) -> dict[str, str]:
    return {**before(example), example.path: example.after or example.before, **example.others_after}


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


def told(
    rule: Rule,
    version: str,
    files: Mapping[str, str],
    example: Example,
    probe: Probe,
    folder: Path,
    around: Mapping[str, str],
) -> str:
    """What a small program or suite made of the example says on one version of the library."""
    python = environment((*getattr(environments(rule.library), version), *probe.requires))
    for path, text in {**files, example.path: files[example.path] + probe.script}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return run(python, folder, probe.command, around=around)


@every_probe
def test_before_works_on_the_old_version(
    rule: Rule, example: Example, probe: Probe, tmp_path: Path, services: Services
) -> None:
    assert probe.old in told(rule, "old", before(example), example, probe, tmp_path, services(rule.library))


@every_probe
def test_before_fails_or_changes_on_the_target_as_stated(
    rule: Rule, example: Example, probe: Probe, tmp_path: Path, services: Services
) -> None:
    output = told(rule, "target", before(example), example, probe, tmp_path, services(rule.library))
    assert probe.broken in output
    assert not probe.works or probe.works not in output


@pytest.mark.parametrize("version", ["target", "newest"])
@pytest.mark.parametrize(("rule", "example", "probe"), CHANGED)
def test_after_works(
    rule: Rule, example: Example, probe: Probe, version: str, tmp_path: Path, services: Services
) -> None:
    output = told(rule, version, after(example), example, probe, tmp_path, services(rule.library))
    assert probe.works
    assert probe.works in output
