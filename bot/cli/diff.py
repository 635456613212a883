"""Unified diffs: byte for byte when something reads them, coloured and harmless when a person does."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from difflib import diff_bytes, unified_diff

import click

from bot.cli.out import visible
from transforms.model import Files

COLOURS = {b"+": "green", b"-": "red", b"@": "cyan"}


def show(files: Files, edits: Mapping[str, bytes]) -> None:
    """Print what the edits change, as ``git apply`` would take it."""
    lines = (line for path in sorted(edits) for line in _changed(path, files.get(path), edits[path]))
    if sys.stdout.isatty():
        for line in lines:
            click.echo(painted(line))
        click.echo()
    else:
        sys.stdout.buffer.write(b"".join(lines))


def _changed(path: str, before: bytes | None, after: bytes) -> Iterator[bytes]:
    name = path.encode("utf-8", "surrogateescape")
    source = b"/dev/null" if before is None else b"a/" + name
    for line in diff_bytes(unified_diff, _lines(before or b""), _lines(after), source, b"b/" + name):
        yield line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def _lines(content: bytes) -> list[bytes]:
    """Lines end with a line feed and with nothing else, as git sees it."""
    return [line + b"\n" for line in content.split(b"\n")[:-1]] + [c for c in content.split(b"\n")[-1:] if c]


def painted(line: bytes) -> str:
    """A line of a diff in its colour, with nothing in it that could steer a terminal."""
    parts = line.decode("utf-8", "replace").rstrip("\r\n").split("\n")
    text = "\n".join(visible(part.replace("\t", "    ")) for part in parts)
    if line.startswith((b"--- ", b"+++ ")):
        return click.style(text, bold=True)
    return click.style(text, fg=COLOURS.get(line[:1]))
