"""``convoy rules``: every breaking change that Convoy knows, before and after, and how it was proven."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from shutil import get_terminal_size

import click

from bot.cli.diff import painted
from bot.cli.out import columns, document, heading
from bot.config import suggestion
from bot.render.guide import passage
from transforms.registry import rules as known_rules
from transforms.registry import upgrade
from transforms.rule import Example, Rule

_LEGEND = "`convoy rules ID` tells one in full. Proof: ran on the real libraries, read in a release, or documented."


@click.command()
@click.argument("id", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def rules(id: str | None, as_json: bool) -> None:
    """What changed in the libraries, before and after, and how it was proven. With an ID, one rule in full."""
    known = {rule.id: rule for rule in known_rules()}
    if id is not None and id.upper() not in known:
        raise click.UsageError(f'there is no rule "{id}"{suggestion(id, list(known))}')
    found = list(known.values()) if id is None else [known[id.upper()]]
    if as_json:
        document({"schema": 1, "rules": [_data(rule) for rule in found]})
        return
    for line in _listed(found) if id is None else _told(found[0]):
        click.echo(line)


def _data(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "library": rule.library,
        "title": rule.title,
        "link": rule.link,
        "was": rule.was,
        "now": rule.now,
        "plan": rule.plan or None,
        "proof": rule.proof.value,
        "rewrites": rule.rewrites,
        "level": rule.level.value if rule.level else None,
        "examples": [_example(example) for example in rule.examples],
    }


def _example(example: Example) -> dict[str, object]:
    return {
        "title": example.title,
        "path": example.path,
        "before": example.before,
        "after": example.after,
        "others": dict(example.others),
        "others_after": dict(example.others_after),
        "flags": [{"file": f, "line": line, "level": str(level)} for f, line, level in example.flagged],
    }


def _listed(rules: Sequence[Rule]) -> Iterator[str]:
    for library in dict.fromkeys(rule.library for rule in rules):
        yield heading(library, passage(upgrade(library)).removeprefix(f"{library} "))
        own = [rule for rule in rules if rule.library == library]
        for row in columns([[r.id, _does(r), r.proof.value, r.title] for r in own]):
            yield from _wrapped(row, row.index(row.split(maxsplit=3)[3]))
        yield ""
    yield from _wrapped(_LEGEND, 0)


def _does(rule: Rule) -> str:
    return "rewrites" if rule.rewrites else "flags"


def _wrapped(text: str, indent: int) -> list[str]:
    """As wide as the terminal, further lines below the place where the words begin."""
    head, rest = text[:indent], text[indent:]
    return [head + line if i == 0 else " " * indent + line for i, line in enumerate(_broken(rest, indent))]


def _broken(text: str, indent: int) -> list[str]:
    width = max(20, min(get_terminal_size((110, 0)).columns, 110) - indent)
    return textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False) or [""]


def _told(rule: Rule) -> Iterator[str]:
    yield heading(rule.id, rule.title)
    level = f", level: {rule.level}" if rule.level else ""
    yield f"  {rule.library}; {_does(rule)}{level}; proof: {rule.proof}"
    yield f"  {rule.link}"
    for label, text in (("was", rule.was), ("now", rule.now), ("plan", rule.plan)):
        if text:
            yield from _wrapped(f"  {label + ':':<6}{text}", 8)
    for example in rule.examples:
        yield ""
        title = example.title + ("" if example.acts else " (left alone)")
        yield f"  {click.style(title, underline=True)}"
        for path, before, after in example.concerned:
            if path != "app.py":
                yield click.style(f"    {path}", dim=True)
            yield from _file(before, after, {line: str(level) for f, line, level in example.flagged if f == path})


def _file(before: str, after: str | None, flags: dict[int, str]) -> Iterator[str]:
    """The change as a diff; what stays as it is, with its flags in the margin."""
    if after is not None:
        lines = unified_diff(before.splitlines(), after.splitlines(), n=99, lineterm="")
        yield from (f"    {painted(line.encode())}".rstrip() for line in list(lines)[3:])
        return
    for number, line in enumerate(before.splitlines(), 1):
        mark = click.style(f"  ← {flags[number]}", fg="yellow") if number in flags else ""
        yield f"     {line}{mark}".rstrip()
