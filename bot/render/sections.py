"""The part of a body that is about one service: its facts, the rules that applied, what needs a person's eye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.render.rules import RuleWords, rule_words
from bot.render.text import Md, clip, code, escape, joined, link, prose
from bot.render.views import Neighbour, PullView, file_url, findings, moved
from bot.render.words import counted
from transforms.model import Finding, Level, Migration, Outcome, Status, Verdict

_SITES = 8
"""Links shown for one rule; the diff has them all."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule and the sites that it rewrote."""

    rule: RuleWords
    sites: Md


@dataclass(frozen=True, slots=True)
class EyeRow:
    """A site left for a person."""

    where: Md
    level: str
    message: Md
    rule: Md


@dataclass(frozen=True, slots=True)
class Section:
    """One service of the unit. ``more_*`` count what the lists leave out."""

    name: str
    facts: tuple[tuple[str, Md], ...]
    rules: tuple[RuleRow, ...]
    more_rules: int
    notes: tuple[EyeRow, ...]
    """Rewritten sites whose rule has something to say all the same."""
    more_notes: int
    eye: tuple[EyeRow, ...]
    more_eye: int
    advice: tuple[EyeRow, ...]
    more_advice: int


def sections(view: PullView, rows: int) -> list[Section]:
    """One for each service of the unit, in its order. Lists are cut at ``rows``."""
    return [_section(view, name, migration, rows) for name, migration in view.migrations.items()]


def _section(view: PullView, name: str, migration: Migration, rows: int) -> Section:
    found = findings(migration)
    rewritten = [f for f in found if f.verdict is Verdict.REWRITTEN]
    advice = [f for f in found if f.verdict is Verdict.FLAGGED and f.level in (Level.ADVICE, None)]
    eye = [f for f in view.flagged if f in found]
    by_rule, notes = _by_rule(rewritten), [f for f in rewritten if f.level]
    return Section(
        clip(name, 100),
        tuple(_facts(view, migration, rewritten, eye, rows)),
        tuple(
            RuleRow(rule_words(r), _sites(view, fs, min(rows, _SITES))) for r, fs in list(by_rule.items())[:rows]
        ),
        max(0, len(by_rule) - rows),
        tuple(_eye(view, f) for f in notes[:rows]),
        max(0, len(notes) - rows),
        tuple(_eye(view, f) for f in eye[:rows]),
        max(0, len(eye) - rows),
        tuple(_eye(view, f) for f in advice[:rows]),
        max(0, len(advice) - rows),
    )


def _facts(
    view: PullView, migration: Migration, rewritten: list[Finding], eye: list[Finding], rows: int
) -> list[tuple[str, Md]]:
    done, barred = moved(migration), _barred(view, migration)
    left = f"{len(eye)} left for a person" if eye else "none left for a person"
    sites = f"{counted(len(rewritten), 'site')} rewritten" if rewritten else "no site to rewrite"
    facts = [
        ("Moves", _upgrades(done[:rows])),
        ("Changes", Md(f"{counted(len(migration.edits), 'file')}; {sites}, {left}")),
        ("Order", _order(view, rows)),
    ]
    facts += [(f"Not moved: {o.upgrade}", escape(clip(o.reason, 300))) for o in barred[:rows]]
    facts += [(f"{o.status}: {o.upgrade}", escape(clip(o.reason, 300))) for o in _odd(migration)[:rows] if o.reason]
    return facts


def _upgrades(outcomes: Sequence[Outcome]) -> Md:
    return joined(
        [Md(f"{code(o.upgrade)} {escape(o.old) or '?'} → {escape(o.new) or '?'}") for o in outcomes], "<br>"
    )


def _order(view: PullView, rows: int) -> Md:
    parts = [Md(f"wave {view.wave + 1}")]
    if view.depends_on:
        parts.append(
            Md("after " + joined([_neighbour(n) for n in view.depends_on[:rows]]) + _more(view.depends_on, rows))
        )
    if view.dependents:
        waiting = joined([code(clip(name, 100)) for name in view.dependents[:rows]]) + _more(view.dependents, rows)
        parts.append(Md(f"before {waiting}"))
    return joined(parts, "; ")


def _neighbour(other: Neighbour) -> Md:
    pull = [link(f"pull request {other.pr}", other.url)] if other.pr else []
    state = [escape(other.phase.lower())] if other.phase else []
    return Md(code(clip(other.name, 100)) + (f" ({joined(state + pull)})" if state or pull else ""))


def _barred(view: PullView, migration: Migration) -> list[Outcome]:
    own = [o for o in migration.outcomes if o.status is Status.BARRED]
    return own + [o for o in view.barred if o.upgrade not in {b.upgrade for b in own}]


def _odd(migration: Migration) -> list[Outcome]:
    return [o for o in migration.outcomes if o.status in (Status.DEAD_PIN, Status.UNDECLARED)]


def _by_rule(rewritten: list[Finding]) -> dict[str, list[Finding]]:
    grouped: dict[str, list[Finding]] = {}
    for finding in sorted(rewritten, key=lambda f: (f.rule, f.file, f.line)):
        grouped.setdefault(finding.rule, []).append(finding)
    return grouped


def _sites(view: PullView, found: list[Finding], limit: int) -> Md:
    return Md(joined([_where(view, f) for f in found[:limit]], "<br>") + _more(found, limit))


def _more(items: Sequence[object], limit: int) -> Md:
    return Md(f" and {len(items) - limit} more" if len(items) > limit else "")


def _eye(view: PullView, found: Finding) -> EyeRow:
    level = str(found.level or Level.ADVICE)
    return EyeRow(_where(view, found), level, prose(clip(found.message, 400)), rule_words(found.rule).shown)


def _where(view: PullView, found: Finding) -> Md:
    now = found.new_line if view.head and found.new_line else None
    sha, line = (view.head, now) if now else (view.base, found.line)
    shown = clip(f"{_within(view, found.file)}:{line}", 160)
    return link(code(shown), file_url(view.web, view.unit.repo, sha, found.file, line))


def _within(view: PullView, file: str) -> str:
    """The file as seen from the service's folder, when there is one folder; its link has the whole path."""
    folders = {s.path for s in view.unit.services}
    return file.removeprefix(f"{folders.pop()}/") if len(folders) == 1 else file
