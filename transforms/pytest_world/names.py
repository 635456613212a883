"""What the names of a module stand for, as far as imports and plain module-level aliases say."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from transforms.pytest_world.exports import PYTEST


@dataclass(frozen=True, slots=True)
class From:
    """``from module import name as alias``; ``level`` counts the leading dots, ``*`` is a name too."""

    module: str
    name: str
    alias: str
    level: int


@dataclass(frozen=True, slots=True)
class Names:
    """Local name -> dotted name; aliases (``aio = pytest.mark.asyncio``) -> their expression."""

    imported: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, ast.expr] = field(default_factory=dict)
    froms: tuple[From, ...] = ()

    @classmethod
    def of(cls, tree: ast.Module) -> Names:
        """Read the imports of the whole file and the aliases at module level."""
        imported: dict[str, str] = {}
        froms: list[From] = []
        for node in _walk_imports(tree.body):
            if isinstance(node, ast.Import):
                for item in node.names:
                    local = item.asname or item.name.partition(".")[0]
                    imported[local] = item.name if item.asname else local
            else:
                for item in node.names:
                    froms.append(From(node.module or "", item.name, item.asname or item.name, node.level))
                    if (node.module, item.name, node.level) == ("pytest", "*", 0):
                        imported |= {name: f"pytest.{name}" for name in PYTEST - imported.keys()}
                    elif not node.level and item.name != "*":
                        imported[item.asname or item.name] = f"{node.module}.{item.name}"
        aliases = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and target.id not in imported
        }
        return cls(imported, aliases, tuple(froms))

    def alias(self, node: ast.expr) -> ast.expr:
        """The expression behind a module-level alias, or the node itself."""
        for _ in range(5):
            if not isinstance(node, ast.Name) or node.id not in self.aliases:
                break
            node = self.aliases[node.id]
        return node

    def dotted(self, node: ast.expr, depth: int = 5) -> str | None:
        """The dotted name that an expression stands for, or None when it is not an imported one."""
        if isinstance(node, ast.Attribute):
            head = self.dotted(node.value, depth)
            return None if head is None else f"{head}.{node.attr}"
        if not isinstance(node, ast.Name):
            return None
        if node.id in self.imported:
            return self.imported[node.id]
        if depth and node.id in self.aliases:
            target = self.aliases[node.id]
            return self.dotted(target.func if isinstance(target, ast.Call) else target, depth - 1)
        return None


def _walk_imports(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """Imports at module level, those under ``if``, ``try`` and ``with`` too."""
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for block in ("body", "orelse", "finalbody"):
                inner = getattr(node, block, None)
                yield from _walk_imports(inner if isinstance(inner, list) else [])
            for handler in getattr(node, "handlers", []):
                yield from _walk_imports(handler.body)
