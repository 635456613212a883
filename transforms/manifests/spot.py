"""A requirement where it stands: what it says, and the spans that an edit may touch."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from transforms.manifests.text import Span
from transforms.model import Problem

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_EXTRAS = re.compile(r"\s*\[[^\]]*\]")
_VARIABLE = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?P<constraint>[<>=!~]{1,3}\s*\$\{?\w+\}?)$")
_LONGEST = 2_000
WORKFLOWS = "workflow files are not edited"
"""Why a pin in a workflow is left alone, unless the upgrade says that it need not be."""
"""Characters. No requirement is longer."""


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
    """False for what is not installed to run or test the service: build tools, limits, locks, scripts."""
    limits: bool = False
    """A constraint: it binds the version if something else asks for the package."""

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
    sure: bool = True
    """False where the path is relative to somewhere else (an image, a CI job): followed if found, else silent."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one manifest says. ``partial``: paths, addresses or options cannot be told as requirements."""

    spots: tuple[Spot, ...] = ()
    includes: tuple[Include, ...] = ()
    problems: tuple[Problem, ...] = ()
    partial: bool = False


def merged(readings: Iterable[Reading]) -> Reading:
    """Several readings as one, in order."""
    parts = tuple(readings)
    return Reading(
        tuple(chain.from_iterable(p.spots for p in parts)),
        tuple(chain.from_iterable(p.includes for p in parts)),
        tuple(chain.from_iterable(p.problems for p in parts)),
        any(p.partial for p in parts),
    )


def pep508(file: str, line: int, words: str, at: int) -> Spot | None:
    """Read a PEP 508 requirement that starts at offset ``at``, or None when ``words`` is none."""
    text = words.strip()
    try:
        requirement = Requirement(text) if len(text) <= _LONGEST else None
    except InvalidRequirement:
        return None
    start = len(words) - len(words.lstrip())
    name = _NAME.match(words, start)
    if requirement is None or name is None:
        return None
    extras = _EXTRAS.match(words, name.end())
    told = extras.end() if extras else name.end()
    constraint = _constraint(words, told) if requirement.specifier else (told, told)
    return Spot(
        file=file,
        line=line,
        span=(at + start, at + start + len(text)),
        text=text,
        name=name[0],
        name_at=_shift(name.span(), at),
        constraint=words[slice(*constraint)],
        constraint_at=_shift(constraint, at),
        extras=tuple(sorted(requirement.extras)),
        extras_at=_shift((name.end(), told), at),
        marker=str(requirement.marker or ""),
        address=requirement.url or "",
    )


def variable(file: str, line: int, words: str, at: int) -> Spot | None:
    """Read a requirement whose version is a variable's (``name==${VERSION}``): seen, and for a person to set."""
    match = _VARIABLE.match(words) if len(words) <= _LONGEST else None
    if match is None:
        return None
    return Spot(
        file=file,
        line=line,
        span=_shift(match.span(), at),
        text=match[0],
        name=match["name"],
        name_at=_shift(match.span("name"), at),
        constraint=match["constraint"],
        constraint_at=_shift(match.span("constraint"), at),
        extras_at=(at + match.end("name"),) * 2,
        skip="its version is a variable's",
    )


def _constraint(words: str, at: int) -> Span:
    """Where the version constraint of a valid requirement stands, without blanks and parentheses around it."""
    said = words[at:].partition(";")[0]
    bare = said.strip().strip("()").strip()
    start = at + said.index(bare)
    return start, start + len(bare)


def _shift(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by
