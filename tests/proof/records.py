"""What a run of a probe said, kept in a file each, so that runs in several processes end on one page."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from bot.render.text import clip
from tests.proof.environments import CACHE
from transforms.rule import Example, Rule

RECORDS = CACHE.with_name("proof")

Run = Literal["old", "target", "newest", "after-target", "after-newest"]
"""``old``, ``target`` and ``newest`` run the example as it was; the others run it rewritten."""

_PASSING = (
    (re.compile(r"0x[0-9a-f]{4,}"), "0x…"),
    (re.compile(r"\b\d+\.\d+s\b"), "…s"),
    (re.compile(r"(127\.0\.0\.1['\",: ]+)\d{4,5}\b"), r"\1…"),
    (re.compile(r"\[[\d ]+%\]"), ""),
    (re.compile(r"[^\s('\"]*/site-packages/"), ""),
    (re.compile(r"\.? Did you mean: .*"), ""),
)
"""What differs from run to run, from machine to machine and from Python to Python."""

WIDTH = 110


@dataclass(frozen=True, slots=True)
class Record:
    """One run: the line of its output in which the expected text stands, and whether that is the target's."""

    rule: str
    title: str
    run: Run
    text: str
    like: str = ""
    """Of a flagged example on the newest release: which version it behaves like; neither when it fails anew."""


def quoted(output: str, expected: str, folder: Path) -> str:
    """The line of a real output that holds the expected text, without what differs from run to run."""
    wanted = expected.strip().splitlines()[0].strip()
    found = lasting(
        next((line for line in output.splitlines() if wanted in line), wanted).replace(f"{folder}/", "")
    )
    end = found.find(lasting(wanted)) + len(lasting(wanted))
    start = max(0, end - WIDTH + 2)
    return clip(f"…{found[start + 1 :]}" if start else found, WIDTH)


def lasting(text: str) -> str:
    """A line of output with only what is the same in every run."""
    for pattern, instead in _PASSING:
        text = pattern.sub(instead, text)
    return " ".join(text.split())


def keep(record: Record, rule: Rule, example: Example) -> None:
    """Write a record where ``read`` finds it."""
    target = _place(rule, example, record.run)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(f".{id(record)}")
    draft.write_text(json.dumps(asdict(record)), encoding="utf-8")
    draft.replace(target)


def read(rule: Rule, example: Example, run: Run) -> Record:
    """The last record of that run. Raises FileNotFoundError when it has not been run."""
    return Record(**json.loads(_place(rule, example, run).read_text(encoding="utf-8")))


def _place(rule: Rule, example: Example, run: Run) -> Path:
    return RECORDS / rule.library / f"{rule.id}-{rule.examples.index(example)}-{run}.json"
