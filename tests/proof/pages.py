"""The pages under ``docs/testing``: what the last full run of the proof said, as a reader wants it.

``python -m tests.proof.pages [LIBRARY]`` writes them, at the end of ``make prove``.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from bot.render.engine import render
from bot.render.guide import bounds, passage
from bot.render.text import Md, code, joined, link, prose
from bot.render.words import counted
from tests.proof.records import Record, read
from transforms.model import Proof
from transforms.registry import environments, rules, upgrade, upgrades
from transforms.rule import Example, Rule

FOLDER = Path(__file__).parents[2] / "docs" / "testing"


@dataclass(frozen=True, slots=True)
class Row:
    """One proven example."""

    rule: Md
    title: Md
    old: Md
    target: Md
    after: Md
    newest: Md


def page(library: str) -> str:
    """A library's page. Raises FileNotFoundError when not all of its probes have been run."""
    known, about = environments(library), upgrade(library)
    proven = [(r, e) for r in rules(library) for e in r.examples if e.probe is not None]
    return render(
        "proof.md",
        title=passage(about),
        subject=known.subject,
        method=known.method,
        bounds=bounds(about),
        library=library,
        python=f"CPython {sys.version_info.major}.{sys.version_info.minor}",
        environments=(("old", known.old), ("target", known.target), ("newest", known.newest)),
        rewritten=_rewritten(proven),
        flagged=_flagged(proven),
        differing=[
            _differing(r, e) for r, e in proven if not is_rewritten(e) and read(r, e, "newest").like == "old"
        ],
        rows=[_row(r, e) for r, e in proven],
        unproven=[_unproven(r) for r in rules(library) if r.proof is not Proof.RAN],
    )


def place(library: str) -> Path:
    """Where the page stands."""
    return FOLDER / f"phase2-proof-{library}.md"


def is_rewritten(example: Example) -> bool:
    """Whether the example shows an edit."""
    return example.after is not None or bool(example.others_after)


def _row(rule: Rule, example: Example) -> Row:
    done = is_rewritten(example)
    return Row(
        link(code(rule.id), rule.link),
        prose(example.title),
        _said(read(rule, example, "old")),
        _said(read(rule, example, "target")),
        _said(read(rule, example, "after-target")) if done else Md("flagged"),
        _said(read(rule, example, "after-newest")) if done else _newest(read(rule, example, "newest")),
    )


def _said(record: Record) -> Md:
    return code(record.text)


def _newest(record: Record) -> Md:
    said = {"target": "as on the target", "old": f"again {_said(record)}"}
    return Md(f"flagged; {said.get(record.like, f'fails with {_said(record)}')}")


def _rewritten(proven: list[tuple[Rule, Example]]) -> str:
    done = [(r, e) for r, e in proven if is_rewritten(e)]
    if not done:
        return "No rule of this library rewrites."
    return (
        f"{counted(len({r.id for r, _ in done}), 'rule')} rewrote {counted(len(done), 'situation')}: each worked "
        "on the old version, failed or changed on the target, and works rewritten on the target and on the newest."
    )


def _flagged(proven: list[tuple[Rule, Example]]) -> str:
    left = [(r, e) for r, e in proven if not is_rewritten(e)]
    if not left:
        return "Every situation that was run is rewritten."
    return (
        f"{counted(len(left), 'situation')} of {counted(len({r.id for r, _ in left}), 'rule')} "
        f"{'is' if len(left) == 1 else 'are'} left to a person: the program runs on both versions and says "
        "something else on the target, as the flag states."
    )


def _differing(rule: Rule, example: Example) -> Md:
    return joined([link(code(rule.id), rule.link), prose(example.title)], ": ")


def _unproven(rule: Rule) -> Md:
    return joined([link(code(rule.id), rule.link), prose(f"{rule.title} ({rule.proof})")], ": ")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for each in sys.argv[1:] or [u.library for u in upgrades()]:
        place(each).write_text(page(each), encoding="utf-8", newline="\n")
