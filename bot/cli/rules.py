"""``convoy rules``: every breaking change that Convoy knows, before and after, and how it was proven."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from difflib import unified_diff

import click

from bot.cli.diff import painted
from bot.cli.out import columns, document, heading
from bot.config import suggestion
from transforms.registry import rules as known_rules
from transforms.rule import Example, Rule


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
        "examples": [
            {"title": e.title, "path": e.path, "before": e.before, "after": e.after} for e in rule.examples
        ],
    }


def _listed(rules: Sequence[Rule]) -> Iterator[str]:
    for library in dict.fromkeys(rule.library for rule in rules):
        yield heading(library)
        own = [rule for rule in rules if rule.library == library]
        yield from columns([[r.id, "rewrites" if r.rewrites else "flags", r.proof.value, r.title] for r in own])
        yield ""
    yield "`convoy rules ID` tells one in full. Proof: ran on the real libraries, read in a release, or documented."


def _told(rule: Rule) -> Iterator[str]:
    yield heading(rule.id, rule.title)
    level = f", level: {rule.level}" if rule.level else ""
    yield f"  {rule.library}; {'rewrites' if rule.rewrites else 'flags'}{level}; proof: {rule.proof}"
    yield f"  {rule.link}"
    for label, text in (("was", rule.was), ("now", rule.now), ("plan", rule.plan)):
        if text:
            yield from textwrap.wrap(f"{label}: {text}", 100, initial_indent="  ", subsequent_indent="       ")
    for example in rule.examples:
        yield ""
        yield click.style(f"  {example.title}", underline=True)
        yield from _example(example)


def _example(example: Example) -> Iterator[str]:
    """The change as a diff; what stays as it is, with its flags in the margin."""
    if example.after is not None:
        lines = unified_diff(example.before.splitlines(), example.after.splitlines(), n=99, lineterm="")
        yield from (f"    {painted(line.encode())}" for line in list(lines)[3:])
        return
    flags = {flag[-2]: str(flag[-1]) for flag in example.flags if len(flag) == 2}
    for number, line in enumerate(example.before.splitlines(), 1):
        mark = click.style(f"  ← {flags[number]}", fg="yellow") if number in flags else ""
        yield f"     {line}{mark}"
