"""A second client that knows nothing of us: ``gh api`` makes a short tour of the sandbox."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.http.server import serve
from bot.sandbox.records import Rule
from bot.sandbox.world import BOT, Sandbox
from tests.contract.conftest import BRANCH, SHOP, need

REPO = f"repos/{SHOP}"


@dataclass
class Gh:
    """The program, told that its host is on this machine."""

    sandbox: Sandbox
    environment: dict[str, str]

    def __call__(self, *arguments: str, status: int = 200) -> Any:
        """What ``gh api …`` gets; its complaint must name ``status`` if that is an error."""
        return json.loads(self.said(*arguments, status=status))

    def said(self, *arguments: str, status: int = 200) -> str:
        """What it prints."""
        command = ["gh", "api", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert (done.returncode, f"(HTTP {status})" in done.stderr) == ((1, True) if status >= 400 else (0, False))
        return done.stdout


@pytest.fixture
def gh(sandbox: Sandbox, tmp_path: Path) -> Iterator[Gh]:
    need("gh")
    token = sandbox.state.issue_token(BOT)
    with serve(sandbox.state) as served:
        environment = {
            "PATH": os.environ["PATH"],
            "GH_CONFIG_DIR": str(tmp_path / "gh"),
            "GH_HOST": "github.localhost",
            "GH_TOKEN": token,
            "GH_ENTERPRISE_TOKEN": token,
            "HTTP_PROXY": served.url,
        }
        yield Gh(sandbox, environment)


def test_it_opens_discusses_waits_for_checks_and_merges(gh: Gh) -> None:
    person = gh.sandbox.person("mira")
    tip = person.push(SHOP, BRANCH, {"api/app.py": "import new\n"})
    assert gh("user")["login"] == BOT
    opened = gh(f"{REPO}/pulls", "-f", "title=Move api", "-f", f"head={BRANCH}", "-f", "base=main")
    assert (opened["number"], opened["head"]["sha"], opened["mergeable"]) == (1, tip, None)
    said = gh(f"{REPO}/issues/1/comments", "-f", "body=grüße")
    assert said["user"]["type"] == "Bot"
    assert gh(f"{REPO}/issues/comments/{said['id']}/reactions", "-f", "content=+1")["content"] == "+1"
    assert gh(f"{REPO}/commits/{tip}/check-runs")["check_runs"][0]["status"] == "queued"
    gh.sandbox.settle()
    assert gh(f"{REPO}/commits/{tip}/check-runs")["check_runs"][0]["conclusion"] == "success"
    merged = gh("-X", "PUT", f"{REPO}/pulls/1/merge", "-f", f"sha={tip}", "-f", "merge_method=squash")
    assert merged["merged"]
    assert gh(f"{REPO}/branches/main")["commit"]["sha"] == merged["sha"]
    assert [pull["state"] for pull in gh(f"{REPO}/pulls?state=all")] == ["closed"]


def test_it_is_told_why_when_it_may_not(gh: Gh) -> None:
    person = gh.sandbox.person("mira")
    tip = person.push(SHOP, BRANCH, {"api/app.py": "import new\n"})
    asked = ["-f", "title=Move api", "-f", f"head={BRANCH}", "-f", "base=main"]
    gh(f"{REPO}/pulls", *asked)
    again = gh(f"{REPO}/pulls", *asked, status=422)
    assert again["errors"][0]["message"] == f"A pull request already exists for acme:{BRANCH}."
    stale = gh("-X", "PUT", f"{REPO}/pulls/1/merge", "-f", f"sha={'0' * 40}", status=409)
    assert stale["message"].startswith("Head branch was modified")
    gh.sandbox.state.repo(SHOP).rules["main"] = Rule(approvals=1)
    assert "approving review" in gh("-X", "PUT", f"{REPO}/pulls/1/merge", "-f", f"sha={tip}", status=405)["message"]
    assert gh("repos/acme/never", status=404)["message"] == "Not Found"


def test_it_follows_every_page(gh: Gh) -> None:
    person = gh.sandbox.person("mira")
    for number in range(5):
        person.push(SHOP, f"topic/{number}", {"a": str(number)})
    found = gh.said("--paginate", f"{REPO}/branches?per_page=2", "--jq", ".[].name")
    assert found.split() == ["main", *(f"topic/{number}" for number in range(5))]
