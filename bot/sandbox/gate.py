"""Why a pull request may not be merged: the branch's rules, in the words GitHub answers with."""

from __future__ import annotations

from collections import Counter

from bot.sandbox.checks import verdicts
from bot.sandbox.records import PullRequest, Repo, Rule
from bot.sandbox.state import ForgeState


def rule_of(repo: Repo, branch: str) -> Rule:
    """The branch's rule; one that demands nothing when it has none."""
    return repo.rules.get(branch) or Rule()


def objections(state: ForgeState, repo: Repo, pull: PullRequest) -> list[str]:
    """What the rules still miss, apart from being up to date. Empty when nothing."""
    rule = rule_of(repo, pull.base_ref)
    found = [*_checks(repo, pull, rule), *_approvals(state, repo, pull, rule)]
    if rule.merge_queue:
        found.append("Changes must be made through the merge queue")
    return found


def behind(state: ForgeState, repo: Repo, pull: PullRequest) -> bool:
    """True when the rule demands up-to-date branches and this one is not."""
    store = state.store(repo.name)
    base = store.head(pull.base_ref)
    strict = rule_of(repo, pull.base_ref).strict
    return strict and base is not None and not store.is_ancestor(base, pull.head_sha)


def mergeable_state(state: ForgeState, repo: Repo, pull: PullRequest) -> str:
    """``unknown dirty draft blocked behind unstable clean``, as GitHub reports it."""
    if pull.state != "open" or pull.mergeable is None:
        return "unknown"
    if not pull.mergeable:
        return "dirty"
    if pull.draft:
        return "draft"
    if objections(state, repo, pull):
        return "blocked"
    if behind(state, repo, pull):
        return "behind"
    said = verdicts(repo, pull.head_sha).values()
    return "clean" if all(words == {"passed"} for words in said) else "unstable"


def _checks(repo: Repo, pull: PullRequest, rule: Rule) -> list[str]:
    said = verdicts(repo, pull.head_sha)
    missing = {name: _worst(said.get(name, set())) for name in rule.required_checks}
    missing = {name: word for name, word in missing.items() if word}
    if not missing:
        return []
    if len(missing) == 1:
        name, word = next(iter(missing.items()))
        return [f'Required status check "{name}" is {word}.']
    counts = " and ".join(f"{count} {word}" for word, count in sorted(Counter(missing.values()).items()))
    return [f"{len(missing)} of {len(rule.required_checks)} required status checks have not succeeded: {counts}."]


def _worst(words: set[str]) -> str:
    if not words:
        return "expected"
    if "failed" in words:
        return "failing"
    return "pending" if "pending" in words else ""


def _approvals(state: ForgeState, repo: Repo, pull: PullRequest, rule: Rule) -> list[str]:
    if not rule.approvals:
        return []
    latest = {
        review.author: review.state
        for review in repo.reviews.values()
        if review.number == pull.number and review.state != "COMMENTED" and state.may(review.author, repo, "write")
    }
    if "CHANGES_REQUESTED" in latest.values():
        return ["Changes have been requested by a reviewer with write access."]
    if list(latest.values()).count("APPROVED") >= rule.approvals:
        return []
    plural = "s are" if rule.approvals > 1 else " is"
    return [f"At least {rule.approvals} approving review{plural} required by reviewers with write access."]
