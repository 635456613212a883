"""``convoy demo`` as a user runs it, its claims checked against the git history that it left behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.sandbox import fleet

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Voyage:
    """What the command said, and the folder that it kept."""

    said: dict[str, Any]
    kept: Path
    seconds: float

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        return {service["name"]: service for service in self.said["services"]}

    def git(self, repo: str, *words: str) -> str:
        """Git itself, on a repository that was kept."""
        command = ["git", "-C", str(self.kept / "repos" / f"{repo}.git"), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def landed(self, service: dict[str, Any]) -> list[tuple[int, str, str]]:
        """(time, commit, subject) of each commit on main that says it brought this service's migration."""
        name = service["name"]
        log = self.git(service["repo"], "log", "--first-parent", "--format=%ct%x1f%H%x1f%s%x1f%B%x00", "main")
        entries = [entry.strip("\n").split("\x1f") for entry in log.split("\x00") if entry.strip()]
        return [
            (int(at), sha, subject)
            for at, sha, subject, body in entries
            if re.search(rf"^Convoy-Service: {re.escape(name)}$", body, re.MULTILINE)
        ]


@pytest.fixture(scope="module")
def voyage(tmp_path_factory: pytest.TempPathFactory) -> Voyage:
    kept = tmp_path_factory.mktemp("demo") / "kept"
    command = [sys.executable, "-m", "bot", "demo", "--json", "--keep", str(kept)]
    environment = {**os.environ, "NO_COLOR": "1"}
    started = os.times().elapsed
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment)
    assert done.returncode == 0, done.stderr[-4000:]
    return Voyage(json.loads(done.stdout), kept, os.times().elapsed - started)


def test_every_service_ends_where_its_story_leads(voyage: Voyage) -> None:
    special = {
        fleet.CURRENT: "Current",
        fleet.RED_BEFORE: "RedBefore",
        fleet.REGRESSES: "Reverted",
        fleet.STAYS_WAITING: "Waiting",
    }
    phases = {name: service["phase"] for name, service in voyage.services.items()}
    assert phases == {name: special.get(name, "Settled") for name in phases}
    assert len(phases) >= 12
    assert len({service["repo"] for service in voyage.services.values()}) >= 4


def test_every_merge_came_after_the_merges_of_everything_it_depends_on(voyage: Voyage) -> None:
    services = voyage.services
    landed = {name: voyage.landed(s)[-1][0] for name, s in services.items() if voyage.landed(s)}
    assert set(landed) == set(voyage.said["merges"])
    knot = set(fleet.KNOT)
    pairs = [(n, d) for n in landed for d in services[n]["depends_on"] if d in landed and not {n, d} <= knot]
    assert len(pairs) >= 6
    assert [(n, d) for n, d in pairs if landed[n] <= landed[d]] == []


def test_no_merge_happened_before_its_dependencies_had_settled(voyage: Voyage) -> None:
    events = [(e["event"], e["service"]) for e in voyage.said["timeline"]]
    knot = set(fleet.KNOT)
    for name in voyage.said["merges"]:
        merged = events.index(("merged", name))
        for needed in set(voyage.services[name]["depends_on"]) - (knot if name in knot else set()):
            if voyage.services[needed]["phase"] != "Current":
                assert events.index(("settled", needed)) < merged, f"{name} merged before {needed} had settled"


def test_the_order_that_is_told_is_the_order_in_the_repositories(voyage: Voyage) -> None:
    for repo in {s["repo"] for s in voyage.services.values()}:
        told = [n for n in voyage.said["merges"] if voyage.services[n]["repo"] == repo]
        times = {n: voyage.landed(voyage.services[n])[-1][0] for n in told}
        assert told == sorted(told, key=lambda n: (times[n], told.index(n)))


def test_the_knot_merged_back_to_back(voyage: Voyage) -> None:
    places = sorted(voyage.said["merges"].index(name) for name in fleet.KNOT)
    assert places[1] - places[0] == 1


def test_the_sick_service_was_taken_back_by_a_real_revert_commit(voyage: Voyage) -> None:
    assert voyage.said["reverts"] == [fleet.REGRESSES]
    sick = voyage.services[fleet.REGRESSES]
    history = voyage.landed(sick)
    (reverting,) = [h for h in history if h[2].startswith("Revert")]
    (merged,) = [h for h in history if not h[2].startswith("Revert")]
    told = voyage.git(sick["repo"], "log", "--format=%B", f"{merged[1]}..main")
    assert f"This reverts commit {merged[1]}" in told
    trees = voyage.git(sick["repo"], "rev-parse", f"{merged[1]}^1^{{tree}}", "main^{tree}").split()
    assert trees[0] == trees[1], "the base stands as it stood before"
    assert reverting[0] >= merged[0]


