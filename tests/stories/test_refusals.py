"""What a forge refuses is told in its own words, and what it demands of commits is given where asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from afloat import afloat
from voyage import HUB, SHOP, Voyage, service

from bot.adapters.git import GitWorkspace
from bot.adapters.git_environment import Identity
from bot.reconcile import Memory, tick
from bot.sandbox.records import Rule
from bot.sandbox.world import BOT, BOT_EMAIL


def test_a_refused_push_is_broken_with_githubs_own_words(tmp_path: Path) -> None:
    voyage = Voyage(tmp_path / "world", {HUB: service()})
    with afloat(voyage, tmp_path) as sea:
        voyage.sandbox.state.repo(HUB).rules["convoy/phase2/hub"] = Rule(approvals=1)
        sea.tick()
        assert voyage.phases() == {"hub": "Broken"}
        assert "GH006: Protected branch update failed for refs/heads/convoy/phase2/hub" in voyage.reason("hub")


def test_commits_are_signed_off_where_asked_for_and_stay_ours(tmp_path: Path) -> None:
    voyage = Voyage(tmp_path / "world", {HUB: service()})
    with afloat(voyage, tmp_path) as sea, sea.ports() as ports:
        who = Identity(BOT, BOT_EMAIL)
        workspace = GitWorkspace(tmp_path / "signed", sea.served.url, sea.access.token, who, signoff=True)
        signed, memory = replace(ports, workspace=workspace), Memory()
        for _ in range(2):
            voyage.report = tick(voyage.config, signed, memory)
            voyage.sandbox.advance(minutes=5)
        state = voyage.sandbox.state
        message = state.store(HUB).commit(state.pull(HUB, 1).head_sha).message
        assert message.endswith(f"\nSigned-off-by: {BOT} <{BOT_EMAIL}>\n")
        assert "Convoy-Campaign: phase2" in message
        assert voyage.phases() == {"hub": "AwaitingReview"}, "nobody's commits are on the branch but ours"
        workspace.close()


def test_repositories_that_cannot_be_worked_on_stop_nobody_else(tmp_path: Path) -> None:
    lost = ("acme/archived", "acme/blocked", "acme/gone", "acme/private")
    voyage = Voyage(tmp_path / "world", {name: service() for name in (HUB, SHOP, *lost)})
    repos = voyage.sandbox.state.world.repos
    repos["acme/archived"].archived = repos["acme/blocked"].blocked = repos["acme/gone"].gone = True
    del repos["acme/private"].permissions[BOT]
    with afloat(voyage, tmp_path) as sea:
        for _ in range(2):
            sea.tick()
            voyage.sandbox.advance(minutes=5)
        phases = voyage.phases()
        assert {name for name, phase in phases.items() if phase == "Unreachable"} == {
            name.rpartition("/")[2] for name in lost
        }
        assert phases["hub"] == "AwaitingReview" or phases["hub"] == "Checking"
        sea.served.meter.asked.clear()
        sea.tick()
        for name in lost:
            assert len([one for one in sea.served.meter.rest() if one.path.startswith(f"/repos/{name}")]) <= 2
