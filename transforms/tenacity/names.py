"""What tenacity's things are called, and which functions of a service it wraps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from transforms.page import Page
from transforms.tree import Tree

CONTROLLERS = frozenset({"Retrying", "AsyncRetrying", "BaseRetrying", "TornadoRetrying"})
"""The classes whose objects retry."""


def thing(page: Page, node: cst.CSTNode | None) -> str | None:
    """The bare name of a tenacity thing (``wait_fixed``), whichever of its modules it was taken from."""
    name = page.resolve(node)
    if name is None or not name.startswith("tenacity."):
        return None
    return name.rpartition(".")[2]


def settings(page: Page) -> Iterator[cst.Call]:
    """Every call that sets up retrying: ``retry(...)``, ``Retrying(...)``, ``AsyncRetrying(...)``,
    ``f.retry_with(...)``.
    """
    for call in page.all(cst.Call):
        if thing(page, call.func) in {"retry", *CONTROLLERS} or _is_retry_with(call.func):
            yield call


def _is_retry_with(func: cst.BaseExpression) -> bool:
    return isinstance(func, cst.Attribute) and func.attr.value == "retry_with"


def is_wrapped(page: Page, function: cst.FunctionDef) -> bool:
    """Whether ``@retry`` or ``@Retrying(...).wraps`` stands on the function."""
    return any(_wraps(page, decorator.decorator) for decorator in function.decorators)


def _wraps(page: Page, decorator: cst.BaseExpression) -> bool:
    match decorator:
        case cst.Call(func=func):
            return thing(page, func) == "retry" or _wraps(page, func)
        case cst.Attribute(value=cst.Call(func=func), attr=cst.Name(value="wraps")):
            return thing(page, func) in CONTROLLERS
        case cst.Name():
            bound = [b.node for b in page.bindings(decorator)]
            if len(bound) == 1 and isinstance(bound[0], cst.Assign):
                return makes_wrapper(page, bound[0].value)
    return thing(page, decorator) == "retry"


def makes_wrapper(page: Page, value: cst.BaseExpression) -> bool:
    """Whether an expression is a decorator made by tenacity: ``retry(stop=...)``."""
    return isinstance(value, cst.Call) and thing(page, value.func) == "retry"


def makes_wrapped(page: Page, value: cst.BaseExpression) -> bool:
    """Whether an expression is a wrapped function: ``retry(...)(f)``, ``Retrying(...).wraps(f)``,
    ``f.retry_with(...)``.
    """
    match value:
        case cst.Call(func=cst.Call(func=inner)):
            return thing(page, inner) == "retry"
        case cst.Call(func=cst.Attribute(value=cst.Call(func=inner), attr=cst.Name(value="wraps"))):
            return thing(page, inner) in CONTROLLERS
        case cst.Call(func=func) if _is_retry_with(func):
            return True
        case cst.Call(func=func, args=[cst.Arg(keyword=None, star="", value=cst.Name() | cst.Attribute())]):
            return thing(page, func) == "retry"
    return False


@dataclass(frozen=True, slots=True)
class Wrapped:
    """The names of the methods that tenacity wraps in a service, and those of them that other classes have too."""

    methods: frozenset[str]
    plain: frozenset[str]


def wrapped(tree: Tree) -> Wrapped:
    """The service's wrapped methods; ask with ``tree.once(wrapped)``."""
    methods = {
        f.name.value
        for page in tree.pages(b"tenacity")
        for f in page.all(cst.FunctionDef)
        if is_wrapped(page, f) and isinstance(page.scopes.scope(f), cst.ClassDef)
    }
    needles = [name.encode() for name in methods]
    plain = {
        f.name.value
        for page in (tree.pages(*needles) if needles else ())
        for f in page.all(cst.FunctionDef)
        if f.name.value in methods and not is_wrapped(page, f) and isinstance(page.scopes.scope(f), cst.ClassDef)
    }
    return Wrapped(frozenset(methods), frozenset(plain))


def retries_async(page: Page) -> bool:
    """Whether the file, or a file of the service that it imports, retries an async function with tenacity."""
    reached = [
        page,
        *(other for b in page.scopes.imports() if (other := _imported(page, b.target or "")) is not None),
    ]
    return any(_retries_async(each) for each in reached)


def _imported(page: Page, target: str) -> Page | None:
    module = target.rpartition(".")[0]
    path = page.tree.find(target, page.path) or (page.tree.find(module, page.path) if module else None)
    return None if path is None or b"tenacity" not in page.tree.files[path] else page.tree.page(path)


def _retries_async(page: Page) -> bool:
    if any(f.asynchronous is not None and is_wrapped(page, f) for f in page.all(cst.FunctionDef)):
        return True
    return any(thing(page, call.func) == "AsyncRetrying" for call in page.all(cst.Call))


def is_for_async(page: Page, call: cst.Call) -> bool:
    """Whether a set-up call retries something async: ``AsyncRetrying(...)``, or ``@retry(...)`` on an ``async
    def``.
    """
    if thing(page, call.func) == "AsyncRetrying":
        return True
    decorator = page.parent(call)
    function = page.parent(decorator) if isinstance(decorator, cst.Decorator) else None
    return isinstance(function, cst.FunctionDef) and function.asynchronous is not None