def test_who_was_done_by_hand_or_waits_never_got_a_pull_request(voyage: Voyage) -> None:
    for name in (fleet.CURRENT, fleet.STAYS_WAITING):
        service = voyage.services[name]
        assert service["pr"] is None
        branches = voyage.git(service["repo"], "branch", "--list", f"convoy*/{name}*", f"convoy*/*{name}")
        assert branches == ""


def test_the_site_that_only_a_person_can_decide_was_finished_by_a_person_on_our_branch(voyage: Voyage) -> None:
    (edit,) = fleet.edits()
    service = voyage.services[edit.service]
    assert service["phase"] == "Settled"
    log = voyage.git(service["repo"], "log", "--format=%an|%s", "main")
    assert f"{edit.login}|{edit.message}" in log
    for path, content in edit.files.items():
        assert voyage.git(service["repo"], "show", f"main:{path}").encode() == content


def test_one_commit_per_upgrade_with_trailers_that_say_whose_it_is(voyage: Voyage) -> None:
    for name in voyage.said["merges"]:
        service = voyage.services[name]
        subjects = voyage.git(service["repo"], "log", "--no-merges", "--format=%B%x00", "main").split("\x00")
        steps = [m for m in subjects if f"\nConvoy-Service: {name}\n" in m and "\nConvoy-Upgrade: " in m]
        assert steps, f"{name} brought no commit of ours"
        moved = [u for m in steps for u in re.findall(r"^Convoy-Upgrade: (\S+)", m, re.MULTILINE)]
        assert len(moved) == len(set(moved)), f"{name}: an upgrade came in two commits"
        for message in steps:
            together = set(re.findall(r"^Convoy-Upgrade: (\S+)", message, re.MULTILINE))
            assert len(together) == 1 or together == {"pytest", "pytest-asyncio"}


def test_two_services_of_the_same_folder_name_are_told_apart(voyage: Voyage) -> None:
    twins = [s for s in voyage.services.values() if s["name"].endswith("/api")]
    assert len({s["repo"] for s in twins}) == 2
    assert all(":" in s["name"] for s in twins)


def test_the_pull_requests_can_be_read_as_files_and_show_what_ci_said(voyage: Voyage) -> None:
    bodies = {p.relative_to(voyage.kept / "pulls"): p.read_text() for p in (voyage.kept / "pulls").rglob("*.md")}
    opened = [s for s in voyage.services.values() if s["pr"]]
    assert len(bodies) >= len(opened)
    settled = [s for s in opened if s["phase"] == "Settled"]
    for service in settled:
        body = bodies[Path(service["repo"]) / f"{service['pr']}.md"]
        assert "### Evidence" in body
        assert "| Check | On `main` before | On this branch |" in body


def test_what_was_kept_can_be_looked_at_again_and_nothing_is_left_to_do(voyage: Voyage) -> None:
    command = [
        sys.executable,
        "-m",
        "bot",
        "run",
        "--dry-run",
        "--json",
        "--config",
        str(voyage.kept / "config.yaml"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    again = json.loads(done.stdout)
    assert again["actions"] == []
    assert {s["name"]: s["phase"] for s in again["services"]} == {n: s["phase"] for n, s in voyage.services.items()}


def test_the_fleet_asked_for_what_the_configuration_says(voyage: Voyage) -> None:
    config = yaml.safe_load((voyage.kept / "config.yaml").read_text())
    assert {s["repo"] for s in voyage.services.values()} == set(config["repositories"])


def test_the_report_of_what_was_kept_has_the_figures_that_git_has(voyage: Voyage, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "report", "--json", "--out", str(tmp_path)]
    config = ["--config", str(voyage.kept / "config.yaml")]
    done = subprocess.run([*command, *config], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    history = [h for s in voyage.services.values() for h in voyage.landed(s)]
    reverts = [h for h in history if h[2].startswith("Revert")]
    merges = len(history) - len(reverts)
    told = {m["name"]: m["measured"] for m in json.loads(done.stdout)["metrics"]}
    assert told["Rollback rate"].startswith(f"{len(reverts)} of {merges} (")
    phases = [s["phase"] for s in voyage.services.values()]
    assert told["Success rate"].startswith(
        f"{phases.count('Settled')} of {len(phases) - phases.count('Current')} ("
    )
    assert told["Downtime"] == told["Health check pass rate"] == "not measured"
    text = (tmp_path / "phase2-test-report.md").read_text()
    assert "| tariff | [success]" in text
    assert "8 passed, 1 failed |" in text
    assert {path.name for path in tmp_path.iterdir()} == {
        *(f"phase2-{name}.md" for name in ("execution-complete", "test-report", "benchmark-report")),
        "phase2-batch-rebuild-guide.md",
        *(f"{name}-migration-guide.md" for name in ("pytest", "pytest-asyncio", "tenacity", "python-dotenv")),
    }
