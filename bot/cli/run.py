"""``convoy run`` and ``convoy status``: one tick, or only a look."""

from __future__ import annotations

import click

from bot.cli.out import complain, document
from bot.cli.standing import standing_data
from bot.reconcile import Memory, tick
from bot.render import status_text
from bot.report import Report

CONFIG = click.option("--config", "file", metavar="FILE", help="Configuration; config.yaml here without it.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


@click.command()
@CONFIG
@click.option("--dry-run", "dry", is_flag=True, help="Decide, say what would be done, and write nothing.")
@JSON
def run(file: str | None, dry: bool, as_json: bool) -> None:
    """One tick: look at everything, do what is to be done now."""
    from bot.cli.outside import outside

    with outside(file) as there:
        report = tick(there.config, there.ports, Memory(), dry=dry)
        done = [] if dry else [(h.event, h.service, h.detail) for h in there.timeline.happenings]
    planned = [
        (s.decision.action.name, s.service.name, s.decision.reason) for s in report.standings if s.decision.action
    ]
    told = planned if dry else done
    if as_json:
        acts = [{"event": event, "service": service, "detail": detail} for event, service, detail in told]
        document(_data(report) | {"dry_run": dry, "actions": acts})
        return
    for event, service, detail in told:
        click.echo(f"{'would ' if dry else ''}{event:<16}  {service:<14}  {detail}")
    _print(report)


@click.command()
@CONFIG
@JSON
def status(file: str | None, as_json: bool) -> None:
    """Where every service stands and why."""
    from bot.cli.outside import outside

    with outside(file) as there:
        report = tick(there.config, there.ports, Memory(), dry=True)
    if as_json:
        document(_data(report))
    else:
        _print(report)


def _print(report: Report) -> None:
    click.echo(status_text(report.standings), nl=False)
    for why in (report.halted, report.stopped and f"stopped: {report.stopped}"):
        if why:
            click.echo(why)
    for problem in report.problems:
        place = f"{problem.file}:{problem.line}" if problem.line else problem.file
        complain(f"{place}: {problem.message}")


def _data(report: Report) -> dict[str, object]:
    return {
        "schema": 1,
        "at": report.at.isoformat(timespec="seconds"),
        "services": [standing_data(s) for s in report.standings],
        "halted": report.halted,
        "stopped": report.stopped,
    }
