"""The words of a migration: upgrades, rules, findings and what came of them. Pure data; every room uses it.

A codemod gives every site one of three verdicts: *rewritten*, *flagged* (a person must look), or left alone.
There is no fourth: a transform that is not sure flags, and nothing here raises for what a repository contains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from packaging.specifiers import SpecifierSet

Files = Mapping[str, bytes]
"""A tree: POSIX path relative to the repository's root -> content. Regular files only."""


class Verdict(StrEnum):
    """What was done about a site."""

    REWRITTEN = "rewritten"
    FLAGGED = "flagged"


class Level(StrEnum):
    """How much a flagged site matters. Advice is never on the first screen."""

    BREAKS = "breaks"
    CHANGES_SILENTLY = "changes silently"
    ADVICE = "advice"


class Proof(StrEnum):
    """How a rule is known to be true. Only ``ran`` may rewrite."""

    RAN = "ran"
    READ = "read"
    DOCUMENTED = "documented"


class Status(StrEnum):
    """Where one upgrade stands in one service (DESIGN.md §7)."""

    APPLIED = "applied"
    BARRED = "barred"
    CURRENT = "current"
    DEAD_PIN = "dead-pin"
    UNDECLARED = "undeclared"
    UNUSED = "unused"


class PinStatus(StrEnum):
    """What a requirement says about old and target (DESIGN.md §7)."""

    CURRENT = "current"
    ADMITS_BOTH = "admits-both"
    EXCLUDES_TARGET = "excludes-target"
    REPLACED = "replaced"
    UNPINNED = "unpinned"


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that the plan said about an upgrade and that running the libraries refuted. Sentences without their
    full stop; words in backticks are code.
    """

    said: str
    true: str


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One library's way from old to target.

    ``library`` is the word used in configuration and on the command line (``tenacity``). ``sources`` are the
    normalised distribution names that count as the old package; ``target`` is the distribution afterwards (the
    same name unless the package was replaced). ``bounds`` is what a range pin becomes and what "newest" means.
    ``imports`` are the top-level modules by which code uses it. ``coupled`` upgrades share one commit.
    """

    library: str
    sources: tuple[str, ...]
    target: str
    version: str
    bounds: SpecifierSet
    python: str
    imports: tuple[str, ...]
    risk: str
    from_version: str
    coupled: tuple[str, ...] = ()
    tool: bool = False
    """True for a test tool or plugin that may rightly be listed and imported nowhere."""
    extras: tuple[tuple[str, str], ...] = ()
    """When the package was replaced: an extra of the old one, and the new one's extra that stands for it."""
    companions: tuple[Upgrade, ...] = ()
    """What the target needs newer than the old version did: a pin that excludes that moves in the same commit."""
    workflows: bool = False
    """Pins in files of the CI under ``.github`` are edited, too."""
    backup: str = ""
    """What should be backed up before the merge, as ``Back up …`` goes on; empty: nothing."""
    notes: str = ""
    """What else a reader of the guide should know, such as why the bounds are what they are."""
    claims: tuple[Claim, ...] = ()
    """What the plan said that is not so."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One site where a rule applied. ``line`` is 1-based in the file as it was before the migration."""

    rule: str
    verdict: Verdict
    level: Level | None
    file: str
    line: int
    message: str
    new_line: int | None = None
    """The same site's line in the migrated file, when it is known to differ or to exist."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the tree that could not be read. Named, skipped, counted; never fatal for the rest."""

    file: str
    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A requirement of a target library, exact or a range, wherever Python projects write one."""

    library: str
    name: str
    """The distribution as written."""
    file: str
    line: int
    text: str
    specifier: str
    status: PinStatus
    skip_reason: str | None = None
    """Why the pin is not edited, e.g. ``setup.py is never executed; change the line by hand``."""


@dataclass(frozen=True, slots=True)
class Usage:
    """An import of a target library."""

    library: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one upgrade comes to in one service. ``old``/``new`` are the pins' words (``8.2.3`` → ``9.1.2``)."""

    upgrade: str
    status: Status
    reason: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One commit's worth: an upgrade, or several that only go together."""

    upgrades: tuple[str, ...]
    edits: Mapping[str, bytes]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Migration:
    """The whole result for one service. ``steps`` apply in order, each to the tree that the one before left."""

    outcomes: tuple[Outcome, ...]
    steps: tuple[Step, ...]
    problems: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    """Every finding, of the steps and of upgrades that edit nothing (flags on a barred one, for example)."""

    @property
    def edits(self) -> dict[str, bytes]:
        """Path -> final content of every file that changes."""
        merged: dict[str, bytes] = {}
        for step in self.steps:
            merged.update(step.edits)
        return merged
