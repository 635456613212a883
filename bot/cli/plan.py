"""``convoy plan``: in which order, what goes together, and how risky each service is, always with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from bot import stakes
from bot.cli import documents
from bot.cli.local import Checkouts, checkouts, configuration, discovered, named, told
from bot.cli.migration import computed
from bot.cli.out import columns, complain, counted, document, heading, place, visible
from bot.config import Config
from bot.discover import Fleet
from bot.graph import Order, direct, order
from bot.hints import hints
from bot.model import Edge, Service
from bot.planning import Plan
from bot.risk import Risk
from transforms.memory import remembering
from transforms.model import Files, Migration

COLOURS = {"low": "green", "medium": "yellow", "high": "red", "critical": "magenta"}


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--out", metavar="DIR", help="Write the planning documents there.")
@click.option("--config", "file", metavar="FILE", help="Configuration; without it the built-in defaults hold.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@remembering()
def plan(paths: tuple[str, ...], out: str | None, file: str | None, as_json: bool) -> int:
    """Order, groups and risk of local checkouts, with reasons."""
    config = configuration(file)
    found = named(checkouts(paths), config)
    result = planned(found, discovered(found.trees, config), config)
    if out is not None:
        for path in documents.write(result, data(result), Path(out), config, file or "config.yaml"):
            click.echo(f"wrote {visible(str(path))}", err=True)
    if as_json:
        document(data(result))
    else:
        for line in _told(result):
            click.echo(line)
    return 2 if found.failed else 0


def planned(found: Checkouts, fleet: Fleet, config: Config) -> Plan:
    """The plan for the services of some checkouts."""
    migrations: dict[str, Migration] = {}
    groups: list[tuple[str, ...]] = []
    for repo, tree in found.trees.items():
        own = tuple(s for s in fleet.services if s.repo == repo)
        result = computed(tree, own, config)
        for problem in result.problems:
            complain(told(problem) if len(found.trees) == 1 else f"{repo}:{told(problem)}")
        migrations |= {s.name: migration for s, migration in result.migrations.items()}
        groups += [tuple(s.name for s in w.unit.services) for w in result.wishes if len(w.unit.services) > 1]
    names = [s.name for s in fleet.services]
    ties = [Edge(a, b, "same file") for group in groups for a in group for b in group if a != b]
    plain = order(names, fleet.edges)
    return Plan(
        services=fleet.services,
        migrations=migrations,
        order=order(names, [*fleet.edges, *ties]),
        knots=plain.knots,
        groups=tuple(sorted(groups)),
        edges=direct(names, fleet.edges),
        risks={
            s.name: _risk(s, fleet, found.trees[s.repo], migrations[s.name], plain, config) for s in fleet.services
        },
        campaign=config.campaign,
        hints=hints(found.trees, fleet.services),
        upgrades=config.upgrades,
    )


def _risk(service: Service, fleet: Fleet, files: Files, migration: Migration, plain: Order, config: Config) -> Risk:
    others = [s.path for s in fleet.services if s.repo == service.repo]
    tests = stakes.tests_of(service.path, files, stakes.where_tests_are(files), others)
    return stakes.of_service(service, migration, tests, plain.descendants[service.name], config)


def data(result: Plan) -> dict[str, object]:
    """The document of ``convoy plan --json``."""
    return {
        "schema": 1,
        "campaign": result.campaign,
        "waves": [list(wave) for wave in result.order.waves],
        "groups": [list(group) for group in result.groups],
        "knots": [list(knot) for knot in result.knots],
        "upgrades": {u.library: list(result.moving(u.library)) for u in result.upgrades},
        "services": [
            {
                "name": s.name,
                "path": s.path or ".",
                "repo": s.repo,
                "wave": result.order.wave(s.name),
                "risk": result.risks[s.name].level,
                "factors": [
                    {"factor": f.name, "value": f.value, "points": f.points} for f in result.risks[s.name].factors
                ],
                "depends_on": [{"service": e.on, "source": e.source} for e in result.needs(s.name)],
                "hints": [{"on": h.on, "why": h.why, "source": h.source} for h in result.hinted(s.name)],
            }
            for s in result.services
        ],
    }


def _told(result: Plan) -> Iterator[str]:
    by_name = {s.name: s for s in result.services}
    for number, wave in enumerate(result.order.waves, 1):
        yield click.style(f"Wave {number}", bold=True)
        for name in wave:
            yield from _service(by_name[name], result)
        yield ""
    for group in result.groups:
        yield f"{_listed(group)} change the same file: one pull request"
    for knot in result.knots:
        closed = "; ".join(
            f"{visible(e.service)} needs {visible(e.on)} ({visible(e.source)})" for e in result.closing(knot)
        )
        yield f"{_listed(knot)} are a knot, merged back to back; closed by: {closed}"
    busy = sum(bool(m.edits) for m in result.migrations.values())
    waves = counted(len(result.order.waves), "wave")
    yield f"{counted(len(result.services), 'service')} in {waves}, {busy} with something to migrate"


def _service(service: Service, result: Plan) -> Iterator[str]:
    found = result.risks[service.name]
    level = click.style(f"{found.level} risk", fg=COLOURS[found.level])
    judged = f"{level} ({counted(found.points, 'point')})" if found.factors else "nothing to migrate"
    yield f"  {heading(service.name, place(service))}  {judged}"
    rows = [[f"+{f.points}", f.name, f.value] for f in found.factors]
    rows += [["", f"after {visible(e.on)}", visible(e.source)] for e in result.needs(service.name)]
    rows += [
        ["", f"may need {visible(h.on)}", f"{visible(h.source)}, {h.why}"] for h in result.hinted(service.name)
    ]
    yield from columns(rows, indent="      ")


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join([", ".join(map(visible, names[:-1])), visible(names[-1])])
