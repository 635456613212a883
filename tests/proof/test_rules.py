"""Every probe of every rule, run against the real old, target and newest libraries (``make prove``)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.proof.environments import environment, run
from transforms.registry import environments, rules
from transforms.rule import Example, Probe, Rule

pytestmark = pytest.mark.proof

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


def told(rule: Rule, version: str, files: Mapping[str, str], example: Example, probe: Probe, folder: Path) -> str:
    """What a small program or suite made of the example says on one version of the library."""
    python = environment((*getattr(environments(rule.library), version), *probe.requires))
    for path, text in {**files, example.path: files[example.path] + probe.script}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return run(python, folder, probe.command)


@every_probe
def test_before_works_on_the_old_version(rule: Rule, example: Example, probe: Probe, tmp_path: Path) -> None:
    assert probe.old in told(rule, "old", before(example), example, probe, tmp_path)


@every_probe
def test_before_fails_or_changes_on_the_target_as_stated(
    rule: Rule, example: Example, probe: Probe, tmp_path: Path
) -> None:
    output = told(rule, "target", before(example), example, probe, tmp_path)
    assert probe.broken in output
    assert not probe.works or probe.works not in output


@pytest.mark.parametrize("version", ["target", "newest"])
@pytest.mark.parametrize(("rule", "example", "probe"), CHANGED)
def test_after_works(rule: Rule, example: Example, probe: Probe, version: str, tmp_path: Path) -> None:
    output = told(rule, version, after(example), example, probe, tmp_path)
    assert probe.works
    assert probe.works in output
