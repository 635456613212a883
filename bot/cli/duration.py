"""A length of time on the command line, written as in the configuration."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click


class Duration(click.ParamType[timedelta]):
    """``5m``, ``1h30m``, ``10s``: as in the configuration."""

    name = "DURATION"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        from pydantic import TypeAdapter, ValidationError

        from bot import config_file

        try:
            found: timedelta = TypeAdapter(config_file.Duration).validate_python(value)
        except ValidationError:
            self.fail(f'"{value}" must be a duration such as 30m, 2h or 10s', param, ctx)
        if found < timedelta(seconds=1):
            self.fail("at least 1s", param, ctx)
        return found
