"""Where every service stands and why: as plain text, as Markdown, and as the last word of a voyage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.model import Standing
from bot.render.engine import render
from bot.render.text import Md, clip, code, escape, link, one_line
from bot.render.words import counted, listed

_HEAD = ("WAVE", "SERVICE", "PHASE", "PR", "WHY")


def status_text(standings: Sequence[Standing]) -> str:
    """A plain table, one line a service, in sailing order; columns as wide as their words."""
    rows = [_HEAD, *(_row(s) for s in in_order(standings))]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD) - 1)]
    lines = ["  ".join([*(c.ljust(w) for c, w in zip(row[:-1], widths, strict=True)), row[-1]]) for row in rows]
    return "\n".join([*lines, "", tally(standings)]) + "\n"


def status_markdown(standings: Sequence[Standing]) -> str:
    """The same as a table for an issue."""
    return render("status.md", rows=[cells(s) for s in in_order(standings)], tally=tally(standings))


def cells(standing: Standing) -> tuple[object, ...]:
    """A service's line of such a table."""
    pull = link(str(standing.pr), standing.pr_url) if standing.pr else Md("–")
    return standing.wave + 1, code(standing.service.name), standing.phase.name, pull, _why(standing)


def summary(
    standings: Sequence[Standing],
    merges: Sequence[str],
    reverts: Sequence[str],
    look: Sequence[tuple[str, str]] = (),
    took: float | None = None,
) -> str:
    """The last word of a voyage: merges in order, what was reverted and why, where to look (label, place)."""
    reverted = [s for s in in_order(standings) if s.service.name in reverts]
    other = [s for s in in_order(standings) if s.phase.name not in ("Settled", "Current") and s not in reverted]
    label_width = max((len(label) for label, _ in look), default=0)
    return render(
        "summary.txt",
        tally=Md(tally(standings)),
        merges=Md(listed([one_line(name) for name in merges])),
        reverted=[(Md(one_line(s.service.name)), Md(why(s))) for s in reverted],
        other=[(Md(one_line(s.service.name)), Md(s.phase.name), Md(why(s))) for s in other],
        look=[(Md(one_line(label).ljust(label_width)), Md(one_line(place))) for label, place in look],
        took=None if took is None else f"{took:.0f}",
    )


def tally(standings: Iterable[Standing]) -> str:
    """``12 services: 8 settled, 2 current, 1 reverted, 1 held``."""
    counts: dict[str, int] = {}
    for standing in standings:
        counts[standing.phase.name] = counts.get(standing.phase.name, 0) + 1
    parts = [f"{n} {_spaced(name)}" for name, n in sorted(counts.items(), key=lambda c: (-c[1], c[0]))]
    return f"{counted(sum(counts.values()), 'service')}" + (f": {', '.join(parts)}" if parts else "")


def in_order(standings: Iterable[Standing]) -> list[Standing]:
    """By wave, then by name."""
    return sorted(standings, key=lambda s: (s.wave, s.service.name, s.service.repo))


def _row(standing: Standing) -> tuple[str, ...]:
    pull = str(standing.pr) if standing.pr else "-"
    name = one_line(standing.service.name)
    return str(standing.wave + 1), name, standing.phase.name, pull, why(standing)


def why(standing: Standing) -> str:
    """Its one reason, with what is not moved, on one line."""
    barred = listed([f"{o.upgrade} not moved ({o.reason})" for o in standing.barred])
    return clip(
        one_line("; ".join(p for p in (standing.decision.reason or standing.phase.reason, barred) if p)), 300
    )


def _why(standing: Standing) -> Md:
    return escape(why(standing))


def _spaced(name: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
