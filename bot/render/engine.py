"""The template engine: safe by default. Whatever a template prints is escaped unless it is ``Md`` already."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.render.text import Md, code, escape, prose

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def render(template: str, **context: object) -> str:
    """A template's text, with a single newline at its end."""
    return _environment().get_template(template).render(**context).strip() + "\n"


@cache
def _environment() -> Environment:
    # Not Jinja's autoescape: that is for HTML, and its Markup type spreads through + and ~ without our escapes.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(TEMPLATES),
        finalize=_printed,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(code=_code, prose=_prose)
    return environment


def _code(text: object) -> Md:
    return code(str(text))


def _prose(text: object) -> Md:
    return prose(str(text))


def _printed(value: object) -> str:
    return value if isinstance(value, Md) else escape(str(value))
