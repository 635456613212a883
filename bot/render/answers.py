"""The status comment: what people asked for on a pull request and what came of it, one line an answer.

It is edited in place. The lines that are there stay, the oldest give way, and each carries the mark that says which
comment it answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.marker import Said, write_answer, write_said
from bot.render.engine import render
from bot.render.text import Md, clip, code, escape, joined

_ROWS = 25
"""Answers that are kept. A comment whose line has gone keeps our reaction."""
_ROW = re.compile(r"^\| .* <!-- convoy-answer: [0-9]{1,20} [a-z]{1,10} --> \|$", re.MULTILINE)
_LONG = 1500
"""Letters of somebody else's that one fact of an answer may have."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one command. ``kind`` chooses the sentence in ``templates/answer.md``, ``facts`` fill it."""

    kind: str
    reaction: str
    facts: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """An answer, and what it answers."""

    comment: int
    author: str
    asked: str
    answer: Answer


def answer(kind: str, reaction: str, **facts: object) -> Answer:
    """An answer in words of its kind."""
    return Answer(kind, reaction, tuple(facts.items()))


def answers_comment(pr: int, before: str, lines: Sequence[Line], reactions: dict[int, str]) -> str:
    """The comment with these answers after those that are in ``before``."""
    rows = [*(Md(row) for row in _ROW.findall(before)), *(_row(line, reactions) for line in lines)]
    body = render("answers.md", rows=rows[-_ROWS:])
    return f"{body}\n{write_said(Said('status', str(pr)))}\n"


def discarded_comment(head: str) -> str:
    """Before commits that are not ours are taken off a branch: where they can still be found."""
    return f"{render('discarded.md', head=head)}\n{write_said(Said('discarded', head))}\n"


def listing(words: Sequence[str]) -> Md:
    """``a``, ``b``: names as code."""
    return joined([code(word) for word in words])


def _row(line: Line, reactions: dict[int, str]) -> Md:
    facts = {name: _short(fact) for name, fact in line.answer.facts}
    said = " ".join(render("answer.md", kind=line.answer.kind, **facts).split())
    asked = _asked(line.asked)
    return Md(f"| {asked} | {escape(line.author)} | {said} {write_answer(line.comment, reactions[line.comment])} |")


def _asked(words: str) -> Md:
    """What was asked, as it can be copied; what is not plain is shown harmlessly instead."""
    if re.fullmatch(r"[A-Za-z0-9 ._-]{1,80}", words):
        return Md(f"`/convoy {words}`")
    return code(clip(f"/convoy {words}", 90))


def _short(fact: object) -> object:
    return clip(fact, _LONG) if isinstance(fact, str) and not isinstance(fact, Md) else fact
