"""What a version constraint admits, and how it reads after the upgrade, in the style it was written in."""

from __future__ import annotations

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from transforms.manifests.spot import Dialect
from transforms.model import PinStatus, Upgrade

_CLAUSE = re.compile(r"(===|\^|~=|~|>=|<=|!=|==|>|<|=)?(\s*)([^\s,|<>=!~^]+)")
_EXACT = re.compile(r"^(\s*={0,3}\s*)v?\d[^\s,*|]*(\s*)$")
_ARROW = re.compile(r"^(\s*[\^~]\s*)\d[^\s,*|]*(\s*)$")
_ORDER = {">=": 0, ">": 0, "==": 1, "~=": 1, "<": 2, "<=": 2, "!=": 3}


def admitted(constraint: str, dialect: Dialect = Dialect.PEP440) -> tuple[SpecifierSet, ...] | None:
    """The constraint as alternatives of PEP 440 sets, or None when it cannot be read."""
    try:
        if dialect is Dialect.PEP440:
            return (SpecifierSet(constraint),)
        return tuple(_translated(part, dialect) for part in re.split(r"\|\|?", constraint))
    except (InvalidSpecifier, InvalidVersion):
        return None


def _translated(part: str, dialect: Dialect) -> SpecifierSet:
    """One alternative in Poetry's or conda's words as a PEP 440 set."""
    if part.strip() in {"", "*"}:
        return SpecifierSet("")
    if _CLAUSE.sub("", part).strip(" ,\t"):
        raise InvalidSpecifier(part)
    return SpecifierSet(",".join(_clause(m[1] or "", m[3], dialect) for m in _CLAUSE.finditer(part)))


def _clause(operator: str, version: str, dialect: Dialect) -> str:
    if operator == "^" or operator == "~":
        return f">={version},<{_ceiling(Version(version), caret=operator == '^')}"
    if operator == "=" and dialect is Dialect.CONDA and not version.endswith("*"):
        return f"=={version}.*"
    return f"{'==' if operator in {'', '='} else operator}{version}"


def _ceiling(version: Version, *, caret: bool) -> str:
    """The first version that ``^`` or ``~`` leaves out."""
    release = list(version.release)
    last = len(release) - 1
    index = next((i for i, n in enumerate(release) if n), last) if caret else min(1, last)
    return ".".join(str(n) for n in [*release[:index], release[index] + 1])


def status(name: str, constraint: str, dialect: Dialect, upgrade: Upgrade) -> PinStatus:
    """What a requirement says about the upgrade's old and target versions."""
    if canonicalize_name(name) != canonicalize_name(upgrade.target):
        return PinStatus.REPLACED
    sets = admitted(constraint, dialect) or ()
    if any(not str(s) for s in sets) or dialect is Dialect.NAME:
        return PinStatus.UNPINNED
    target, edge = Version(upgrade.version), _edge(upgrade)
    allowed = [v for v in _samples(sets, upgrade, edge) if _contains(sets, v)]
    if _contains(sets, target):
        return PinStatus.ADMITS_BOTH if any(v < edge for v in allowed) else PinStatus.CURRENT
    newer = bool(allowed) and all(v > target for v in allowed)
    return PinStatus.CURRENT if newer else PinStatus.EXCLUDES_TARGET


def _edge(upgrade: Upgrade) -> Version:
    """Where the old series ends: the target cut after the first part that differs (8.2 → 9.1.2 gives 9)."""
    old, new = Version(upgrade.from_version).release, Version(upgrade.version).release
    same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old) - 1)
    return Version(".".join(str(n) for n in new[: same + 1]))


def _contains(sets: tuple[SpecifierSet, ...], version: Version) -> bool:
    return any(s.contains(version, prereleases=True) for s in sets)


def _samples(sets: tuple[SpecifierSet, ...], upgrade: Upgrade, edge: Version) -> list[Version]:
    """Versions that tell constraints apart: those named, their next patches, the old one, the edge."""
    named = {Version(s.version.removesuffix(".*")) for one in sets for s in one if _is_version(s.version)}
    patched = {_bumped(v) for v in named}
    return sorted(
        {Version("0"), Version(upgrade.from_version), _just_below(edge), Version("99999"), *named, *patched}
    )


def _is_version(text: str) -> bool:
    try:
        Version(text.removesuffix(".*"))
    except InvalidVersion:
        return False
    return True


def _bumped(version: Version) -> Version:
    release = (*version.release, 0, 0)[: max(3, len(version.release))]
    return Version(".".join(str(n) for n in (*release[:-1], release[-1] + 1)))


def _just_below(edge: Version) -> Version:
    release = list(edge.release)
    return Version(".".join(str(n) for n in [*release[:-1], max(release[-1] - 1, 0), 99999]))


def raised(constraint: str, dialect: Dialect, upgrade: Upgrade) -> str:
    """The constraint after the upgrade: exact stays exact, caret stays caret, any range becomes the bounds."""
    exact = _EXACT.match(constraint)
    if exact and (dialect is not Dialect.PEP440 or exact[1].strip()):
        return f"{exact[1]}{upgrade.version}{exact[2]}"
    arrow = _ARROW.match(constraint) if dialect is Dialect.POETRY else None
    if arrow and _inside(f"{arrow[1]}{upgrade.version}", dialect, upgrade):
        return f"{arrow[1]}{upgrade.version}{arrow[2]}"
    pieces = [m for m in _CLAUSE.finditer(constraint) if m[1]]
    gap = pieces[0][2] if pieces else ""
    same = next((m for m in pieces if m[1] in {"==", "==="} and "*" not in m[3]), None)
    if same and "|" not in constraint:
        return f"{same[1]}{same[2]}{upgrade.version}"
    comma = ", " if re.search(r",[ \t]", constraint) or (dialect is Dialect.POETRY and gap) else ","
    return comma.join(
        f"{op}{gap}{version}" for op, version in _bounds(upgrade) + _exclusions(constraint, dialect, upgrade)
    )


def _bounds(upgrade: Upgrade) -> list[tuple[str, str]]:
    return [
        (s.operator, s.version)
        for s in sorted(upgrade.bounds, key=lambda s: (_ORDER.get(s.operator, 1), s.version))
    ]


def _exclusions(constraint: str, dialect: Dialect, upgrade: Upgrade) -> list[tuple[str, str]]:
    """``!=`` clauses that still mean something inside the bounds: a release somebody found to be bad."""
    sets = admitted(constraint, dialect) or ()
    bad = sorted({s.version for one in sets for s in one if s.operator == "!="})
    return [
        ("!=", v)
        for v in bad
        if _is_version(v) and v != upgrade.version and _contains((upgrade.bounds,), Version(v.removesuffix(".*")))
    ]


def _inside(constraint: str, dialect: Dialect, upgrade: Upgrade) -> bool:
    """Whether everything up to the constraint's ceiling lies inside the campaign's bounds."""
    sets = admitted(constraint, dialect) or ()
    ceilings = [Version(s.version) for one in sets for s in one if s.operator == "<"]
    return all(_contains((upgrade.bounds,), _just_below(c)) for c in ceilings)
