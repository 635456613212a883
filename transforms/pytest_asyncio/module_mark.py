"""``pytestmark``: gives the asyncio mark of a whole module its loop's scope, or the module such a mark."""

from __future__ import annotations

import libcst as cst

from transforms.page import Page
from transforms.references import refer
from transforms.rewrites import Edit, Import


def scoped(page: Page, scope: str) -> Edit | None:
    """The scope on the one plain ``pytest.mark.asyncio`` in the module's ``pytestmark``."""
    found: list[cst.BaseExpression] = []
    for statement in page.module.body:
        for assign in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
            if isinstance(assign, cst.Assign) and _is_pytestmark(assign):
                found += _marks(page, assign.value)
    if len(found) != 1 or (isinstance(found[0], cst.Call) and found[0].args):
        return None
    return Edit(found[0], lambda now: _call(now, scope))


def _is_pytestmark(assign: cst.Assign) -> bool:
    target = assign.targets[0].target
    return len(assign.targets) == 1 and isinstance(target, cst.Name) and target.value == "pytestmark"


def _marks(page: Page, value: cst.BaseExpression) -> list[cst.BaseExpression]:
    items = [e.value for e in value.elements] if isinstance(value, (cst.List, cst.Tuple)) else [value]
    return [i for i in items if page.resolve(i.func if isinstance(i, cst.Call) else i) == "pytest.mark.asyncio"]


def _call(mark: cst.BaseExpression, scope: str) -> cst.Call:
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    arg = cst.Arg(cst.SimpleString(f'"{scope}"'), keyword=cst.Name("loop_scope"), equal=equal)
    return cst.Call(mark.func if isinstance(mark, cst.Call) else mark, [arg])


def added(
    page: Page, scope: str, instead_of: cst.FunctionDef | None
) -> tuple[tuple[Edit, ...], tuple[Import, ...]] | None:
    """A new ``pytestmark``: in a function's place, or below the module's imports. None where it has none."""
    body = page.module.body
    after = next((i + 1 for i in reversed(range(len(body))) if _is_import(body[i])), len(body))
    place = instead_of or (body[after] if after < len(body) else None)
    mark = refer(page, place, "pytest.mark", whole=True) if place is not None else None
    if place is None or mark is None:
        return None
    text = cst.Module([]).code_for_node(mark.expression)
    line = cst.ensure_type(
        cst.parse_statement(f'pytestmark = {text}.asyncio(loop_scope="{scope}")\n'), cst.SimpleStatementLine
    )

    def replacing(now: cst.FunctionDef) -> cst.SimpleStatementLine:
        return line.with_changes(leading_lines=now.leading_lines)

    def before(now: cst.BaseStatement) -> cst.FlattenSentinel[cst.BaseStatement]:
        return cst.FlattenSentinel([line.with_changes(leading_lines=[cst.EmptyLine(indent=False)]), now])

    return (Edit(place, replacing if instead_of else before),), mark.imports


def _is_import(statement: cst.BaseStatement) -> bool:
    match statement:
        case cst.SimpleStatementLine(body=[cst.Import() | cst.ImportFrom(), *_]):
            return True
    return False
