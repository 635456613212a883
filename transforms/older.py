"""Newer Python as older Python that means the same to a reader of imports, decorators and names.

``ast`` knows the syntax of the Python that runs Convoy; LibCST knows newer syntax as well. What the running
Python cannot parse is written down again without type parameters, nested quotes in f-strings and the like, every
line where it was. The result is only read, never written to a file.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection, Iterator

import libcst as cst

from transforms.memory import remembered
from transforms.nesting import is_too_deep
from transforms.page import children


@remembered
def parsed(source: bytes) -> ast.Module:
    """The module, in older words where it has to be. Raises what ``ast.parse`` raises when nobody can read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except SyntaxError:
            older = _older(source)
            if older is None:
                raise
            return ast.parse(older)


def _older(source: bytes) -> str | None:
    if is_too_deep(source):
        return None
    try:
        module = cst.parse_module(source)
    except (
        cst.ParserSyntaxError,
        UnicodeDecodeError,
        RecursionError,
        ValueError,
        TypeError,
        SyntaxError,
        LookupError,
    ):
        return None
    found = dict(_newer(module))
    spine = {above for path in found.values() for above in path}
    return module.visit(_Older(found, spine)).code


def _newer(module: cst.Module) -> Iterator[tuple[cst.CSTNode, tuple[cst.CSTNode, ...]]]:
    """What only newer Pythons read, each with itself and the nodes around it."""
    parents: dict[cst.CSTNode, cst.CSTNode] = {}
    todo: list[cst.CSTNode] = [module]
    while todo:
        node = todo.pop()
        if _is_newer(module, node):
            path = [node]
            while path[-1] in parents:
                path.append(parents[path[-1]])
            yield node, tuple(path)
        below = children(node)
        parents.update((child, node) for child in below)
        todo += below


def _is_newer(module: cst.Module, node: cst.CSTNode) -> bool:
    match node:
        case cst.FunctionDef() | cst.ClassDef():
            return node.type_parameters is not None
        case cst.ExceptHandler(type=cst.Tuple(lpar=parentheses)):
            return not parentheses
        case cst.FormattedString() | cst.TemplatedString():
            return not _is_read(module.code_for_node(node))
    return isinstance(node, cst.TypeAlias)


def _is_read(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


class _Older(cst.CSTTransformer):
    """Takes away what only newer Pythons read, and walks only where there is some."""

    def __init__(self, found: Collection[cst.CSTNode], spine: Collection[cst.CSTNode]) -> None:
        super().__init__()
        self.found, self.spine = found, spine

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node in self.spine

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode:
        return _written_older(updated_node) if original_node in self.found else updated_node


def _written_older(node: cst.CSTNode) -> cst.CSTNode:
    match node:
        case cst.FunctionDef() | cst.ClassDef():
            return node.with_changes(type_parameters=None)
        case cst.TypeAlias(name=name, value=value):
            return cst.Assign([cst.AssignTarget(name)], value)
        case cst.ExceptHandler(type=cst.Tuple() as caught):
            return node.with_changes(type=caught.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]))
    ends = "\n" * cst.Module([]).code_for_node(node).count("\n")
    return cst.SimpleString(f'"""{ends}"""')
