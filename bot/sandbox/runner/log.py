"""What a job had to say, cut to what a check run can carry and told without this machine's folders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

LINES = 60
CHARACTERS = 12_000
_TAIL = 256 * 1024
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_OUTCOMES = "passed|failed|errors?|skipped|deselected|xfailed|xpassed|warnings?"
_VERDICT = re.compile(rf"^(?:=+ )?(\d+ (?:{_OUTCOMES})\b.* in [\d.]+s|no tests ran in [\d.]+s)")


def read(path: Path, names: Mapping[str, str]) -> str:
    """The end of a log, without colours or control characters. ``names``: folders (as patterns) and their names."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _TAIL))
        text = stream.read().decode(errors="replace")
    for folder, name in names.items():
        text = re.sub(folder, name, text)
    text = _COLOUR.sub("", text).replace("\r\n", "\n")
    return "".join(char for char in text if char.isprintable() or char in "\n\t")


def excerpt(text: str) -> str:
    """The last lines of it."""
    return "\n".join(text.rstrip().split("\n")[-LINES:])[-CHARACTERS:]


def verdict(text: str) -> str:
    """The last summary line that pytest printed (``3 passed in 0.21s``), or nothing."""
    found = [match[1] for line in text.split("\n") if (match := _VERDICT.match(line[:200]))]
    return found[-1] if found else ""


def failures(text: str) -> list[str]:
    """pytest's own list of what failed, a line each."""
    return [line for line in text.split("\n") if line.startswith(("FAILED ", "ERROR "))]
