"""Pins that services share: what one of them cannot follow must not move for the others either. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from bot.observation import Wish
from transforms.judge import is_by_hand
from transforms.manifests import find_pins
from transforms.model import Files, Outcome, Pin, Status, Upgrade
from transforms.usages import find_usages

Place = tuple[str, str, int]
"""Library, file, line."""

_MOVING = frozenset({Status.APPLIED, Status.DEAD_PIN})


def obstacles(files: Files, wishes: Mapping[str, Wish], upgrades: Sequence[Upgrade]) -> dict[str, dict[str, str]]:
    """Service → library → why: upgrades that would move a pin of a service for which they are barred."""
    held: dict[Place, str] = {}
    for name, outcome in _outcomes(wishes, {Status.BARRED}):
        for pin in _pins(files, wishes[name], upgrades) if not is_by_hand(outcome) else ():
            if pin.library == outcome.upgrade and pin.skip_reason is None:
                why = f"{pin.file}:{pin.line} is shared with {name}, for which it is barred: {outcome.reason}"
                held.setdefault((pin.library, pin.file, pin.line), why)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for name, outcome in _outcomes(wishes, _MOVING) if held else ():
        for pin in _pins(files, wishes[name], upgrades):
            place = (pin.library, pin.file, pin.line)
            if pin.library == outcome.upgrade and pin.file in wishes[name].edits and place in held:
                found[name].setdefault(pin.library, held[place])
    return dict(found)


def _outcomes(wishes: Mapping[str, Wish], states: frozenset[Status] | set[Status]) -> Iterator[tuple[str, Outcome]]:
    for name, wish in wishes.items():
        for migration in wish.migrations.values():
            yield from ((name, o) for o in migration.outcomes if o.status in states)


def _pins(files: Files, wish: Wish, upgrades: Sequence[Upgrade]) -> tuple[Pin, ...]:
    """The pins that the unit's only service works with, those above it included."""
    [service] = wish.unit.services
    exclude = wish.nested.get(service.name, ())
    used = {u.library for u in find_usages(files, service.path, upgrades, exclude)[0]}
    return find_pins(files, service.path, upgrades, exclude, used)[0]
