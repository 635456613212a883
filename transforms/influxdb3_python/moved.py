"""A module of the client that moved: its imports, its dotted uses and the strings that patches name it by."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from transforms.page import Page
from transforms.rewrites import Edit, Flag, Rewrite, change, dotted, dotted_text, string_value, swap, with_string
from transforms.rule import Verdicts


def moved(page: Page, old: str, new: str, things: frozenset[str]) -> Verdicts:
    """Say ``new`` wherever ``old`` is said. ``things`` are the names that the new module has too."""
    message = f"`{old}` moved to `{new}`"
    for node in page.all(cst.ImportFrom):
        if not node.relative and not _is_other_way(page, node, new):
            yield from _imported(node, old, new, things, message)
    for plain in page.all(cst.Import):
        for alias in plain.names:
            if dotted_text(alias.name) == old and not _is_other_way(page, plain, new):
                yield Rewrite(alias, message, (Edit(alias.name, lambda _: dotted(new)),))
    yield from _used(page, old, new, message)
    for text in page.all(cst.SimpleString):
        name = string_value(text) or ""
        if (name == old or name.startswith(old + ".")) and isinstance(page.parent(text), cst.Arg):
            yield Rewrite(text, message, (swap(text, with_string(text, new + name[len(old) :])),))


def _imported(node: cst.ImportFrom, old: str, new: str, things: frozenset[str], message: str) -> Verdicts:
    module, (above, _, last) = dotted_text(node.module), old.rpartition(".")
    names = [] if isinstance(node.names, cst.ImportStar) else [dotted_text(a.name) for a in node.names]
    if module == old:
        if names and things.issuperset(filter(None, names)):
            yield Rewrite(node, message, (change(node, module=dotted(new)),))
        else:
            yield Flag(node, f"{message}, which has {', '.join(sorted(things))} only")
    elif module == above and names == [last]:
        yield Rewrite(node, message, (change(node, module=dotted(new.rpartition(".")[0])),))
    elif module == above and last in names:
        yield Flag(node, f"{message}; take it out of this import")


def _used(page: Page, old: str, new: str, message: str) -> Iterator[Rewrite | Flag]:
    for node in page.all(cst.Attribute):
        if page.resolve(node) != old or _in_import(page, node):
            continue
        if dotted_text(node) == old:
            yield Rewrite(node, message, (swap(node, dotted(new)),))
        else:
            yield Flag(node, message)


def _in_import(page: Page, node: cst.CSTNode) -> bool:
    return any(isinstance(at, (cst.Import, cst.ImportFrom)) for at in page.above(node))


def _is_other_way(page: Page, node: cst.CSTNode, new: str) -> bool:
    """Whether this import is one of several ways that are tried, the new one among them."""
    return any(
        dotted_text(other.module) == new
        for attempt in page.above(node)
        if isinstance(attempt, cst.Try)
        for other in page.below(attempt, cst.ImportFrom)
        if other is not node
    )
