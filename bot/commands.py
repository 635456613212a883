"""Commands in comments: a line that begins with ``/convoy``, outside quotes and code, and nothing else. Pure.

A comment is hostile text. Where it is not clear whether a line was meant (a quote that goes on, a fence that never
closes, a hidden HTML comment), it was not. Who may command, and what came of it, is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

MOST = 10
"""Lines of one comment that are read as commands; more than that is no conversation."""

_LINE = re.compile(r"/convoy(?:[ \t]+(.*))?", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_QUOTE = re.compile(r" {0,3}>")
_TICKS = re.compile(r"`+")
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(pre|code|blockquote|script|style|textarea|samp|kbd|template)\b.*?(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)


class Verb(StrEnum):
    """What can be asked."""

    RERUN = "rerun"
    REBASE = "rebase"
    RETRY_CI = "retry-ci"
    HOLD = "hold"
    RESUME = "resume"
    MERGE = "merge"
    REVERT = "revert"
    SKIP = "skip"
    AGAIN = "again"
    EXPLAIN = "explain"
    STATUS = "status"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Command:
    """Something asked of us. ``upgrade`` is the word after ``skip``, as written."""

    verb: Verb
    force: bool = False
    upgrade: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.verb, self.upgrade, "--force" if self.force else "")))


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that was meant for us and that we do not understand. ``nearest`` is a command, or empty."""

    said: str
    nearest: str = ""


def parse(body: str) -> tuple[Command | Mistake, ...]:
    """Every command of a comment, in order."""
    found = (_LINE.fullmatch(line.rstrip()) for line in _spoken(body))
    return tuple(_command(match[1] or "") for match in found if match)[:MOST]


def _command(words: str) -> Command | Mistake:
    """One line, strictly: a word too many may change what was meant, so it is a mistake."""
    first, *rest = words.split() or [Verb.HELP]
    said = " ".join(words.split())[:80]
    if first.lower() not in list(Verb):
        near = get_close_matches(first.lower(), list(Verb), n=1, cutoff=0.5)
        return Mistake(said, str(near[0]) if near else "")
    verb = Verb(first.lower())
    match verb, rest:
        case Verb.SKIP, [upgrade]:
            return Command(verb, upgrade=upgrade[:80])
        case Verb.SKIP, _:
            return Mistake(said, "skip UPGRADE")
        case Verb.RERUN, ["--force"]:
            return Command(verb, force=True)
        case _, []:
            return Command(verb)
    return Mistake(said, f"{verb} --force" if verb is Verb.RERUN and "force" in " ".join(rest) else str(verb))


# ── what somebody said, without what they quoted ────────────────────────────────────────────────────────────


def _spoken(body: str) -> Iterator[str]:
    """The lines that are the author's own words: no quote, no code, nothing hidden."""
    text = _HIDDEN.sub(_blanked, "\n".join(_unfenced(body.replace("\r\n", "\n").split("\n"))))
    for paragraph in re.split(r"\n[ \t]*(?=\n|\Z)", text):
        yield from _outside_spans(paragraph).split("\n")


def _unfenced(lines: list[str]) -> Iterator[str]:
    """Lines outside fenced blocks and quotes; a quote lasts until a blank line, as Markdown has it."""
    fence, quoted = "", False
    for line in lines:
        mark = _FENCE.match(line)
        if fence:
            closes = mark and mark[1].startswith(fence) and not line.strip().strip(fence[0])
            fence = "" if closes else fence
            yield ""
        elif mark:
            fence, quoted = mark[1], False
            yield ""
        else:
            quoted = bool(line.strip()) and (quoted or _QUOTE.match(line) is not None)
            yield "" if quoted else line


def _outside_spans(paragraph: str) -> str:
    """The paragraph with every code span blanked: a run of backticks up to the next run of the same length."""
    at, kept = 0, []
    while opening := _TICKS.search(paragraph, at):
        same = (m for m in _TICKS.finditer(paragraph, opening.end()) if m[0] == opening[0])
        closing = next(same, None)
        end = closing.end() if closing else opening.end()
        kept += [paragraph[at : opening.start()], _blank(paragraph[opening.start() : end])]
        at = end
    return "".join([*kept, paragraph[at:]])


def _blanked(match: re.Match[str]) -> str:
    return _blank(match[0])


def _blank(text: str) -> str:
    """The same lines with nothing that could be read: a dot, so that what follows does not begin a line."""
    return re.sub(r"[^\n]", ".", text)
