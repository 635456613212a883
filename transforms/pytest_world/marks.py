"""Marks: ``pytest.mark.<name>`` in decorators, ``pytestmark`` and lists of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.pytest_world.names import Names

MARK_CALLED = re.compile(rb"\basyncio[\s\\]*\([^)]")
"""``mark.asyncio(…)`` with something in it, in the bytes of a file."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A use of ``pytest.mark.<name>`` on a test, a class or a module."""

    name: str
    line: int
    args: tuple[str | None, ...] = ()
    """The positional arguments that are plain strings; None for others."""
    keywords: tuple[str, ...] = ()


def decorator_marks(decorators: list[ast.expr], names: Names) -> Iterator[Mark]:
    """The marks among decorators."""
    for decorator in decorators:
        yield from expression_marks(decorator, names)


def expression_marks(node: ast.expr, names: Names) -> Iterator[Mark]:
    """The marks in an expression: one, or a list of them."""
    resolved = names.alias(node)
    if isinstance(resolved, (ast.List, ast.Tuple)):
        for item in resolved.elts:
            yield from expression_marks(item, names)
        return
    name = names.dotted(callee(resolved)) or ""
    if name.startswith("pytest.mark."):
        call = resolved if isinstance(resolved, ast.Call) else None
        args = tuple(text(a) or _joined(a) for a in call.args) if call else ()
        keywords = tuple(k.arg or "**" for k in call.keywords) if call else ()
        yield Mark(name.removeprefix("pytest.mark.").partition(".")[0], node.lineno, args, keywords)


def parameter_marks(decorators: list[ast.expr], names: Names) -> Iterator[Mark]:
    """The marks that ``parametrize`` gives single parameter sets: ``pytest.param(…, marks=…)``."""
    calls = (n for d in decorators for n in ast.walk(d) if isinstance(n, ast.Call))
    for call in calls:
        if names.dotted(call.func) == "pytest.param":
            for keyword in call.keywords:
                if keyword.arg == "marks":
                    yield from expression_marks(keyword.value, names)


def _joined(node: ast.expr) -> str | None:
    """``("a", "b")`` as ``a,b``: the other spelling of ``parametrize``'s names."""
    if isinstance(node, (ast.List, ast.Tuple)):
        parts = [text(e) for e in node.elts]
        return ",".join(p for p in parts if p) if parts and all(parts) else None
    return None


def callee(node: ast.expr) -> ast.expr:
    """What is called, or the expression itself."""
    return node.func if isinstance(node, ast.Call) else node


def text(node: ast.expr | None) -> str | None:
    """The value of a plain string."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def written(node: ast.expr) -> str | None:
    """A dotted expression as written."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (head := written(node.value)) is not None:
        return f"{head}.{node.attr}"
    return None


def assigned(body: list[ast.stmt], name: str) -> Iterator[ast.expr]:
    """What is assigned to a name in a block."""
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        if value is not None and any(t is not None and written(t) == name for t in targets):
            yield value


def assigned_marks(body: list[ast.stmt], names: Names) -> Iterator[Mark]:
    """The marks that a block gives itself by ``pytestmark``."""
    for value in assigned(body, "pytestmark"):
        yield from expression_marks(value, names)
