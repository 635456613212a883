"""Puts ``@pytest.mark.asyncio`` on a test."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from transforms.page import Page
from transforms.references import refer
from transforms.rewrites import Edit, Import


@dataclass(frozen=True, slots=True)
class Marking:
    """The edits of one mark and the imports they need."""

    edits: tuple[Edit, ...]
    imports: tuple[Import, ...]


def marking(page: Page, node: cst.FunctionDef, loop_scope: str | None = None) -> Marking | None:
    """The mark above all other decorators; None when ``pytest`` cannot be named here."""
    reference = refer(page, node, "pytest.mark", whole=True)
    if reference is None:
        return None
    mark = cst.Decorator(decorator=cst.Attribute(value=reference.expression, attr=cst.Name("asyncio")))
    if loop_scope is not None:
        mark = with_scope(mark, loop_scope)

    def to(now: cst.FunctionDef) -> cst.FunctionDef:
        return now.with_changes(decorators=(mark, *now.decorators))

    return Marking((Edit(node, to),), reference.imports)


def with_scope(decorator: cst.Decorator, scope: str) -> cst.Decorator:
    """``@x`` → ``@x(loop_scope="…")``, and ``@x(…)`` → ``@x(…, loop_scope="…")``."""
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    arg = cst.Arg(cst.SimpleString(f'"{scope}"'), keyword=cst.Name("loop_scope"), equal=equal)
    if not isinstance(decorator.decorator, cst.Call):
        return decorator.with_changes(decorator=cst.Call(decorator.decorator, [arg]))
    if any(a.keyword is not None and a.keyword.value == "loop_scope" for a in decorator.decorator.args):
        return decorator
    return decorator.with_changes(decorator=decorator.decorator.with_changes(args=[*decorator.decorator.args, arg]))
