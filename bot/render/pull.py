"""The pull request: its title, its body and the messages of its commits and of its merge."""

from __future__ import annotations

from textwrap import fill

from bot import marker
from bot.render.engine import render
from bot.render.evidence import evidence_lines, evidence_rows
from bot.render.plan import merge_plan
from bot.render.rules import rule_words
from bot.render.sections import sections
from bot.render.text import Md, clip, plain
from bot.render.views import PullView
from bot.render.words import counted, listed
from transforms.model import Level, Migration, Outcome, Step, Verdict

LIMIT = 65_536
"""GitHub's limit for a body, in characters."""
_ROOM = LIMIT - 2_000
_ROWS = (40, 20, 10, 5, 2, 1)


def pull_title(view: PullView) -> str:
    """``billing: move tenacity to 9.1.2``, short enough for a list."""
    names = [o.upgrade for o in view.moved]
    targets = " and ".join(_target(o) for o in view.moved) if len(names) < 3 else counted(len(names), "library")
    return clip(plain(f"{view.unit.name}: move {targets or 'libraries'}"), 120)


def pull_body(view: PullView) -> str:
    """The body, with ever shorter lists until it fits, and the hidden marker as its last line."""
    note = marker.write(marker.Marker(view.campaign, view.unit.slug, view.base, view.tree, view.attempt))
    for rows in _ROWS:
        body = _body(view, rows)
        if len(body) <= _ROOM:
            break
    return f"{body}\n{note}\n"


def commit_message(step: Step, migration: Migration, service: str, campaign: str) -> str:
    """One commit: an imperative title, what changed in prose, and the trailers that make it ours."""
    outcomes = [o for o in migration.outcomes if o.upgrade in step.upgrades]
    title = clip(plain(f"Move {listed([_target(o) for o in outcomes] or list(step.upgrades))}"), 72)
    trailers = [f"Convoy-Campaign: {plain(campaign)}", f"Convoy-Service: {plain(service)}"]
    trailers += [f"Convoy-Upgrade: {plain(f'{o.upgrade} {o.old} -> {o.new}')}" for o in outcomes]
    return "\n\n".join([title, *_prose(step), "\n".join(trailers)]) + "\n"


def merge_message(view: PullView, pr: int) -> tuple[str, str]:
    """Title and message of the merge commit."""
    title = clip(plain(f"{pull_title(view)} ({view.campaign})"), 100)
    upgrades = [f"{o.upgrade} {o.old} -> {o.new}" for o in view.moved]
    body = f"Merges pull request {pr}: {listed(upgrades) or 'no upgrade'}, wave {view.wave + 1}."
    trailers = [f"Convoy-Campaign: {plain(view.campaign)}"]
    trailers += [f"Convoy-Service: {plain(s.name)}" for s in view.unit.services]
    return title, "\n\n".join([fill(plain(body), 72), "\n".join(trailers)]) + "\n"


def _body(view: PullView, rows: int) -> str:
    return render(
        "pull.md",
        view=view,
        unit=clip(view.unit.name, 100),
        upgrades=listed([f"{o.upgrade} {o.new}".strip() for o in view.moved[:rows]]),
        request=_request(view),
        sections=sections(view, rows),
        problems=view.problems[:rows],
        checks=evidence_rows(view, rows),
        evidence=evidence_lines(view),
        plan=merge_plan(view),
    ).rstrip("\n")


def _request(view: PullView) -> Md:
    """What the reviewer decides, in one sentence."""
    breaks = sum(f.level is Level.BREAKS for f in view.flagged)
    silent = len(view.flagged) - breaks
    parts = [
        f"{counted(breaks, 'site')} that {'breaks' if breaks == 1 else 'break'} on the new version"
        if breaks
        else "",
        f"{counted(silent, 'site')} that may behave differently" if silent else "",
    ]
    if wanted := listed([p for p in parts if p]):
        return Md(f"**You decide** about {wanted}, listed below; the rest is mechanical.")
    if view.problems:
        return Md("**You decide** about the files that could not be read, listed below; the rest is mechanical.")
    return Md("Nothing is left for you to change: **approve** if the diff reads well and the checks are green.")


def _prose(step: Step) -> list[str]:
    done = [f for f in step.findings if f.verdict is Verdict.REWRITTEN]
    left = [f for f in step.findings if f.verdict is Verdict.FLAGGED and f.level is not Level.ADVICE]
    paragraphs = [f"Changes {counted(len(step.edits), 'file')}."]
    if done:
        rules = {f.rule: rule_words(f.rule).title for f in done}
        named = listed([f"{rule} ({title})" if title else rule for rule, title in sorted(rules.items())])
        paragraphs[0] += f" Rewrites {counted(len(done), 'site')} by {named}."
    if left:
        where = listed([f"{f.file}:{f.line}" for f in left[:5]])
        more = f" and {len(left) - 5} more" if len(left) > 5 else ""
        paragraphs.append(f"Left for a person: {where}{more}.")
    return [fill(plain(p), 72, break_long_words=False, break_on_hyphens=False) for p in paragraphs]


def _target(outcome: Outcome) -> str:
    return f"{outcome.upgrade} to {outcome.new}" if outcome.new else outcome.upgrade
