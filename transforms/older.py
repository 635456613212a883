"""Newer Python as older Python that means the same to a reader of imports, decorators and names.

``ast`` knows the syntax of the Python that runs Convoy; LibCST knows newer syntax as well. What the running
Python cannot parse is written down again without type parameters, nested quotes in f-strings and the like, every
line where it was. The result is only read, never written to a file.
"""

from __future__ import annotations

import ast
import warnings

import libcst as cst

from transforms.nesting import is_too_deep


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
    return module.visit(_Older(module)).code


class _Older(cst.CSTTransformer):
    """Takes away what only newer Pythons read."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__()
        self.module = module

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        return updated_node.with_changes(type_parameters=None)

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        return updated_node.with_changes(type_parameters=None)

    def leave_TypeAlias(self, original_node: cst.TypeAlias, updated_node: cst.TypeAlias) -> cst.Assign:
        return cst.Assign([cst.AssignTarget(updated_node.name)], updated_node.value)

    def leave_ExceptHandler(
        self, original_node: cst.ExceptHandler, updated_node: cst.ExceptHandler
    ) -> cst.ExceptHandler:
        caught = updated_node.type
        if not isinstance(caught, cst.Tuple) or caught.lpar:
            return updated_node
        return updated_node.with_changes(type=caught.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]))

    def leave_FormattedString(
        self, original_node: cst.FormattedString, updated_node: cst.FormattedString
    ) -> cst.BaseExpression:
        return self._told(original_node)

    def leave_TemplatedString(
        self, original_node: cst.TemplatedString, updated_node: cst.TemplatedString
    ) -> cst.BaseExpression:
        return self._told(original_node)

    def _told(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """The same where it is old enough, else an empty text over as many lines."""
        code = self.module.code_for_node(node)
        try:
            ast.parse(code)
        except SyntaxError:
            ends = "\n" * code.count("\n")
            return cst.SimpleString(f'"""{ends}"""')
        return node
