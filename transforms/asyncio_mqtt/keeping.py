"""``manager = client.messages()``, entered a line later: the name goes, and its line with it."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from transforms.asyncio_mqtt.receptions import Reception
from transforms.page import Page
from transforms.rewrites import Edit, remove


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the name is entered, and what takes the line out that gives it."""

    holder: cst.WithItem | cst.Arg
    edits: tuple[Edit, ...]


def keeping(reception: Reception) -> Kept | None:
    """How a reception that gets a name is entered, when that is the name's only use and follows at once."""
    page = reception.page
    match reception.holder:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name() as name)]) as assign:
            line, use = page.parent(assign), _only_use(page, assign, name)
            holder = page.parent(use) if use is not None else None
            if isinstance(line, cst.SimpleStatementLine) and isinstance(holder, (cst.WithItem, cst.Arg)):
                edits = _without(page, line, holder)
                return None if edits is None else Kept(holder, edits)
    return None


def _only_use(page: Page, assign: cst.Assign, name: cst.Name) -> cst.Name | None:
    scope = page.scopes.scope(assign)
    said = [n for n in page.below(scope, cst.Name) if n.value == name.value and n is not name]
    uses = [n for n in said if assign in {b.node for b in page.bindings(n)} and _is_use(page, n)]
    follows = [n for n in uses if _statement(page, n) is _next(page, page.parent(assign))]
    others = [n for n in uses if n not in follows and not _is_given_anew(page, n)]
    return follows[0] if len(follows) == 1 and not others else None


def _is_use(page: Page, name: cst.Name) -> bool:
    return not isinstance(page.parent(name), (cst.AssignTarget, cst.AsName))


def _is_given_anew(page: Page, name: cst.Name) -> bool:
    """Whether the line before gives the same name another value."""
    statement = _statement(page, name)
    block = page.parent(statement) if statement is not None else None
    body = getattr(block, "body", ())
    before = body[body.index(statement) - 1] if statement in body and body.index(statement) else None
    return isinstance(before, cst.SimpleStatementLine) and any(
        isinstance(t.target, cst.Name) and t.target.value == name.value
        for small in before.body
        if isinstance(small, cst.Assign)
        for t in small.targets
    )


def _statement(page: Page, node: cst.CSTNode) -> cst.BaseStatement | None:
    return next((at for at in page.above(node) if isinstance(at, (cst.SimpleStatementLine, cst.With))), None)


def _next(page: Page, line: cst.CSTNode | None) -> cst.BaseStatement | None:
    body = getattr(page.parent(line), "body", ()) if line is not None else ()
    index = next((i for i, each in enumerate(body) if each is line), len(body))
    return body[index + 1] if index + 1 < len(body) else None


def _without(page: Page, line: cst.SimpleStatementLine, holder: cst.CSTNode) -> tuple[Edit, ...] | None:
    """The line goes; the comments above it stand above what follows."""
    following = _statement(page, holder)
    if len(line.body) != 1 or line.trailing_whitespace.comment is not None or following is None:
        return None
    above = line.leading_lines
    return remove(line), Edit(following, lambda now: now.with_changes(leading_lines=[*above, *now.leading_lines]))
