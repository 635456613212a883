"""``python`` and ``pip`` are a real environment, kept for as long as the requirement files stay the same."""

from __future__ import annotations

from tests.sandbox_ci.harness import Execute

JOB = """
runs-on: ubuntu-latest
steps:
  - uses: actions/checkout@v4
  - uses: actions/setup-python@v5
    with: {python-version: "3.x", cache: pip}
  - run: |
      pip install -r requirements.txt
      python -c 'import importlib.metadata as m; print("iniconfig", m.version("iniconfig"))'
"""


def tree(pin: str) -> dict[str, bytes]:
    return {"requirements.txt": f"iniconfig=={pin}\n".encode()}


def test_what_the_requirements_say_is_installed(execute: Execute) -> None:
    assert "iniconfig 2.0.0" in execute(JOB, tree("2.0.0")).text


def test_other_requirements_get_another_environment(execute: Execute) -> None:
    assert "iniconfig 2.1.0" in execute(JOB, tree("2.1.0")).text
    assert "iniconfig 2.0.0" in execute(JOB, tree("2.0.0")).text


def test_the_same_requirements_find_theirs_complete(execute: Execute) -> None:
    execute(JOB, tree("2.0.0"))
    again = execute(JOB, tree("2.0.0"))
    assert "Installed" not in again.text
    assert "iniconfig 2.0.0" in again.text


def test_an_installation_that_broke_off_is_built_anew(execute: Execute) -> None:
    job = JOB.replace("pip install", "ls $VIRTUAL_ENV; touch $VIRTUAL_ENV/left-over; pip install")
    for pin, kept in (("2.0.0", True), ("0.0.0", False)):
        execute(job, tree(pin))
        assert ("left-over" in execute(job, tree(pin)).text.splitlines()) is kept


def test_python_m_pip_is_the_same_and_upgrading_pip_is_harmless(execute: Execute) -> None:
    job = JOB.replace("pip install -r", "python -m pip install --upgrade pip\n      python -m pip install -r")
    assert "iniconfig 2.0.0" in execute(job, tree("2.0.0")).text
