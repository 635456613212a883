"""What the sandbox cannot do fails the check by name; it never passes and is never left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox_ci.harness import Execute, execute_text

RUN = "steps: [{run: 'true'}]"
UBUNTU = "runs-on: ubuntu-latest"


@pytest.mark.parametrize(
    ("job", "named"),
    [
        (f"runs-on: windows-latest\n{RUN}", "runs-on: windows-latest"),
        (f"{UBUNTU}\nstrategy: {{matrix: {{a: [1]}}}}\n{RUN}", "jobs.test.strategy"),
        (f"{UBUNTU}\nif: 'false'\n{RUN}", "jobs.test.if"),
        (f"{UBUNTU}\nneeds: build\n{RUN}", "jobs.test.needs"),
        (f"{UBUNTU}\nservices: {{db: {{image: x}}}}\n{RUN}", "jobs.test.services"),
        (f"{UBUNTU}\nsteps: [{{run: 'true', continue-on-error: true}}]", "steps.continue-on-error"),
        (f"{UBUNTU}\nsteps: [{{run: 'true', shell: pwsh}}]", "shell: pwsh"),
        (f"{UBUNTU}\nsteps: [{{run: 'true', working-directory: ../..}}]", "working-directory: ../.."),
        (f"{UBUNTU}\nsteps: [{{uses: acme/deploy@v1}}]", "uses: acme/deploy@v1"),
        (f"{UBUNTU}\nsteps: [{{uses: actions/checkout@v4, with: {{ref: x}}}}]", "actions/checkout with.ref"),
        (f"{UBUNTU}\nsteps: [{{run: 'echo ${{{{ github.sha }}}} x'}}]", "${{ github.sha }}"),
        (f"{UBUNTU}\nenv: {{A: '${{{{ secrets.A }}}}'}}\n{RUN}", "${{ secrets.A }}"),
        (f"{UBUNTU}\nenv: {{A: [1]}}\n{RUN}", "jobs.test.env.A that is not a plain value"),
        (
            f"{UBUNTU}\nsteps: [{{uses: actions/setup-python@v5, with: {{python-version: '2.6'}}}}, {{run: ls}}]",
            "python-version: 2.6 (not on this machine)",
        ),
    ],
)
def test_not_supported(execute: Execute, job: str, named: str) -> None:
    result = execute(job)
    assert (result.conclusion, result.text) == ("failure", f"not supported by the sandbox: {named}")


def test_an_unknown_key_at_the_top_fails_every_job(execute: Execute) -> None:
    result = execute(f"{UBUNTU}\n{RUN}", top="run-name: hello")
    assert result.text == "not supported by the sandbox: run-name"


def test_accepted_keys_change_nothing(execute: Execute) -> None:
    top = "permissions: {contents: read}\nconcurrency: {group: '${{ github.ref }}', cancel-in-progress: true}"
    assert execute(f"{UBUNTU}\npermissions: {{}}\nconcurrency: one\n{RUN}", top=top).conclusion == "success"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("on: push\njobs: [", "not readable as YAML"),
        ("on: push\non: push\njobs: {}", "key 'on' stands twice"),
        ("on: push\njobs: {a: 1}", "jobs.a is not a mapping"),
        ("on: push\njobs: {a: {runs-on: ubuntu-latest}}", "jobs.a has no steps"),
        ("on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{name: x}]}}", "either `uses` or `run`"),
        ("- " * 5000, "not readable as YAML"),
        ("on: push\na: &a [x]\nb: [*a, *a]\njobs: {}", "not supported by the sandbox: YAML aliases"),
        ("on: push\n#" + "x" * 70_000 + "\njobs: {}", "a workflow of more than 64 KiB"),
    ],
)
def test_a_workflow_that_cannot_be_read_fails_with_the_reason(text: str, said: str, cache: Path) -> None:
    result = execute_text(text, {}, cache)
    assert result.conclusion == "failure"
    assert said in result.text
