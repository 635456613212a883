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


def marking(page: Page, node: cst.FunctionDef) -> Marking | None:
    """The mark above all other decorators; None when ``pytest`` cannot be named here."""
    reference = refer(page, node, "pytest.mark", whole=True)
    if reference is None:
        return None
    mark = cst.Decorator(decorator=cst.Attribute(value=reference.expression, attr=cst.Name("asyncio")))

    def to(now: cst.FunctionDef) -> cst.FunctionDef:
        return now.with_changes(decorators=(mark, *now.decorators))

    return Marking((Edit(node, to),), reference.imports)
