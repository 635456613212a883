"""The workflows that we ship and the one that we tell people to write: clean, pinned, and as modest as we say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.adapters.permissions import PERMISSIONS

ROOT = Path(__file__).parents[2]
TOOLS = Path(sys.executable).parent
HOW_TO = (ROOT / "docs/how-to/run-in-actions.md").read_text()
CONVOY = (ROOT / ".github/workflows/convoy.yml").read_text()
PIN = re.search(r"actions/checkout@\S+", CONVOY)


def complaints(root: Path, text: str) -> str:
    """What actionlint and zizmor say of a workflow."""
    path = root / ".github/workflows/convoy.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    said = ""
    for command in (["actionlint", str(path)], ["zizmor", "--offline", "--quiet", "--format=plain", str(path)]):
        done = subprocess.run([TOOLS / command[0], *command[1:]], capture_output=True, text=True, check=False)
        said += done.stdout + done.stderr if done.returncode else ""
    return said


def caller() -> str:
    """The workflow of the how-to, with a commit that there is."""
    (found,) = re.findall(r"```yaml\n(.*?)```", HOW_TO, re.DOTALL)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    return str(found).replace("COMMIT", commit.stdout.strip())


def test_the_workflow_that_the_how_to_shows_is_clean(tmp_path: Path) -> None:
    assert complaints(tmp_path, caller()) == ""


@pytest.mark.parametrize(
    ("text", "old", "new", "words"),
    [
        (CONVOY, PIN.group() if PIN else "", "actions/checkout@v7", "unpinned-uses"),
        (CONVOY, "# zizmor: ignore[github-app]", "", "github-app"),
        (CONVOY, "bot run", "bot run ${{ inputs.repository }}", "template-injection"),
        (CONVOY, "vars.CONVOY_APP_ID", "var.CONVOY_APP_ID", "undefined variable"),
    ],
)
def test_what_should_not_be_in_it_would_be_found(tmp_path: Path, text: str, old: str, new: str, words: str) -> None:
    assert old in text
    assert words in complaints(tmp_path, text.replace(old, new))


def test_the_app_of_the_workflow_asks_for_what_the_reference_lists_and_no_more() -> None:
    (step,) = [step for step in steps(CONVOY) if "create-github-app-token" in step.get("uses", "")]
    asked = {key: level for key, level in step["with"].items() if key.startswith("permission-")}
    assert asked == {f"permission-{p.name.replace('_', '-')}": p.level for p in PERMISSIONS}


def test_the_token_of_actions_itself_reads_and_is_given_to_nobody() -> None:
    document = yaml.safe_load(CONVOY)
    assert (document["permissions"], document["jobs"]["look"]["permissions"]) == ({}, {"contents": "read"})
    assert "GITHUB_TOKEN" not in CONVOY
    assert "github.token" not in CONVOY


def test_a_caller_passes_nothing_of_what_was_said() -> None:
    action = (ROOT / "action.yml").read_text()
    (step,) = yaml.safe_load(action)["runs"]["steps"]
    told = {value.strip("${ }") for value in step["env"].values() if "github." in value}
    assert told == {"github.repository", "github.event.issue.number"}
    assert "${{" not in step["run"]
    (waking,) = steps(caller())
    assert set(waking["with"]) == {"home", "token"}


def steps(text: str) -> list[dict[str, Any]]:
    """The steps of a workflow of one job."""
    (job,) = yaml.safe_load(text)["jobs"].values()
    found: list[dict[str, Any]] = job["steps"]
    return found
