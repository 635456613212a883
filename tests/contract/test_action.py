"""``action.yml`` in a service's repository, really run: it wakes the home repository and says next to nothing."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.contract.conftest import SHOP, Face, need
from tests.contract.published import ROOT

HOME = "acme/fleet"
WORKFLOW = (ROOT / ".github/workflows/convoy.yml").read_text()
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
TEXT = "/convoy merge, says somebody; $(touch owned) ${{ secrets.TOKEN }}"


@pytest.fixture
def token(face: Face) -> str:
    """As docs/how-to/run-in-actions.md says: it may write the home repository's Actions, and that is all."""
    need("curl")
    face.sandbox.add_repository(HOME, {".github/workflows/convoy.yml": WORKFLOW})
    face.sandbox.person("mira")
    limits = {"permissions": {"actions": "write"}, "repos": frozenset([HOME])}
    return face.sandbox.state.issue_token("mira", **limits)


def run(face: Face, token: str, folder: Path, **other: str) -> subprocess.CompletedProcess[str]:
    """The steps as a runner would do them, every expression filled in."""
    context = {
        "github.repository": SHOP,
        "github.event.issue.number": "7",
        "github.event.comment.body": TEXT,
        **{f"inputs.{name}": str(told.get("default")) for name, told in ACTION["inputs"].items()},
        "inputs.home": HOME,
        "inputs.token": token,
        **other,
    }
    (step,) = ACTION["runs"]["steps"]
    environment = {key: context[value.strip("${ }")] for key, value in step["env"].items()}
    environment |= {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(folder), "GITHUB_API_URL": face.url}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        check=False,
    )


def test_it_passes_repository_and_number_and_never_the_text(face: Face, token: str, tmp_path: Path) -> None:
    temporary = tmp_path / "runner"
    temporary.mkdir()
    done = run(face, token, temporary)
    assert (done.returncode, done.stderr) == (0, "")
    told = face.sandbox.state.world.deliveries[-1]
    assert (told.event, told.repo, told.subject["ref"]) == ("workflow_dispatch", HOME, "refs/heads/main")
    assert json.loads(str(told.subject["inputs"])) == {"repository": SHOP, "number": "7"}
    written = done.stdout + "".join(path.read_text() for path in temporary.iterdir())
    assert [words in written for words in (SHOP, token, TEXT)] == [True, False, False]


def test_its_token_is_good_for_nothing_else(face: Face, token: str) -> None:
    held = {"Authorization": f"Bearer {token}"}
    opened = face.client.post(f"/repos/{HOME}/issues", json={"title": "hello"}, headers=held)
    assert opened.status_code == 403
    assert face.client.get(f"/repos/{HOME}/contents/.github/workflows/convoy.yml", headers=held).status_code == 403
    assert face.client.get(f"/repos/{SHOP}", headers=held).status_code == 404


@pytest.mark.parametrize(
    ("other", "status", "words"),
    [
        ({"inputs.token": "wrong"}, "401", "Bad credentials"),
        ({"inputs.workflow": "other.yml"}, "404", "Not Found"),
        ({"inputs.ref": "nowhere"}, "422", "No ref found for: nowhere"),
    ],
)
def test_what_is_set_up_wrongly_fails_and_says_why(
    face: Face, token: str, tmp_path: Path, other: dict[str, str], status: str, words: str
) -> None:
    done = run(face, token, tmp_path, **other)
    assert done.returncode != 0
    assert status in done.stderr
    assert words in done.stdout


def test_the_home_workflow_takes_no_other_words(face: Face, token: str) -> None:
    path = f"/repos/{HOME}/actions/workflows/convoy.yml/dispatches"
    body = {"ref": "main", "inputs": {"repository": SHOP, "number": "7", "text": TEXT}}
    answer = face.client.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["message"]) == (422, 'Unexpected inputs provided: ["text"]')
