"""One Python file as pytest sees it: fixtures, functions that may be tests, marks, hooks. Read, never run.

``ast`` and not LibCST because the fixture graph needs every conftest and test module of the tree, edited or not,
and ``ast`` is ten times faster. Rules meet these facts again by the line of the ``def``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from transforms.memory import remembered
from transforms.older import parsed
from transforms.pytest_world.marks import (
    Mark,
    assigned,
    assigned_marks,
    callee,
    decorator_marks,
    parameter_marks,
    text,
    written,
)
from transforms.pytest_world.names import Names

Def = ast.FunctionDef | ast.AsyncFunctionDef

FIXTURES = frozenset({"pytest.fixture", "pytest.yield_fixture", "pytest_asyncio.fixture"})


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method, wherever it stands at module or class level."""

    path: str
    name: str
    line: int
    owner: tuple[str, ...]
    """The classes around it, outermost first."""
    is_async: bool
    is_generator: bool
    requests: tuple[str, ...]
    """Parameters that pytest fills with fixtures."""
    marks: tuple[Mark, ...]
    decorators: tuple[str | None, ...]
    """Dotted names, outermost first; None for what cannot be named."""
    node: Def = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fixture(Function):
    """A function under a fixture decorator. ``scope`` is None when it is not a plain string."""

    fixture: str = ""
    """The name under which it is requested."""
    via: str = ""
    scope: str | None = "function"
    autouse: bool = False
    parametrised: bool = False


@dataclass(frozen=True, slots=True)
class Class:
    """A class at module level or in another one."""

    name: str
    line: int
    owner: tuple[str, ...]
    bases: tuple[str, ...]
    marks: tuple[Mark, ...]
    has_init: bool
    test_flag: bool | None
    """``__test__``, where the class sets it."""


@dataclass(frozen=True, slots=True)
class Module:
    """Everything in one file that matters to pytest."""

    path: str
    names: Names
    fixtures: tuple[Fixture, ...]
    functions: tuple[Function, ...]
    classes: tuple[Class, ...]
    marks: tuple[Mark, ...]
    plugins: tuple[str, ...]
    tree: ast.Module = field(compare=False, repr=False)

    @property
    def hooks(self) -> dict[str, Function]:
        """``pytest_*`` functions at module level."""
        return {f.name: f for f in self.functions if not f.owner and f.name.startswith("pytest_")}

    def owner(self, chain: tuple[str, ...]) -> Class | None:
        """The class that ``chain`` ends in."""
        return next((c for c in self.classes if chain and (*c.owner, c.name) == chain), None)


