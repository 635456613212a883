"""The text of a Flux pipeline taken apart: functions, their arguments, strings. No more of the language."""

from __future__ import annotations

import re

_CALL = re.compile(r"^(?P<name>[\w.]+)\s*\((?P<args>.*)\)$", re.DOTALL)
_DURATION = re.compile(r"^-?(\d+)(ns|us|ms|s|m|h|d|w|mo|y)$")
_UNITS = {
    "ns": "nanosecond",
    "us": "microsecond",
    "ms": "millisecond",
    "s": "second",
    "m": "minute",
    "h": "hour",
    "d": "day",
    "w": "week",
    "mo": "month",
    "y": "year",
}
_TEXT = re.compile(r'^"([^"\\$]*)"$')


class Other(Exception):
    """The text has a shape that is not translated."""


def steps(flux: str) -> list[tuple[str, str]]:
    """The functions of the pipeline and their arguments."""
    text = re.sub(r"^\s*//.*$", "", flux, flags=re.MULTILINE).strip()
    text = re.sub(r'^import\s+"influxdata/influxdb/schema"\s*', "", text)
    found_steps = []
    for part in split(text, "|>"):
        found = _CALL.match(part)
        if found is None or not is_balanced(found["args"]):
            raise Other
        found_steps.append((found["name"], found["args"].strip()))
    if not found_steps or found_steps[0][0] != "from" or len([s for s in found_steps if s[0] == "from"]) != 1:
        raise Other
    return found_steps


def split(text: str, separator: str) -> list[str]:
    """The parts between separators that stand in no bracket and no string."""
    parts, depth, quoted, start, at = [], 0, False, 0, 0
    while at < len(text):
        char = text[at]
        if char == '"':
            quoted = not quoted
        elif not quoted:
            depth += (char in "([{") - (char in ")]}")
            if depth == 0 and text.startswith(separator, at):
                parts.append(text[start:at].strip())
                at = start = at + len(separator)
                continue
        at += 1
    return [*parts, text[start:].strip()]


def is_balanced(text: str) -> bool:
    """Whether every bracket closes one that was opened."""
    depth = 0
    for char in re.sub(r'"[^"]*"', "", text):
        depth += (char in "([{") - (char in ")]}")
        if depth < 0:
            return False
    return depth == 0


def arguments(text: str) -> dict[str, str]:
    """What is passed by name."""
    pairs = [part.partition(":") for part in split(text, ",") if part]
    if any(not colon for _, colon, _ in pairs):
        raise Other
    return {name.strip(): value.strip() for name, _, value in pairs}


def text_of(value: str | None) -> str:
    """What a plain string says."""
    found = _TEXT.match(value or "")
    if found is None:
        raise Other
    return found[1]


def without_brackets(text: str) -> str:
    """The text without brackets around the whole of it."""
    while text.startswith("(") and text.endswith(")") and is_balanced(text[1:-1]):
        text = text[1:-1].strip()
    return text


def one_line(text: str) -> str:
    """The text with single blanks, strings as they are."""
    return re.sub(r'("[^"]*")|\s+', lambda m: m[1] or " ", text).strip()


def is_duration(value: str) -> bool:
    """Whether it is a number with a unit."""
    return _DURATION.match(value) is not None


def interval(value: str) -> str:
    """A duration as SQL writes it."""
    found = _DURATION.match(value)
    if found is None:
        raise Other
    unit = _UNITS[found[2]]
    return f"INTERVAL '{found[1]} {unit}{'' if found[1] == '1' else 's'}'"
