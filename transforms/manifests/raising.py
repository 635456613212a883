"""Raise a service's pins to an upgrade's target, in place: only the words that must change are touched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from packaging.utils import canonicalize_name

from transforms.manifests.constraint import admitted, status
from transforms.manifests.hashes import renewed
from transforms.manifests.hooks import is_hooks
from transforms.manifests.locks import command, is_lock
from transforms.manifests.pins import (
    COMPILED,
    applied_wording,
    concerns,
    edits,
    meets_python,
    pin_status,
    skip_reason,
    targeted,
    wording,
)
from transforms.manifests.spot import Dialect, Reading, Spot
from transforms.manifests.text import Edit, decode
from transforms.manifests.tree import reading_of
from transforms.model import Files, Finding, Level, Pin, PinStatus, Upgrade, Verdict

_CLOSED = frozenset({PinStatus.EXCLUDES_TARGET, PinStatus.REPLACED})

RULES = {
    "PIN001": "the pin moves to the target version",
    "PIN002": "the package is replaced by its successor",
    "PIN003": "a pin that Convoy does not edit",
    "PIN004": "a pin with hashes",
    "PIN005": "the successor is listed already; the old package goes",
    "PIN006": "the pins do not go together",
    "PIN007": "the lock file is made anew",
}
"""What each pin rule means, by id."""


def raise_pins(
    files: Files, pins: Sequence[Pin], upgrade: Upgrade, *, rewritten: bool
) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    """The edited manifests for this upgrade and what was done or left at each pin.

    ``rewritten`` says that code or configuration moved too: only then a range that admits both is raised.
    """
    edited: dict[str, bytes] = {}
    findings: list[Finding] = []
    mine = [p for p in pins if p.library == upgrade.library]
    for path in sorted({p.file for p in mine if not is_lock(p.file)}):
        texts = {p.text for p in mine if p.file == path}
        made, found = _one_file(files, path, texts, upgrade, rewritten)
        findings += found
        text = decode(files[path])
        if made and text:
            edited[path] = text.edited(made)
    return edited, tuple(findings)


def milder(findings: Sequence[Finding], pins: Sequence[Pin]) -> tuple[Finding, ...]:
    """The findings where nothing moved: what is compiled from pins that admit the target breaks nothing."""
    if all(p.status in _CLOSED or is_lock(p.file) for p in pins):
        return tuple(findings)
    return tuple(replace(f, level=Level.ADVICE) if f": {COMPILED} " in f.message else f for f in findings)


def lock_findings(pins: Sequence[Pin], upgrades: Sequence[Upgrade], moved: Collection[str]) -> tuple[Finding, ...]:
    """What to run so that the locks follow, a finding a lock file. It breaks where pins or code moved."""
    by_library = {u.library: u for u in upgrades}
    stale: dict[str, dict[str, Pin]] = defaultdict(dict)
    for pin in pins:
        upgrade = by_library.get(pin.library)
        if upgrade and is_lock(pin.file) and _is_stale(pin, upgrade, pin.library in moved):
            stale[pin.file].setdefault(upgrade.target, pin)
    return tuple(_lock_finding(path, held, moved) for path, held in sorted(stale.items()))


def _is_stale(pin: Pin, upgrade: Upgrade, moved: bool) -> bool:
    """Whether the locked version is older than the target, and of the old series where nothing moved."""
    if pin.status not in {PinStatus.EXCLUDES_TARGET, PinStatus.REPLACED}:
        return False
    or_newer = pin.specifier.replace("==", ">=", 1)
    return moved or status(pin.name, or_newer, Dialect.PEP440, upgrade) is not PinStatus.CURRENT


def _lock_finding(path: str, held: Mapping[str, Pin], moved: Collection[str]) -> Finding:
    level = Level.BREAKS if any(p.library in moved for p in held.values()) else Level.ADVICE
    told = ", ".join(p.text for p in held.values())
    message = f"{told}: a lock file is made anew, not edited: run `{command(path, *held)}`"
    return Finding("PIN003", Verdict.FLAGGED, level, path, next(iter(held.values())).line, message)


def _one_file(
    files: Files, path: str, texts: set[str], upgrade: Upgrade, rewritten: bool
) -> tuple[list[Edit], list[Finding]]:
    reading: Reading = reading_of(files, path)
    spots = [s for s in targeted(files, path, reading) if concerns(s, upgrade)]
    listed = {(s.scope, s.marker) for s in spots if not _replaced(s, upgrade) and not s.address}
    made: dict[Edit, None] = {}
    findings: list[Finding] = []
    for spot in spots:
        if spot.text not in texts or not _due(spot, upgrade, rewritten):
            continue
        doubled = bool({(spot.scope, ""), (spot.scope, spot.marker)} & listed)
        some, finding = _one_spot(files, spot, upgrade, doubled)
        made |= dict.fromkeys(some)
        findings.append(finding)
        if some and _replaced(spot, upgrade):
            listed.add((spot.scope, spot.marker))
    return list(made), findings


def _replaced(spot: Spot, upgrade: Upgrade) -> bool:
    return spot.project != canonicalize_name(upgrade.target)


def _due(spot: Spot, upgrade: Upgrade, rewritten: bool) -> bool:
    state = pin_status(spot, upgrade)
    return state in _CLOSED or (state is PinStatus.ADMITS_BOTH and rewritten)


def _one_spot(files: Files, spot: Spot, upgrade: Upgrade, doubled: bool) -> tuple[list[Edit], Finding]:
    old = wording(spot, spot.name, spot.constraint)
    if _replaced(spot, upgrade) and doubled and spot.skip is None and not spot.address:
        if spot.drop is None:
            return [], _flag("PIN005", spot, upgrade, f"{upgrade.target} is listed already; remove this one")
        return [Edit(spot.drop, "")], _done("PIN005", spot, f"{old} removed: {upgrade.target} is listed already")
    reason = skip_reason(files, spot, upgrade)
    if reason:
        return [], _flag("PIN004" if spot.hashes else "PIN003", spot, upgrade, reason)
    new = applied_wording(spot, upgrade)
    text = decode(files[spot.file]) if spot.hashes else None
    fresh = renewed(spot, text.words, upgrade) if text else None
    rule = "PIN002" if _replaced(spot, upgrade) else "PIN001"
    told = f"{old} → {new}, with the hashes of its files" if fresh else f"{old} → {new}"
    return [*edits(spot, upgrade), *([fresh] if fresh else [])], _done(rule, spot, told)


def _done(rule: str, spot: Spot, message: str) -> Finding:
    return Finding(rule, Verdict.REWRITTEN, None, spot.file, spot.line, message)


def _flag(rule: str, spot: Spot, upgrade: Upgrade, reason: str) -> Finding:
    broken = pin_status(spot, upgrade) in {PinStatus.EXCLUDES_TARGET, PinStatus.REPLACED}
    known = admitted(spot.constraint, spot.dialect) is not None and meets_python(spot.marker, upgrade)
    level = Level.BREAKS if broken and known and not is_hooks(spot.file) else Level.ADVICE
    return Finding(rule, Verdict.FLAGGED, level, spot.file, spot.line, f"{spot.text}: {reason}")
