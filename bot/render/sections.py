"""The part of a body that is about one service: its facts, the rules that applied, what needs a person's eye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.render.moves import bare, pins, sites
from bot.render.rules import RuleWords, rule_words
from bot.render.text import Md, clip, code, escape, joined, link, prose
from bot.render.views import Neighbour, PullView, file_url, findings, moved
from bot.render.words import Cut, counted, cut
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
    """One service of the unit."""

    name: str
    facts: tuple[tuple[str, Md], ...]
    rules: Cut[RuleRow]
    notes: Cut[EyeRow]
    """Rewritten sites whose rule has something to say all the same."""
    eye: Cut[EyeRow]
    advice: Cut[EyeRow]


def sections(view: PullView, rows: int) -> list[Section]:
    """One for each service of the unit, in its order. Lists are cut at ``rows``."""
    return [_section(view, name, migration, rows) for name, migration in view.migrations.items()]


def _section(view: PullView, name: str, migration: Migration, rows: int) -> Section:
    found = findings(migration)
    advice = [f for f in found if f.verdict is Verdict.FLAGGED and f.level in (Level.ADVICE, None)]
    return Section(
        clip(name, 100),
        tuple(_facts(view, migration, rows)),
        cut([RuleRow(rule_words(r), _links(view, fs, rows)) for r, fs in _by_rule(sites(found))], rows),
        cut([_eye(view, f) for f in sites(found) if f.level], rows),
        cut([_eye(view, f) for f in view.flagged if f in found], rows),
        cut([_eye(view, f) for f in advice], rows),
    )


def _facts(view: PullView, migration: Migration, rows: int) -> list[tuple[str, Md]]:
    found, odd = findings(migration), (Status.DEAD_PIN, Status.UNDECLARED)
    lines = sorted(pins(found), key=lambda f: (f.file, f.line))
    facts = [
        ("Moves", joined([_passage(o) for o in moved(migration)[:rows]], "<br>")),
        *([("Pins", _links(view, lines, rows))] if lines else []),
        ("Changes", _changes(view, migration)),
        ("Order", _order(view, rows)),
    ]
    facts += [(f"Not moved: {o.upgrade}", escape(clip(o.reason, 300))) for o in _barred(view, migration)[:rows]]
    other = [o for o in migration.outcomes if o.status in odd and o.reason]
    return facts + [(f"About {o.upgrade}", escape(clip(o.reason, 300))) for o in other[:rows]]


def _passage(outcome: Outcome) -> Md:
    old, new = escape(bare(outcome.old)) or "?", escape(bare(outcome.new)) or "?"
    return Md(f"{code(outcome.upgrade)} {old} → {new}")


def _changes(view: PullView, migration: Migration) -> Md:
    found = findings(migration)
    done, left = len(sites(found)), sum(f in found for f in view.flagged)
    rewritten = f"{counted(done, 'site')} rewritten" if done else "no site to rewrite"
    return Md(f"{counted(len(migration.edits), 'file')}; {rewritten}, {left or 'none'} left for a person")


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


def _by_rule(rewritten: list[Finding]) -> list[tuple[str, list[Finding]]]:
    ordered = sorted(rewritten, key=lambda f: (f.rule, f.file, f.line))
    return [(rule, list(group)) for rule, group in groupby(ordered, key=lambda f: f.rule)]


def _links(view: PullView, found: list[Finding], rows: int) -> Md:
    limit = min(rows, _SITES)
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
