"""``convoy serve`` as its own process: whatever becomes of its webhooks the voyage ends; a stop loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median

import httpx
import pytest
from serving import SECRET, Serving, forge
from voyage import HUB, SHOP

pytestmark = pytest.mark.e2e

LIES: tuple[Callable[[Serving, str], int], ...] = (
    lambda to, repo: to.post("pull_request", repo, action="closed", pull_request={"merged": True, "number": 1}),
    lambda to, repo: to.post("check_run", repo, action="completed", check_run={"conclusion": "failure"}),
    lambda to, repo: to.post("issue_comment", repo, action="created", comment={"body": "/convoy revert"}),
    lambda to, repo: to.post("push", repo, ref="refs/heads/main", deleted=True, after="0" * 40),
)
"""Events that somebody who knows the secret made up. Convoy looks, and sees that nothing of it is true."""


def test_with_webhooks_lost_doubled_reordered_and_forged_and_a_restart_between_the_world_ends_the_same(
    tmp_path: Path,
) -> None:
    with forge(tmp_path / "calm") as calm, calm.serving(every="1h") as undisturbed:
        undisturbed.hear(" shop is Settled: ")
        assert undisturbed.terminate() == 0
    with forge(tmp_path / "stormy") as there:
        faults = there.state.faults
        faults.lose, faults.double, faults.reorder = {"check_run", "workflow_run"}, {"push", "check_suite"}, True
        faults.delay = {"push": timedelta(milliseconds=400)}
        with there.serving(every="2s") as first:
            assert first.post("push", SHOP, secret="a guess") == 401
            assert [lie(first, SHOP) for lie in LIES] == [202] * len(LIES)
            first.hear(" merged hub ")
            assert first.terminate() == 0
            assert first.said[-1].endswith(" stopped\n")
        faults.clear()
        with there.serving(every="1h") as second:
            second.hear(" hub is Settled: ")
            second.hear(" shop is Settled: ")
            assert second.get("/readyz").status_code == 200
            assert second.measured()['convoy_services{phase="Settled"}'] == 2
            assert second.get("/").text.count(" Settled</span>") == 2
            assert second.get("/services/shop").status_code == 200
            heard = [a for a in there.served.webhooks.attempts if a.hook.url.startswith(second.public)]
            again = {there.served.webhooks.redeliver(attempt).status_code for attempt in heard}
            assert again == {202}, "every delivery once more, and nothing comes of it"
            assert second.terminate() == 0
        assert there.world() == calm.world()
        pulls = [[(p.number, p.merged) for p in there.state.repo(repo).pulls.values()] for repo in (HUB, SHOP)]
        assert pulls == [[(1, True)], [(1, True)]], "one pull request each, merged, nothing done twice"
        sent = {(a.status_code, a.delivery.event) for a in there.served.webhooks.attempts}
        assert (202, "push") in sent
        assert (202, "check_run") in sent
        assert median(a.seconds for a in there.served.webhooks.attempts if a.status_code == 202) < 0.1
        told = "".join(first.said + second.said)
        assert there.token not in told
        assert SECRET not in told


def test_only_a_genuine_webhook_about_the_fleet_causes_a_look(tmp_path: Path) -> None:
    with forge(tmp_path, paused=True) as there, there.serving(every="1h") as serving:
        serving.hear("stopped: the configuration says paused: true")
        assert serving.get("/readyz").status_code == 200
        assert serving.ticks() == 1
        assert serving.post("push", SHOP, secret="a guess") == 401
        assert serving.post("star", SHOP) == 202
        assert serving.post("push", "acme/stranger") == 202
        assert serving.post("push", HUB.upper()) == 202
        while serving.ticks() < 2:
            pass
        measured = serving.measured()
        assert measured["convoy_wakes_total"] == 1
        assert measured['convoy_ticks_total{look="part",outcome="done"}'] == 1
        assert [measured[f'convoy_webhooks_total{{status="{s}"}}'] for s in (401, 202)] == [1, 3]
        assert [measured[f"convoy_{word}"] for word in ("stopped", "halted")] == [1, 0]
        assert httpx.get(f"{serving.public}/metrics", trust_env=False).status_code == 404
        assert serving.terminate() == 0
        assert not there.state.repo(HUB).pulls