@remembered
def read(path: str, content: bytes) -> Module | None:
    """The facts of one file; None where it does not parse."""
    try:
        tree = parsed(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names = Names.of(tree)
    fixtures: list[Fixture] = []
    functions: list[Function] = []
    classes: list[Class] = []
    for node, owner in _definitions(tree.body, ()):
        if isinstance(node, ast.ClassDef):
            classes.append(_class(node, owner, names))
        elif (found := _fixture(path, node, owner, names)) is not None:
            fixtures.append(found)
        else:
            functions.append(_function(path, node, owner, names))
    marks = tuple(assigned_marks(tree.body, names))
    plugins = tuple(_plugins(tree.body))
    return Module(path, names, tuple(fixtures), tuple(functions), tuple(classes), marks, plugins, tree)


def _definitions(
    body: list[ast.stmt], owner: tuple[str, ...]
) -> Iterator[tuple[Def | ast.ClassDef, tuple[str, ...]]]:
    """Functions and classes at module or class level, those under ``if``, ``try`` and ``with`` too."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node, owner
        elif isinstance(node, ast.ClassDef):
            yield node, owner
            yield from _definitions(node.body, (*owner, node.name))
        else:
            for block in ("body", "orelse", "handlers", "finalbody"):
                inner = getattr(node, block, [])
                for part in inner if isinstance(inner, list) else []:
                    yield from _definitions(part.body if isinstance(part, ast.ExceptHandler) else [part], owner)


def _class(node: ast.ClassDef, owner: tuple[str, ...], names: Names) -> Class:
    bases = tuple(name for base in node.bases if (name := names.dotted(base) or written(base)) is not None)
    marks = (*decorator_marks(node.decorator_list, names), *assigned_marks(node.body, names))
    flag = next((value for value in assigned(node.body, "__test__") if isinstance(value, ast.Constant)), None)
    has_init = any(isinstance(s, ast.FunctionDef) and s.name == "__init__" for s in node.body)
    return Class(node.name, node.lineno, owner, bases, marks, has_init, None if flag is None else bool(flag.value))


def _function(path: str, node: Def, owner: tuple[str, ...], names: Names) -> Function:
    return Function(path, node.name, node.lineno, owner, *_shape(node, names, owner), node=node)


def _shape(
    node: Def, names: Names, owner: tuple[str, ...]
) -> tuple[bool, bool, tuple[str, ...], tuple[Mark, ...], tuple[str | None, ...]]:
    decorators = tuple(names.dotted(callee(d)) for d in node.decorator_list)
    single = (m for m in parameter_marks(node.decorator_list, names) if m.name != "usefixtures")
    marks = (*decorator_marks(node.decorator_list, names), *single)
    return isinstance(node, ast.AsyncFunctionDef), yields(node), requests(node, names, owner), marks, decorators


def _fixture(path: str, node: Def, owner: tuple[str, ...], names: Names) -> Fixture | None:
    decorator = next((d for d in node.decorator_list if names.dotted(callee(d)) in FIXTURES), None)
    if decorator is None:
        return None
    keywords = {k.arg: k.value for k in decorator.keywords} if isinstance(decorator, ast.Call) else {}
    scope, name = keywords.get("scope"), keywords.get("name")
    autouse = keywords.get("autouse")
    return Fixture(
        path,
        node.name,
        node.lineno,
        owner,
        *_shape(node, names, owner),
        node=node,
        fixture=text(name) or node.name,
        via=names.dotted(callee(decorator)) or "",
        scope="function" if scope is None else text(scope),
        autouse=not (autouse is None or (isinstance(autouse, ast.Constant) and autouse.value is False)),
        parametrised="params" in keywords,
    )


def yields(node: Def) -> bool:
    """Whether the function itself is a generator."""
    return any(isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in within(node))


def within(node: Def) -> Iterator[ast.AST]:
    """Every node of the function's own body, nested functions, lambdas and classes left out."""
    stack: list[ast.AST] = list(node.body)
    while stack:
        at = stack.pop()
        yield at
        if not isinstance(at, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            stack.extend(ast.iter_child_nodes(at))


def requests(node: Def, names: Names, owner: tuple[str, ...]) -> tuple[str, ...]:
    """The parameters that pytest fills: no default, not ``self``, not given by ``parametrize`` or ``patch``."""
    plain = [*node.args.posonlyargs, *node.args.args]
    without = plain[: len(plain) - len(node.args.defaults)]
    static = any(names.dotted(d) == "staticmethod" or written(d) == "staticmethod" for d in node.decorator_list)
    required = [a.arg for a in without][1 if owner and not static else 0 :]
    required = required[sum(_injects(d, names) for d in node.decorator_list) :]
    required += [a.arg for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is None]
    given = {arg for mark in decorator_marks(node.decorator_list, names) for arg in _parametrised(mark)}
    return tuple(arg for arg in required if arg not in given)


def _parametrised(mark: Mark) -> list[str]:
    text = mark.args[0] if mark.name == "parametrize" and mark.args else None
    return [part.strip() for part in text.split(",")] if text else []


def _injects(decorator: ast.expr, names: Names) -> bool:
    """Whether ``mock.patch`` passes a mock in: it does unless it was given the replacement."""
    if not isinstance(decorator, ast.Call):
        return False
    name = names.dotted(decorator.func) or ""
    if not name.endswith(("mock.patch", "mock.patch.object")):
        return False
    replaced = len(decorator.args) > (2 if name.endswith(".object") else 1)
    return not replaced and not any(k.arg == "new" for k in decorator.keywords)


def _plugins(body: list[ast.stmt]) -> Iterator[str]:
    for value in assigned(body, "pytest_plugins"):
        for item in ast.walk(value):
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                yield item.value
