"""``convoy stop`` and ``convoy go``: the emergency stop and its end, as a label that every tick reads."""

from __future__ import annotations

import click

from bot.campaign import STOP
from bot.cli.run import CONFIG
from bot.config import Config, ConfigError

BODY = (
    f"While this issue is open and carries the label `{STOP}`, Convoy writes nothing anywhere.\n\n"
    "`convoy go` takes the label away; so may anybody who can label issues here.\n"
)


@click.command()
@CONFIG
def stop(file: str | None) -> None:
    """Stop the fleet: nothing more is written until `convoy go`."""
    from bot.cli.outside import outside

    with outside(file) as there:
        home = _home(there.config, file)
        standing = there.ports.forge.issues(home, STOP)
        if standing:
            click.echo(f"already stopped by {home}#{standing[0].number}")
            return
        number = there.ports.forge.open_issue(home, "Convoy is stopped", BODY, [STOP])
    click.echo(f"stopped by {home}#{number}; nothing is written until its label {STOP} is gone")


@click.command()
@CONFIG
def go(file: str | None) -> None:
    """End the emergency stop."""
    from bot.cli.outside import outside

    with outside(file) as there:
        home = _home(there.config, file)
        standing = there.ports.forge.issues(home, STOP)
        for issue in standing:
            there.ports.forge.unlabel(home, issue.number, STOP)
            click.echo(f"{home}#{issue.number} no longer carries {STOP}")
    if there.config.policy.paused:
        click.echo("the configuration still says paused: true")
    elif not standing:
        click.echo("nothing was stopped")


def _home(config: Config, file: str | None) -> str:
    if config.home is None:
        raise ConfigError((f"{file or 'config.yaml'}: home names no repository, and the stop is an issue there",))
    return config.home
