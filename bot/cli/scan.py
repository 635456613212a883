"""``convoy scan``: what is there. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import click

from bot.cli.local import Checkouts, checkouts, configuration, discovered, named, told
from bot.cli.out import columns, complain, counted, document, heading, place, visible
from bot.config import Config
from bot.discover import Fleet, inventory
from bot.graph import direct
from bot.model import Edge, Inventory, Service
from bot.places import inner
from transforms.memory import remembering
from transforms.model import Pin, PinStatus, Problem

STATUS = {
    PinStatus.CURRENT: ("meets the target", "green"),
    PinStatus.ADMITS_BOTH: ("admits old and new", "yellow"),
    PinStatus.EXCLUDES_TARGET: ("excludes the target", "red"),
    PinStatus.REPLACED: ("the old package", "red"),
    PinStatus.UNPINNED: ("any version", "yellow"),
}


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--config", "file", metavar="FILE", help="Configuration; without it the built-in defaults hold.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@remembering()
def scan(paths: tuple[str, ...], file: str | None, as_json: bool) -> int:
    """Inventory of local checkouts: services, pins, usages, dependency edges."""
    config = configuration(file)
    found = named(checkouts(paths), config)
    services = discovered(found.trees, config)
    inventories = inventoried(found, services, config)
    edges = direct([s.name for s in services.services], services.edges)
    if as_json:
        problems = (*found.problems, *services.problems, *(p for i in inventories for p in i.problems))
        document(
            {"schema": 1, "services": [_data(i, edges) for i in inventories], "problems": problem_data(problems)}
        )
    else:
        _print(inventories, edges)
    return 2 if found.failed else 0


def inventoried(found: Checkouts, services: Fleet, config: Config) -> list[Inventory]:
    """Every service's inventory; files that could not be read are said on standard error."""
    inventories = [
        inventory(found.trees[s.repo], s, _inside(s, services), config.upgrades) for s in services.services
    ]
    for one in inventories:
        for problem in one.problems:
            complain(told(problem) if len(found.trees) == 1 else f"{visible(one.service.repo)}:{told(problem)}")
    return inventories


def _inside(service: Service, services: Fleet) -> tuple[str, ...]:
    return inner(service.path, (s.path for s in services.services if s.repo == service.repo))


def needs(service: str, edges: Sequence[Edge]) -> list[dict[str, str]]:
    """A service's dependencies as data."""
    return [{"service": e.on, "source": e.source} for e in edges if e.service == service]


def problem_data(problems: Sequence[Problem]) -> list[dict[str, object]]:
    """Problems as data."""
    return [{"file": p.file, "line": p.line, "message": p.message} for p in problems]


def _data(one: Inventory, edges: Sequence[Edge]) -> dict[str, object]:
    return {
        "name": one.service.name,
        "repo": one.service.repo,
        "path": one.service.path or ".",
        "pins": [_pin(pin) for pin in one.pins],
        "usages": [{"library": u.library, "file": u.file, "line": u.line} for u in one.usages],
        "depends_on": needs(one.service.name, edges),
    }


def _pin(pin: Pin) -> dict[str, object]:
    return {
        "library": pin.library,
        "file": pin.file,
        "line": pin.line,
        "text": pin.text,
        "specifier": pin.specifier,
        "status": pin.status.value,
        "skip_reason": pin.skip_reason,
    }


def _print(inventories: Sequence[Inventory], edges: Sequence[Edge]) -> None:
    for one in inventories:
        click.echo(heading(one.service.name, place(one.service)))
        rows = [*_once("pins", _pins(one)), *_once("uses", _uses(one)), *_once("needs", _needs(one, edges))]
        reasons = dict.fromkeys(f"  left alone: {visible(p.skip_reason)}" for p in one.pins if p.skip_reason)
        for line in [*columns(rows), *(click.style(r, dim=True) for r in reasons)] or ["  nothing of the upgrades"]:
            click.echo(line)
        click.echo()
    pins = [pin for one in inventories for pin in one.pins]
    behind = sum(pin.status is not PinStatus.CURRENT and not pin.skip_reason for pin in pins)
    usages = sum(len(one.usages) for one in inventories)
    click.echo(
        f"{counted(len(inventories), 'service')}, {counted(len(pins), 'pin')} ({behind} to move), "
        f"{counted(usages, 'use')} of target libraries, {counted(len(edges), 'dependency', 'dependencies')}"
    )


def _once(kind: str, rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """The kind stands before the first of its rows only."""
    return ([kind if i == 0 else "", *row] for i, row in enumerate(rows))


def _pins(one: Inventory) -> Iterator[list[str]]:
    for pin in one.pins:
        words, colour = STATUS[pin.status]
        status = (
            click.style(f"{words} (left alone)", dim=True) if pin.skip_reason else click.style(words, fg=colour)
        )
        yield [f"{visible(pin.name)} {visible(pin.specifier)}".rstrip(), f"{visible(pin.file)}:{pin.line}", status]


def _uses(one: Inventory) -> Iterator[list[str]]:
    for library in dict.fromkeys(u.library for u in one.usages):
        first, *rest = [u for u in one.usages if u.library == library]
        yield [library, f"{visible(first.file)}:{first.line}", f"and {len(rest)} more" if rest else ""]


def _needs(one: Inventory, edges: Sequence[Edge]) -> Iterator[list[str]]:
    return ([visible(e.on), visible(e.source), ""] for e in edges if e.service == one.service.name)
