"""Every call of a function in the service, and what it hands over; tests are callers of their own kind."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from transforms.definitions import definition
from transforms.page import Page

_TESTS = re.compile(r"(?:^|/)(?:tests?/|test_[^/]*\.py$|[^/]*_test\.py$|conftest\.py$)")


def is_test(path: str) -> bool:
    """Whether a file belongs to a service's tests."""
    return _TESTS.search(path) is not None


def arguments(
    page: Page, function: cst.FunctionDef, param: cst.Param
) -> list[tuple[Page, cst.BaseExpression]] | None:
    """What all calls of a function hand to a parameter; None when not every call is known."""
    if param not in function.params.params:
        return None
    is_method = isinstance(page.scopes.scope(function), cst.ClassDef)
    index = function.params.params.index(param) - is_method
    given: list[tuple[Page, cst.BaseExpression]] = []
    for other, use in references(page, function) or ():
        call = other.parent(use)
        value = _handed(call, index, param.name.value) if isinstance(call, cst.Call) and call.func is use else None
        if value is None:
            return None
        given.append((other, value))
    return given


def references(page: Page, function: cst.FunctionDef) -> list[tuple[Page, cst.CSTNode]] | None:
    """Every expression of the service, its tests aside, that says the function; None when that is not certain."""
    klass = page.scopes.scope(function)
    if isinstance(klass, cst.ClassDef) and function.name.value != "__init__":
        name = function.name.value
        twice = sum(f.name.value == name for f in page.all(cst.FunctionDef)) > 1
        if twice or any(_elsewhere(page, name)):
            return None
        return [(page, a) for a in page.all(cst.Attribute) if a.attr.value == name]
    node = klass if isinstance(klass, cst.ClassDef) else function
    found: list[tuple[Page, cst.CSTNode]] = []
    for other in (page, *_elsewhere(page, node.name.value)):
        if any(a.attr.value == node.name.value for a in other.all(cst.Attribute)):
            return None
        for use in other.all(cst.Name):
            if use.value == node.name.value and use is not node.name and not _is_imported(other, use):
                known = definition(other, use)
                if known is None or known.node is not node:
                    return None
                found.append((other, use))
    return found


def _is_imported(page: Page, name: cst.Name) -> bool:
    return any(isinstance(at, (cst.ImportAlias, cst.AsName)) for at in page.above(name))


def _elsewhere(page: Page, name: str) -> Iterator[Page]:
    """The service's other files, its tests aside, that say a name."""
    word = re.compile(rb"\b" + re.escape(name.encode()) + rb"\b")
    for path in page.tree.paths(".py"):
        if path != page.path and not _TESTS.search(path) and word.search(page.tree.files[path]):
            other = page.tree.page(path)
            if other is not None:
                yield other


def _handed(call: cst.Call, index: int, name: str) -> cst.BaseExpression | None:
    if any(a.star for a in call.args):
        return None
    by_name = [a.value for a in call.args if a.keyword is not None and a.keyword.value == name]
    by_place = [a.value for a in call.args if a.keyword is None]
    return by_name[0] if by_name else by_place[index] if 0 <= index < len(by_place) else None
