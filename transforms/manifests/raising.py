"""Raise a service's pins to an upgrade's target, in place: only the words that must change are touched."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.utils import canonicalize_name

from transforms.manifests.constraint import raised
from transforms.manifests.pins import concerns, edits, new_line, pin_status, skip_reason, targeted, wording
from transforms.manifests.spot import Dialect, Reading, Spot
from transforms.manifests.text import Edit, decode
from transforms.manifests.tree import reading_of
from transforms.model import Files, Finding, Level, Pin, PinStatus, Upgrade, Verdict

RULES = {
    "PIN001": "the pin moves to the target version",
    "PIN002": "the package is replaced by its successor",
    "PIN003": "a pin that Convoy does not edit",
    "PIN004": "a pin with hashes",
    "PIN005": "the successor is listed already; the old package goes",
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
    for path in sorted({p.file for p in mine}):
        texts = {p.text for p in mine if p.file == path}
        made, found = _one_file(files, path, texts, upgrade, rewritten)
        findings += found
        text = decode(files[path])
        if made and text:
            edited[path] = text.edited(made)
    return edited, tuple(findings)


def _one_file(
    files: Files, path: str, texts: set[str], upgrade: Upgrade, rewritten: bool
) -> tuple[list[Edit], list[Finding]]:
    reading: Reading = reading_of(files, path)
    spots = [s for s in targeted(files, path, reading) if concerns(s, upgrade)]
    listed = {s.scope for s in spots if s.project == canonicalize_name(upgrade.target) and not s.address}
    made: list[Edit] = []
    findings: list[Finding] = []
    for spot in spots:
        if spot.text not in texts or not _due(spot, upgrade, rewritten):
            continue
        some, finding = _one_spot(files, spot, upgrade, spot.scope in listed)
        made += some
        findings.append(finding)
        if spot.project != canonicalize_name(upgrade.target):
            listed.add(spot.scope)
    return made, findings


def _due(spot: Spot, upgrade: Upgrade, rewritten: bool) -> bool:
    state = pin_status(spot, upgrade)
    return state in {PinStatus.EXCLUDES_TARGET, PinStatus.REPLACED} or (
        state is PinStatus.ADMITS_BOTH and rewritten
    )


def _one_spot(files: Files, spot: Spot, upgrade: Upgrade, doubled: bool) -> tuple[list[Edit], Finding]:
    reason = skip_reason(files, spot, upgrade)
    if reason:
        return [], _flag("PIN003", spot, upgrade, reason)
    old = wording(spot, spot.name, spot.constraint)
    replaced = spot.project != canonicalize_name(upgrade.target)
    if replaced and doubled and spot.drop:
        return [Edit(spot.drop, "")], _done("PIN005", spot, f"{old} removed: {upgrade.target} is listed already")
    if spot.hashes:
        reason = f"pinned with hashes; change the line to: {new_line(files, spot, upgrade)} and renew its hashes"
        return [], _flag("PIN004", spot, upgrade, reason)
    name = upgrade.target if replaced else spot.name
    constraint = "" if spot.dialect is Dialect.NAME else raised(spot.constraint, spot.dialect, upgrade)
    new = wording(spot, name, constraint)
    return list(edits(spot, upgrade)), _done("PIN002" if replaced else "PIN001", spot, f"{old} → {new}")


def _done(rule: str, spot: Spot, message: str) -> Finding:
    return Finding(rule, Verdict.REWRITTEN, None, spot.file, spot.line, message)


def _flag(rule: str, spot: Spot, upgrade: Upgrade, reason: str) -> Finding:
    broken = pin_status(spot, upgrade) in {PinStatus.EXCLUDES_TARGET, PinStatus.REPLACED}
    level = Level.BREAKS if broken else Level.ADVICE
    return Finding(rule, Verdict.FLAGGED, level, spot.file, spot.line, f"{spot.text}: {reason}")
