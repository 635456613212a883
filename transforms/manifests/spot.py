"""A requirement where it stands: what it says, and the spans that an edit may touch."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from transforms.manifests.text import Span
from transforms.model import Problem

_PEP508 = re.compile(
    r"\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)"
    r"(?P<extras>\s*\[[^\]]*\])?"
    r"(?P<gap>\s*\(?\s*)(?P<constraint>[^;@()]*?)(?P<close>\s*\)?)\s*(?P<rest>[;@].*)?$",
    re.DOTALL,
)


class Dialect(StrEnum):
    """How a constraint is written."""

    PEP440 = "pep440"
    POETRY = "poetry"
    CONDA = "conda"
    NAME = "name"
    """Only the name is written here (a Poetry extra); the constraint stands elsewhere."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One requirement in one file. Empty spans say where a missing part would stand."""

    file: str
    line: int
    span: Span
    text: str
    name: str
    name_at: Span
    constraint: str
    constraint_at: Span
    extras: tuple[str, ...] = ()
    extras_at: Span = (0, 0)
    dialect: Dialect = Dialect.PEP440
    marker: str = ""
    address: str = ""
    """A URL, path or repository instead of a version."""
    scope: str = ""
    """The list it belongs to: names in one scope must not double."""
    drop: Span | None = None
    """What to delete when the requirement is to vanish; None where that cannot be done safely."""
    skip: str | None = None
    """Why Convoy does not edit it, without the new line, e.g. ``setup.py is code``."""
    quote: bool = False
    """A bare shell word: a new constraint with ``<`` or ``>`` must be quoted."""
    hashes: Span | None = None
    lock: bool = False
    runtime: bool = True
    """False for what builds the package, constrains it or merely locks it."""

    @property
    def project(self) -> str:
        """The normalised distribution name (PEP 503)."""
        return str(canonicalize_name(self.name))


@dataclass(frozen=True, slots=True)
class Include:
    """A file that this one pulls in."""

    path: str
    line: int
    constraint: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What one manifest says. ``partial``: paths, addresses or options cannot be told as requirements."""

    spots: tuple[Spot, ...] = ()
    includes: tuple[Include, ...] = ()
    problems: tuple[Problem, ...] = ()
    partial: bool = False

    def __add__(self, other: Reading) -> Reading:
        return Reading(
            self.spots + other.spots,
            self.includes + other.includes,
            self.problems + other.problems,
            self.partial or other.partial,
        )


def pep508(file: str, line: int, words: str, at: int) -> Spot | None:
    """Read a PEP 508 requirement that starts at offset ``at``, or None when ``words`` is none."""
    match = _PEP508.match(words)
    if match is None:
        return None
    try:
        requirement = Requirement(words.strip())
    except InvalidRequirement:
        return None
    text = words.strip()
    start = at + match.start("name")
    here = match.end("extras") if match["extras"] else match.end("name")
    bare = not match["constraint"]
    return Spot(
        file=file,
        line=line,
        span=(start, start + len(text)),
        text=text,
        name=match["name"],
        name_at=(start, at + match.end("name")),
        constraint="" if requirement.url else match["constraint"],
        constraint_at=(at + here,) * 2 if bare else (at + match.start("constraint"), at + match.end("constraint")),
        extras=tuple(sorted(requirement.extras)),
        extras_at=(at + match.end("name"), at + here),
        marker=str(requirement.marker or ""),
        address=requirement.url or "",
    )


def moved(spot: Spot, by: int, line: int) -> Spot:
    """The same spot, read from a piece that starts ``by`` characters into the file."""
    return replace(
        spot,
        line=line,
        span=_shift(spot.span, by),
        name_at=_shift(spot.name_at, by),
        constraint_at=_shift(spot.constraint_at, by),
        extras_at=_shift(spot.extras_at, by),
    )


def _shift(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by
