"""The report on a campaign: what was reached, how long it took, what went wrong. Words for the figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot import figures
from bot.figures import Share, Spread
from bot.logbook import Attempt, Course, Logbook
from bot.model import Standing
from bot.render.engine import render
from bot.render.goals import NOT_MEASURED, goals, share_words
from bot.render.moves import passage
from bot.render.status import status_markdown
from bot.render.text import Md, escape, joined, link
from bot.render.words import brief

STAGES = {
    "checks": "pull request opened → its checks green",
    "review": "green → approved",
    "merge": "green and approved → merged (order, budgets and calendar)",
    "landing": "merged → the base branch answered",
    "soak": "the base branch answered → settled",
    "whole": "pull request opened → settled",
    "way back": "merged → taken back",
}
KINDS = {
    "red": "check red on a pull request and green on its base",
    "red before": "check red on a pull request and not green on its base",
    "red after": "check red on the base branch after a merge",
    "taken back": "merged pull request taken back",
    "closed": "pull request closed unmerged",
    "broken": "migration or push that failed",
    "unreachable": "repository that cannot be worked on",
    "barred": "upgrade barred",
    "sick": "health endpoint that did not answer well",
    "left": "site that breaks and is left to a person",
}


def execution(log: Logbook, standings: Sequence[Standing]) -> str:
    """``<campaign>-execution-complete.md``. ``standings`` are the lines of the same look."""
    return render(
        "report/execution.md",
        log=log,
        over=figures.is_over(log),
        until=last_event(log),
        status=Md(status_markdown(standings).rstrip()),
        goals=goals(log),
        success=_shared(figures.success(log)),
        rollback=_shared(figures.rollback(log)),
        stages=[(STAGES[name], *_spread(found)) for name, found in figures.stages(log)],
        upgrades=[(line, _took(line)) for line in figures.by_upgrade(log)],
        waves=[(line, _took(line)) for line in figures.by_wave(log)],
        troubles=[(KINDS[t.kind], len(t.services), _names(t.services)) for t in figures.troubles(log)],
        downtime=figures.downtime(log),
        brief=brief,
        attempts=[_attempt(n, a, c) for c in log.courses for n, a in enumerate(c.attempts, 1)],
    )


def last_event(log: Logbook) -> str:
    """When anything last happened that these figures know of, so that the same forge gives the same page."""
    times = [t for c in log.courses for a in c.attempts for t in moments(a)]
    return moment(max([*times, *(a.at for a in log.answers)], default=None))


def moments(attempt: Attempt) -> list[datetime]:
    """Every time that is known of an attempt."""
    back = attempt.revert.merged_at if attempt.revert else None
    told = (attempt.green, attempt.approved, attempt.merged, attempt.verdict, attempt.settled, back)
    return [attempt.pull.created_at, *(t for t in told if t)]


def moment(at: datetime | None) -> str:
    """``2026-02-05 14:03:21`` in UTC, or a dash."""
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else "–"


def moved(attempt: Attempt) -> str:
    """``tenacity 8.2.3 → 9.1.2; pytest 8.3.5 → 9.0.2``."""
    return "; ".join(passage(o, "→") for o in attempt.upgrades) or "not known"


def pull_link(attempt: Attempt) -> Md:
    return link(str(attempt.pull.number), attempt.pull.url)


def _shared(found: Share | None) -> str:
    return share_words(found) if found else NOT_MEASURED


def _spread(found: Spread | None) -> tuple[str, str, str]:
    return (str(found.count), brief(found.middle), brief(found.longest)) if found else ("0", "–", "–")


def _took(line: figures.Line) -> str:
    return brief(line.took) if line.took is not None else "–"


def _names(services: Sequence[str]) -> Md:
    """Each name once, with how often where that is more than once."""
    times = {name: services.count(name) for name in services}
    return joined([Md(f"{escape(name)}{f' ({n})' if n > 1 else ''}") for name, n in times.items()]) or Md("–")


def _attempt(number: int, attempt: Attempt, course: Course) -> dict[str, object]:
    return {
        "name": course.name,
        "number": number,
        "pull": pull_link(attempt),
        "moved": moved(attempt),
        "opened": moment(attempt.pull.created_at),
        "merged": moment(attempt.merged),
        "end": _end(attempt, course),
    }


def _end(attempt: Attempt, course: Course) -> Md:
    if attempt.revert and attempt.revert.merged:
        back = link(str(attempt.revert.number), attempt.revert.url)
        return Md(f"taken back by {back}, {moment(attempt.revert.merged_at)}")
    if attempt.gone_by:
        return Md(f"taken back by {escape(attempt.gone_by)}")
    if attempt.settled:
        return Md(f"settled, {moment(attempt.settled)}")
    if attempt is not course.last:
        return Md("merged" if attempt.merged else "closed unmerged")
    return escape(course.phase)
