"""A service's requirements as lines of our own making, the only thing a resolver is ever given."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.requirements import InvalidRequirement, Requirement

from transforms.manifests.constraint import admitted
from transforms.manifests.pins import targeted
from transforms.manifests.spot import Dialect, Spot
from transforms.manifests.tree import readings
from transforms.model import Files


def requirement_lines(files: Files, root: str, exclude: Sequence[str] = ()) -> tuple[tuple[str, ...], bool]:
    """``name[extras]specifier ; marker`` of all it runs and tests on; True when something was left out."""
    lines: dict[str, None] = {}
    partial = False
    for path, reading in readings(files, root, exclude):
        partial |= reading.partial or bool(reading.problems)
        for spot in targeted(files, path, reading):
            if not spot.runtime or spot.dialect is Dialect.NAME:
                continue
            line = _line(spot)
            partial |= line is None
            lines |= {line: None} if line else {}
    return tuple(sorted(lines)), partial


def constraint_lines(files: Files, root: str, exclude: Sequence[str] = ()) -> tuple[str, ...]:
    """The same for what a ``-c`` file or ``[tool.uv] constraint-dependencies`` limits without installing it."""
    said = [s for _, reading in readings(files, root, exclude) for s in reading.spots if s.limits]
    return tuple(sorted({line for s in said if (line := _line(s))}))


def _line(spot: Spot) -> str | None:
    """The requirement in PEP 508's words, or None for what has none: an address, Poetry's ``||``."""
    sets = None if spot.address else admitted(spot.constraint, spot.dialect)
    if sets is None or len(sets) != 1:
        return None
    extras = f"[{','.join(spot.extras)}]" if spot.extras else ""
    marker = f" ; {spot.marker}" if spot.marker else ""
    try:
        return str(Requirement(f"{spot.name}{extras}{sets[0]}{marker}"))
    except InvalidRequirement:
        return None
