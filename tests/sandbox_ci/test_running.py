"""Jobs run as written, in a fresh checkout, and what they say is what comes back."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.sandbox_ci.harness import Execute


def steps(*scripts: str, extra: str = "") -> str:
    listed = "\n".join(f"  - run: |\n      {script}" for script in scripts)
    return f"runs-on: ubuntu-latest\n{extra}\nsteps:\n  - uses: actions/checkout@v4\n{listed}"


def test_a_job_whose_steps_all_pass_is_green(execute: Execute) -> None:
    result = execute(steps("test -f app.py", "echo hello $GITHUB_REPOSITORY"), {"app.py": b""})
    assert result.conclusion == "success"
    assert "hello acme/shop" in result.text


def test_a_step_with_nothing_to_run_passes(execute: Execute) -> None:
    assert (
        execute("runs-on: ubuntu-latest\nsteps: [{name: nothing, run: ''}, {run: 'echo on'}]").conclusion
        == "success"
    )


def test_the_first_step_that_fails_ends_the_job(execute: Execute) -> None:
    result = execute(steps("echo before; (exit 3); echo after", "echo never"))
    assert (result.conclusion, result.title) == ("failure", "echo before; (exit 3); echo after: exit code 3")
    assert "before" in result.text
    assert "::: echo never" not in result.text


def test_a_failing_line_in_the_middle_of_a_script_fails_it(execute: Execute) -> None:
    assert execute(steps("false\n      true")).conclusion == "failure"


def test_shell_bash_minds_a_broken_pipe_and_the_default_does_not(execute: Execute) -> None:
    default = "defaults: {run: {shell: bash}}"
    assert execute(steps("false | true")).conclusion == "success"
    assert execute(steps("false | true", extra=default)).conclusion == "failure"


def test_without_checkout_the_workspace_is_empty(execute: Execute) -> None:
    job = "runs-on: ubuntu-latest\nsteps: [{run: 'test -z \"$(ls -A)\"'}]"
    assert execute(job, {"app.py": b""}).conclusion == "success"


def test_the_inner_environment_wins(execute: Execute) -> None:
    job = """
    runs-on: ubuntu-latest
    env: {B: job, C: job}
    steps:
      - run: echo "$A $B $C"
        env: {C: step}
    """
    assert "workflow job step" in execute(job, top="env: {A: workflow, B: workflow}").text


def test_working_directory_is_the_step_s_or_the_default(execute: Execute) -> None:
    job = """
    runs-on: ubuntu-latest
    defaults: {run: {working-directory: services/api}}
    steps:
      - uses: actions/checkout@v4
      - run: test -f here
      - run: test -f services/api/here
        working-directory: .
    """
    assert execute(job, {"services/api/here": b""}).conclusion == "success"


def test_a_working_directory_that_is_not_there_fails_the_step(execute: Execute) -> None:
    result = execute(steps("true", extra="defaults: {run: {working-directory: gone}}"))
    assert result.conclusion == "failure"
    assert "gone is not a folder of the checkout" in result.text


def test_nothing_of_the_host_is_in_the_environment(execute: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "hush")
    monkeypatch.setenv("UV_INDEX_URL", "https://me:hush@index.example/simple")
    result = execute(steps("env; echo ~"))
    assert "hush" not in result.text
    assert str(Path.home()) not in result.text.split("PATH=")[0]
    assert "HOME=/home/runner/home" in result.text


def test_a_job_that_takes_too_long_is_ended_with_all_its_children(execute: Execute, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    started = time.monotonic()
    result = execute(steps(f"sleep 60 & echo $! > {pid}; wait"), limit=3)
    assert result.conclusion == "timed_out"
    assert time.monotonic() - started < 20
    assert gone(int(pid.read_text()))


def test_a_step_has_a_time_of_its_own(execute: Execute) -> None:
    job = "runs-on: ubuntu-latest\nsteps: [{name: slow, run: sleep 60, timeout-minutes: 0.01}]"
    assert execute(job).title == "slow: time is up"


def test_what_a_step_leaves_running_ends_with_the_job(execute: Execute, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    assert execute(steps(f"sleep 60 & echo $! > {pid}", f"kill -0 $(cat {pid})")).conclusion == "success"
    assert gone(int(pid.read_text()))


def test_a_long_log_is_cut_to_its_end(execute: Execute) -> None:
    result = execute(steps("seq 100000; printf '\\033[31mred\\033[0m\\n'"))
    assert result.text.endswith("99999\n100000\nred")
    assert len(result.text.splitlines()) == 60


def gone(pid: int) -> bool:
    """Whether a process is gone, or is nothing but a name that waits to be collected."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{pid}/stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
    return False
