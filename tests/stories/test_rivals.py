"""Renovate and Dependabot at the same pins: named in our body, so that the reviewer knows which one to close."""

from __future__ import annotations

from pathlib import Path

from voyage import HUB, Voyage, service


def beside(root: Path, branch: str, edits: dict[str, str], author: str = "renovate[bot]") -> Voyage:
    """Somebody's pull request stands open when ours is made."""
    voyage = Voyage(root, {HUB: service()})
    other = voyage.sandbox.person(author)
    other.push(HUB, branch, edits)
    other.open_pull(HUB, branch, "Update dependency")
    voyage.sail(6, approving=False)
    return voyage


def test_another_bots_pull_request_on_the_same_pin_is_named_and_to_be_closed(tmp_path: Path) -> None:
    voyage = beside(tmp_path, "renovate/tenacity-9.x", {"requirements.txt": "tenacity==9.1.2\nhttpx==0.27.0\n"})
    body = voyage.pull("hub").body
    assert "### Close before you merge" in body
    assert f"[pull request 1]({voyage.sandbox.state.world.url}/{HUB}/pull/1) by renovate" in body


def test_a_bot_under_a_persons_name_is_known_by_its_branch(tmp_path: Path) -> None:
    edits = {"requirements.txt": "tenacity==9.1.2\nhttpx==0.27.0\n"}
    assert "Close before you merge" in beside(tmp_path, "dependabot/pip/tenacity-9", edits, "carl").pull("hub").body


def test_other_pins_in_the_same_file_other_files_and_people_are_nobodys_rivals(tmp_path: Path) -> None:
    moved = {"requirements.txt": "tenacity==8.2.3\nhttpx==0.28.0\n"}
    same = {"requirements.txt": "tenacity==9.1.2\nhttpx==0.27.0\n"}
    assert "Close before" not in beside(tmp_path / "a", "renovate/httpx", moved).pull("hub").body
    assert (
        "Close before"
        not in beside(tmp_path / "b", "renovate/docs", {"tenacity.md": "tenacity\n"}).pull("hub").body
    )
    assert "Close before" not in beside(tmp_path / "c", "my-idea", same, "carl").pull("hub").body


def test_it_is_no_longer_named_once_it_was_closed_before_the_review_was_asked(tmp_path: Path) -> None:
    voyage = Voyage(tmp_path, {HUB: service()})
    other = voyage.sandbox.person("renovate[bot]")
    other.push(HUB, "renovate/tenacity", {"requirements.txt": "tenacity==9.1.2\nhttpx==0.27.0\n"})
    theirs = other.open_pull(HUB, "renovate/tenacity")
    voyage.tick()
    voyage.tick()
    assert "Close before you merge" in voyage.pull("hub").body
    other.close(theirs)
    voyage.sail(6, approving=False)
    assert voyage.phases() == {"hub": "AwaitingReview"}
    assert "Close before you merge" not in voyage.pull("hub").body
