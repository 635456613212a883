"""Health endpoints: who is sick is not merged, and who falls sick after the merge is taken back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from voyage import HUB, SHOP, Voyage, monorepo, service

from bot.config import ServiceConfig

URL = "https://hub.example/healthz"
FOREVER = 10_000


def hub(root: Path, **policy: object) -> Voyage:
    return Voyage(root, {HUB: service()}, services={"hub": ServiceConfig(health=(URL,))}, **policy)


def soaking(root: Path, **policy: object) -> Voyage:
    """Merged while it was well, green on the base, and watched."""
    voyage = hub(root, soak=timedelta(minutes=60), **policy)
    voyage.sail(8)
    assert voyage.phases() == {"hub": "Landing"}
    assert "it answers well; soaking until" in voyage.reason("hub")
    return voyage


def test_who_is_sick_is_not_merged_and_the_reason_says_which_address_and_what_it_answered(tmp_path: Path) -> None:
    voyage = hub(tmp_path)
    voyage.sandbox.state.faults.sick[URL] = FOREVER
    voyage.sail(10)
    assert voyage.merged() == []
    assert voyage.phases() == {"hub": "Passing"}
    assert voyage.reason("hub") == f"ready to merge, but it is not well: {URL} answered: HTTP 503"
    voyage.sandbox.state.faults.sick.clear()
    voyage.sail(30)
    assert voyage.phases() == {"hub": "Settled"}


def test_two_bad_answers_are_a_hiccup_and_the_third_asking_ends_at_the_good_one(tmp_path: Path) -> None:
    voyage = soaking(tmp_path)
    voyage.sandbox.state.faults.sick[URL] = 2
    asked, at = len(voyage.probe.asked), voyage.sandbox.clock.now()
    voyage.tick()
    assert len(voyage.probe.asked) == asked + 3
    assert voyage.sandbox.clock.now() - at == timedelta(seconds=20)
    assert voyage.phases() == {"hub": "Landing"}
    voyage.tick()
    assert len(voyage.probe.asked) == asked + 4, "the first good answer ends the asking"


def test_three_bad_answers_in_the_soak_open_a_revert_that_says_so(tmp_path: Path) -> None:
    voyage = soaking(tmp_path)
    voyage.sandbox.state.faults.sick[URL] = FOREVER
    voyage.tick()
    assert voyage.log.lines.count("sick answer hub") == 3
    revert = voyage.pulls(HUB)[0]
    assert revert.head_ref == "convoy-revert/phase2/hub-1"
    assert "well before our merge and sick after it" in revert.body
    assert "HTTP 503" in revert.body
    voyage.sail(4, approving=False)
    assert voyage.phases() == {"hub": "Reverting"}
    assert len([p for p in voyage.pulls(HUB) if p.head_ref.startswith("convoy-revert/")]) == 1


def test_a_sick_service_is_taken_back_by_itself_where_policy_says_so(tmp_path: Path) -> None:
    voyage = soaking(tmp_path, revert="auto")
    voyage.sandbox.state.faults.sick[URL] = FOREVER
    voyage.sail(12, approving=False)
    assert voyage.phases() == {"hub": "Reverted"}
    assert voyage.file(HUB, "requirements.txt").startswith("tenacity==8.2.3")


def test_where_a_person_refused_the_revert_a_sick_service_is_a_persons_to_judge(tmp_path: Path) -> None:
    voyage = soaking(tmp_path)
    voyage.sandbox.state.faults.sick[URL] = FOREVER
    voyage.tick()
    voyage.anna.close(voyage.pulls(HUB)[0])
    voyage.sail(4, approving=False)
    assert voyage.phases() == {"hub": "Landing"}
    assert "the revert #2 was closed by a person" in voyage.reason("hub")
    assert len(voyage.pulls(HUB)) == 2


def test_a_bot_that_first_looks_after_the_soak_asks_before_anybody_goes_on(tmp_path: Path) -> None:
    voyage = soaking(tmp_path)
    voyage.sandbox.state.faults.sick[URL] = FOREVER
    voyage.sandbox.advance(hours=3)
    voyage.tick()
    assert voyage.pulls(HUB)[0].head_ref == "convoy-revert/phase2/hub-1"


def test_once_settled_it_is_asked_no_more_and_never_taken_back_unasked(tmp_path: Path) -> None:
    voyage = soaking(tmp_path)
    voyage.sail(40)
    assert voyage.phases() == {"hub": "Settled"}
    asked = len(voyage.probe.asked)
    voyage.sandbox.state.faults.sick[URL] = FOREVER
    voyage.sail(5)
    assert len(voyage.probe.asked) == asked
    assert voyage.phases() == {"hub": "Settled"}


def test_who_names_no_endpoint_costs_nothing(tmp_path: Path) -> None:
    api = ServiceConfig(health=("https://api.example/healthz",), checks=("api",))
    services = {"api": api, "desk": ServiceConfig(checks=("desk",))}
    checks = {SHOP: {"api": "services/api", "desk": "services/desk"}}
    voyage = Voyage(tmp_path, {SHOP: monorepo(api=[], desk=["api"])}, services=services, checks=checks)
    voyage.sail(60)
    assert voyage.phases() == {"api": "Settled", "desk": "Settled"}
    assert set(voyage.probe.asked) == {"https://api.example/healthz"}


def test_what_follows_the_path_of_an_address_is_shown_to_nobody(tmp_path: Path) -> None:
    secret = f"{URL}?token=hunter2"
    voyage = Voyage(tmp_path, {HUB: service()}, services={"hub": ServiceConfig(health=(secret,))})
    voyage.sandbox.state.faults.sick[secret] = FOREVER
    voyage.sail(8)
    assert f"{URL} answered" in voyage.reason("hub")
    assert "hunter2" not in voyage.reason("hub")
