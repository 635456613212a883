"""Printing: one JSON document on standard output, or words for people; complaints always on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click

from bot.model import Service


def document(data: object) -> None:
    """The one document of ``--json``. Plain ASCII, so that no terminal's encoding can spoil it."""
    sys.stdout.write(json.dumps(data, indent=2) + "\n")


def complain(message: str) -> None:
    """Something that went wrong, for a person."""
    click.echo(f"{click.style('convoy:', fg='yellow')} {message}", err=True)


def visible(text: str) -> str:
    """Somebody else's text on one line, every character that could steer a terminal shown as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def columns(rows: Sequence[Sequence[str]], indent: str = "  ") -> list[str]:
    """Rows with their cells one below the other. Styled cells keep their place."""
    widths = [max(len(click.unstyle(row[i])) for row in rows) for i in range(len(rows[0]))] if rows else []
    return [
        indent
        + "  ".join(
            cell + " " * (w - len(click.unstyle(cell))) for cell, w in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def heading(name: str, detail: str = "") -> str:
    """A service's name, in bold, and where it is."""
    return click.style(visible(name), bold=True) + (click.style(f"  {visible(detail)}", dim=True) if detail else "")


def place(service: Service) -> str:
    """Where a service is, for people."""
    if service.path:
        return service.path
    return f"{'the rest' if service.name.endswith(':root') else 'all'} of {service.repo}"


def counted(number: int, one: str, many: str = "") -> str:
    """``1 pin``, ``3 pins``."""
    return f"{number} {one if number == 1 else many or one + 's'}"
