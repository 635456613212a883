"""The scope of an override that stands in one test module, said by that module's own marks and fixtures.

The configuration speaks to every test. Where other tests have loops of their own, the module says it itself: by
its tests' marks or a ``pytestmark`` in the override's place, and by ``loop_scope`` on its async fixtures.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

import libcst as cst

from transforms.model import Level
from transforms.page import Page
from transforms.pytest_asyncio.marking import marking, with_scope
from transforms.pytest_asyncio.requests import asyncio_fixture
from transforms.pytest_world.drivers import closure, handled
from transforms.pytest_world.sites import called, definition, fixture_decorator
from transforms.pytest_world.source import Fixture, Function
from transforms.pytest_world.world import World
from transforms.references import refer
from transforms.rewrites import Edit, Import, Rewrite, remove
from transforms.tree import Tree

_WITHIN = {"class": 0, "module": 1, "package": 2, "session": 3}
Change = tuple[tuple[Edit, ...], tuple[Import, ...]]


def local_scope(tree: Tree, world: World, fixture: Fixture, reached: Sequence[Function]) -> Rewrite | None:
    """One rewrite of the module for everything; None where the module alone cannot say it."""
    found = definition(tree, fixture)
    elsewhere = any(test.path != fixture.path for test in reached)
    if found is None or elsewhere or fixture.owner or posixpath.basename(fixture.path) == "conftest.py":
        return None
    page, node = found
    tests = _tests(tree, world, page, node, fixture, reached)
    fixtures = _fixtures(tree, world, page, fixture, reached)
    if tests is None or fixtures is None:
        return None
    edits, imports = (*tests[0], *fixtures[0]), (*tests[1], *fixtures[1])
    message = f"`event_loop` override deleted: this module's own marks now say one loop per {fixture.scope}"
    return Rewrite(node, message, edits, imports, Level.CHANGES_SILENTLY, fixture.path)


def _tests(
    tree: Tree, world: World, page: Page, node: cst.FunctionDef, fixture: Fixture, reached: Sequence[Function]
) -> Change | None:
    """Tests marked by themselves get the scope; with no marks at all, the module or each async test gets one."""
    everybody = [t for t in world.tests if t.path == fixture.path]
    marked = any(m.name == "asyncio" for t in everybody for m in world.marks(t))
    if not marked and not world.modules[fixture.path].marks and all(t.is_async for t in everybody):
        mark = refer(page, node, "pytest.mark", whole=True)
        return None if mark is None else ((_becomes_mark(node, mark.expression, fixture),), mark.imports)
    changes = [_on_test(tree, test, fixture, marked=marked) for test in reached]
    if any(change is None for change in changes):
        return None
    sure = [change for change in changes if change is not None]
    return (remove(node), *(e for c in sure for e in c[0])), tuple(i for c in sure for i in c[1])


def _on_test(tree: Tree, test: Function, fixture: Fixture, *, marked: bool) -> Change | None:
    """The scope on one test's own mark, or a mark with the scope where the module has none at all."""
    where = definition(tree, test)
    if where is None:
        return None
    if not marked:
        mark = marking(*where, fixture.scope)
        return None if mark is None else (mark.edits, mark.imports)
    own = [d for d in where[1].decorators if where[0].resolve(called(d)) == "pytest.mark.asyncio"]
    if len(own) != 1 or (isinstance(own[0].decorator, cst.Call) and own[0].decorator.args):
        return None
    return (_with_scope(own[0], fixture),), ()


def _becomes_mark(node: cst.FunctionDef, mark: cst.BaseExpression, fixture: Fixture) -> Edit:
    text = cst.Module([]).code_for_node(mark)
    line = cst.parse_statement(f'pytestmark = {text}.asyncio(loop_scope="{fixture.scope}")\n')

    def to(now: cst.FunctionDef) -> cst.BaseStatement:
        return cst.ensure_type(line.deep_clone(), cst.SimpleStatementLine).with_changes(
            leading_lines=now.leading_lines
        )

    return Edit(node, to)


def _fixtures(tree: Tree, world: World, page: Page, fixture: Fixture, reached: Sequence[Function]) -> Change | None:
    """The async fixtures that these tests need: all of this module, none used from elsewhere."""
    edits: list[Edit] = []
    imports: list[Import] = []
    needed = {(name, test) for test in reached for name in closure(world, test) if name != "event_loop"}
    for asked in dict.fromkeys(f for name, test in sorted(needed, key=str) if (f := world.resolve(test, name))):
        if not handled(world, asked):
            continue
        where = definition(tree, asked)
        wider = asked.scope is None or _WITHIN.get(asked.scope, -1) > _WITHIN.get(fixture.scope or "", -1)
        if asked.path != fixture.path or asked.owner or where is None or wider:
            return None
        decorator, change_of = fixture_decorator(page, where[1]), asyncio_fixture(page, where[1])
        if decorator is None or change_of is None:
            return None
        edits += [*change_of[0], _with_scope(decorator, fixture)]
        imports += change_of[1]
    return tuple(edits), tuple(imports)


def _with_scope(decorator: cst.Decorator, fixture: Fixture) -> Edit:
    return Edit(decorator, lambda now: with_scope(now, fixture.scope or ""))
