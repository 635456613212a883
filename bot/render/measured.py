"""The six figures of a campaign in words, the same on a terminal, in an issue and on a page."""

from __future__ import annotations

from bot.measures import Measures
from bot.render.words import counted

UNKNOWN = "not measured"


def figures(found: Measures) -> tuple[tuple[str, str], ...]:
    """What is measured, and the figure."""
    return (
        ("services processed", f"{found.processed} of {found.total}"),
        ("migration success rate", _rate(found.settled, found.judged, "merged")),
        ("test pass rate", _tests(found)),
        ("health checks", f"{found.healthy} of {found.asked} healthy" if found.asked else UNKNOWN),
        ("performance", _performance(found)),
        ("errors by type", ", ".join(f"{n} {kind}" for kind, n in found.errors.items()) or "none"),
    )


def _rate(good: int, of: int, what: str) -> str:
    return f"{_percent(good, of)} ({good} of {of} {what})" if of else UNKNOWN


def _percent(good: int, of: int) -> str:
    """Rounded down, so that only all of them are 100 %."""
    return f"{good * 1000 // of / 10:g} %"


def _tests(found: Measures) -> str:
    if not found.tests:
        return UNKNOWN
    silent = found.runs - found.telling
    rest = f"; {counted(silent, 'run')} did not say" if silent else ""
    return f"{_percent(found.passed, found.tests)} ({found.passed} of {counted(found.tests, 'test')}{rest})"


def _performance(found: Measures) -> str:
    if found.seconds is None or found.seconds_before is None:
        return UNKNOWN
    return f"checks take {found.seconds:.0f} s, {found.seconds_before:.0f} s before (medians)"
