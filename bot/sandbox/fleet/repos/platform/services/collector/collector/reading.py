"""A reading as meters send it: ``name;milliseconds;watt hours``."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    meter: str
    at: int
    energy: float


class Garbled(ValueError):
    """Not a reading."""


def parse(line):
    """The reading in a line. Raises Garbled."""
    try:
        meter, at, energy = line.strip().split(";")
        return Reading(meter, int(at), float(energy))
    except ValueError:
        raise Garbled(line) from None
