"""Who binds which name where: enough of Python's scoping to know whether a name is the library's or somebody
else's.

A small replacement for LibCST's scope and qualified-name providers, which cost several times the parse. It is built
in one pass over the nodes that bind, per page, and only when a rule asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import libcst as cst

from transforms.rewrites import dotted_text

if TYPE_CHECKING:
    from transforms.page import Page

Kind = Literal["import", "parameter", "def", "class", "assigned"]

_COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One way in which a name gets its value. ``target`` is the dotted name an import brings."""

    name: str
    kind: Kind
    node: cst.CSTNode
    target: str | None = None
    statement: cst.Import | cst.ImportFrom | None = None


class Scopes:
    """The bindings of a page, by scope."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @cached_property
    def _table(self) -> dict[cst.CSTNode, dict[str, list[Binding]]]:
        table: dict[cst.CSTNode, dict[str, list[Binding]]] = {}
        handed_out = self._handed_out
        for binding in _bindings(self.page):
            scope = self._owner(binding)
            if (scope, binding.name) in handed_out:
                scope = self.page.module
            table.setdefault(scope, {}).setdefault(binding.name, []).append(binding)
        return table

    @cached_property
    def _handed_out(self) -> set[tuple[cst.CSTNode, str]]:
        """Names that a function declares ``global`` (``nonlocal`` is treated alike: never the function's own)."""
        declared = _each(self.page, cst.Global, cst.Nonlocal)
        return {(self.scope(node), item.name.value) for node in declared for item in node.names}

    def _owner(self, binding: Binding) -> cst.CSTNode:
        if binding.kind == "parameter":
            return next(n for n in self.page.above(binding.node) if isinstance(n, (cst.FunctionDef, cst.Lambda)))
        outwards = self._outwards(binding.node)
        if isinstance(binding.node, cst.NamedExpr):
            return next(s for s in outwards if not isinstance(s, _COMPREHENSIONS))
        return next(outwards)

    def scope(self, node: cst.CSTNode) -> cst.CSTNode:
        """The module, function, lambda, class or comprehension in which the node is evaluated."""
        return next(self._outwards(node), self.page.module)

    def _outwards(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The scopes in which a name at the node is looked up, from the inside out.

        Decorators, defaults and annotations belong to the scope around their function; a class is looked into
        only from its own body.
        """
        inside, in_function = node, False
        for at in self.page.above(node):
            match at:
                case cst.FunctionDef() | cst.Lambda():
                    if at.body is inside:
                        in_function = True
                        yield at
                case cst.ClassDef():
                    if at.body is inside and not in_function:
                        yield at
                case cst.Module():
                    yield at
                case _ if isinstance(at, _COMPREHENSIONS):
                    yield at
            inside = at

    def lookup(self, node: cst.CSTNode, name: str) -> tuple[Binding, ...]:
        """The bindings of a name as seen from a node."""
        for scope in self._outwards(node):
            if found := self._table.get(scope, {}).get(name):
                return tuple(found)
        return ()

    def imports(self) -> Iterator[Binding]:
        """Every name that an import binds, anywhere in the file."""
        return (b for names in self._table.values() for found in names.values() for b in found if b.target)

    def imports_at_top(self) -> Iterator[Binding]:
        """Every name that an import binds for the whole module, those for type checkers only left out."""
        found = (b for names in self._table.get(self.page.module, {}).values() for b in names if b.target)
        return (b for b in found if not self._is_for_types(b))

    def _is_for_types(self, binding: Binding) -> bool:
        tests = (dotted_text(at.test) or "" for at in self.page.above(binding.node) if isinstance(at, cst.If))
        return any(test.rpartition(".")[2] == "TYPE_CHECKING" for test in tests)

    def module_level(self, name: str) -> tuple[Binding, ...]:
        """The bindings of a name at the top of the module."""
        return tuple(self._table.get(self.page.module, {}).get(name, ()))

    @cached_property
    def stars(self) -> tuple[str, ...]:
        """The modules from which everything is imported."""
        nodes = (n for n in self.page.all(cst.ImportFrom) if isinstance(n.names, cst.ImportStar))
        return tuple(source_of(self.page, n) for n in nodes)

    def imported_own(self, node: cst.Name) -> str | None:
        """The dotted name that imports, and only imports, give to a name; a module of the service itself
        included.
        """
        found = self.lookup(node, node.value)
        targets = {b.target for b in found}
        return targets.pop() if len(targets) == 1 else None

    def imported(self, node: cst.CSTNode, name: str) -> str | None:
        """The dotted name that an import gives to ``name`` at that place, if nothing else may have given it."""
        found = self.lookup(node, name)
        if not found:
            return self._starred(name)
        imports = [b for b in found if b.target is not None]
        others = [b for b in found if b.target is None]
        if not imports or not all(self._is_fallback(b) for b in others):
            return None
        target = next((b.target for b in imports if not self._is_fallback(b)), imports[0].target)
        assert target is not None
        return None if self.page.tree.is_own(target.partition(".")[0], self.page.path) else target

    def _starred(self, name: str) -> str | None:
        exports = self.page.tree.exports
        sources = [s for s in self.stars if name in exports.get(s, ())]
        unknown = [s for s in self.stars if s not in exports]
        if len(sources) != 1 or unknown or self.page.tree.is_own(sources[0].partition(".")[0], self.page.path):
            return None
        return f"{sources[0]}.{name}"

    def _is_fallback(self, binding: Binding) -> bool:
        """Whether the binding only counts when an import did not: in an ``except`` or an ``else``."""
        return any(isinstance(at, (cst.ExceptHandler, cst.Else)) for at in self.page.above(binding.node))


def source_of(page: Page, node: cst.ImportFrom) -> str:
    """The absolute dotted module of a ``from`` import; relative ones are counted from the service's root."""
    name = dotted_text(node.module) or ""
    if not node.relative:
        return name
    package = page.package[: len(page.package) - len(node.relative) + 1]
    return ".".join((*package, *filter(None, [name])))


def _bindings(page: Page) -> Iterator[Binding]:
    yield from _imported(page)
    for param in page.all(cst.Param):
        yield Binding(param.name.value, "parameter", param)
    for function in page.all(cst.FunctionDef):
        yield Binding(function.name.value, "def", function)
    for klass in page.all(cst.ClassDef):
        yield Binding(klass.name.value, "class", klass)
    for node, target in _targets(page):
        yield from (Binding(name, "assigned", node) for name in _names(target))


def _imported(page: Page) -> Iterator[Binding]:
    for plain in page.all(cst.Import):
        for alias in plain.names:
            full = dotted_text(alias.name) or ""
            if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
                yield Binding(alias.asname.name.value, "import", alias, full, plain)
            else:
                top = full.partition(".")[0]
                yield Binding(top, "import", alias, top, plain)
    for node in page.all(cst.ImportFrom):
        if isinstance(node.names, cst.ImportStar):
            continue
        source = source_of(page, node)
        for alias in node.names:
            name = dotted_text(alias.name) or ""
            local = alias.asname.name if alias.asname is not None else alias.name
            yield Binding(dotted_text(local) or name, "import", alias, f"{source}.{name}", node)


def _targets(page: Page) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    for assign in page.all(cst.Assign):
        yield from ((assign, t.target) for t in assign.targets)
    for node in _each(page, cst.AnnAssign, cst.AugAssign, cst.For, cst.CompFor, cst.NamedExpr):
        yield node, node.target
    for asname in page.all(cst.AsName):
        holder = page.parent(asname)
        if isinstance(holder, (cst.WithItem, cst.ExceptHandler)):
            yield holder, asname.name
    for capture in _each(page, cst.MatchAs, cst.MatchStar):
        if capture.name is not None:
            yield capture, capture.name


def _each(page: Page, *kinds: type[cst.CSTNode]) -> Iterator[Any]:
    return (node for kind in kinds for node in page.all(kind))


def _names(target: cst.CSTNode) -> Iterator[str]:
    match target:
        case cst.Name(value=value):
            yield value
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            for element in elements:
                yield from _names(element.value)
