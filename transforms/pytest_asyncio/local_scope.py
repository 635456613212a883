"""The scope of an override, said by the marks and fixtures of the modules in its reach.

The configuration speaks to every test. Where other tests have loops of their own, each module in the override's
reach says it itself: by its tests' marks or a ``pytestmark``, and by ``loop_scope`` on its async fixtures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from transforms.model import Level
from transforms.page import Page
from transforms.pytest_asyncio.marking import marking, with_scope
from transforms.pytest_asyncio.module_mark import added, scoped
from transforms.pytest_asyncio.requests import asyncio_fixture, managed
from transforms.pytest_world.drivers import closure
from transforms.pytest_world.sites import called, definition, fixture_decorator
from transforms.pytest_world.source import Fixture, Function
from transforms.pytest_world.world import World
from transforms.rewrites import Edit, Import, Rewrite, remove
from transforms.tree import Tree

_WITHIN = {"function": 0, "class": 1, "module": 2, "package": 3, "session": 4}


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one file."""

    edits: tuple[Edit, ...] = ()
    imports: tuple[Import, ...] = ()


def local_scope(tree: Tree, world: World, fixture: Fixture, reached: Sequence[Function]) -> tuple[Rewrite, ...]:
    """The rewrites of all files concerned; empty where they cannot say it."""
    found = definition(tree, fixture)
    if found is None or fixture.scope not in _WITHIN or not all(tree.inside(t.path) for t in reached):
        return ()
    modules = sorted({test.path for test in reached})
    changes = [(path, _tests(tree, world, fixture, path, reached)) for path in modules]
    changes += list(_fixtures(tree, world, fixture, reached))
    if any(change is None for _, change in changes):
        return ()
    sure = [(path, change) for path, change in changes if change is not None and change.edits]
    return tuple(_rewrites(*found, fixture, sure))


def _rewrites(
    page: Page, node: cst.FunctionDef, fixture: Fixture, changes: Sequence[tuple[str, Change]]
) -> Iterator[Rewrite]:
    """One for the override's own file, and one for each change elsewhere."""
    here = [change for path, change in changes if path == page.path]
    edits = tuple(edit for change in here for edit in change.edits)
    gone = () if any(edit.node is node for edit in edits) else (remove(node),)
    imports = tuple(i for change in here for i in change.imports)
    message = f"`event_loop` override deleted: its tests' own marks now say one loop per {fixture.scope}"
    yield Rewrite(node, message, (*gone, *edits), imports, Level.CHANGES_SILENTLY, page.path)
    for path, change in changes:
        if path != page.path:
            told = f'`loop_scope="{fixture.scope}"`: what the `event_loop` override gave'
            yield Rewrite(change.edits[0].node, told, change.edits, change.imports, file=path)


# ── tests ────────────────────────────────────────────────────────────────────────────────────────────────────


def _tests(tree: Tree, world: World, fixture: Fixture, path: str, reached: Sequence[Function]) -> Change | None:
    """The module's mark where it speaks for these tests alone, else each test's own."""
    page, module = tree.page(path), world.modules[path]
    if page is None:
        return None
    everybody = [t for t in world.tests if t.path == path]
    here = [t for t in reached if t.path == path]
    only = len(here) == len([t for t in everybody if t.is_async]) and not fixture.owner
    if any(m.name == "asyncio" for m in module.marks):
        edit = scoped(page, fixture.scope or "") if only else None
        return None if edit is None else Change((edit,))
    marked = any(m.name == "asyncio" for t in everybody for m in world.marks(t))
    if only and not marked and not module.marks and len(here) == len(everybody):
        place = definition(tree, fixture) if path == fixture.path else None
        addition = added(page, fixture.scope or "", place[1] if place else None)
        if addition is not None:
            return Change(*addition)
    return _each(tree, world, fixture, here)


def _each(tree: Tree, world: World, fixture: Fixture, tests: Sequence[Function]) -> Change | None:
    edits: dict[cst.CSTNode, Edit] = {}
    imports: list[Import] = []
    for test in tests:
        change = _on_test(tree, world, test, fixture, tests)
        if change is None:
            return None
        edits.update({edit.node: edit for edit in change.edits})
        imports += change.imports
    return Change(tuple(edits.values()), tuple(dict.fromkeys(imports)))


def _on_test(
    tree: Tree, world: World, test: Function, fixture: Fixture, tests: Sequence[Function]
) -> Change | None:
    """The scope on the test's own mark, on that of its class, or on a new one."""
    where = definition(tree, test)
    if where is None:
        return None
    page, node = where
    own = _mark(page, node)
    if own is None and any(m.name == "asyncio" for m in world.marks(test)):
        around = page.around(node, cst.ClassDef)
        mates = [t for t in world.tests if t.path == test.path and t.owner == test.owner and t.is_async]
        own = _mark(page, around) if around is not None and all(t in tests for t in mates) else None
        if own is None:
            return None
    if own is None:
        mark = marking(page, node, fixture.scope)
        return None if mark is None else Change(mark.edits, mark.imports)
    if isinstance(own.decorator, cst.Call) and own.decorator.args:
        return None
    return Change((_with_scope(own, fixture),))


def _mark(page: Page, node: cst.FunctionDef | cst.ClassDef) -> cst.Decorator | None:
    found = [d for d in node.decorators if page.resolve(called(d)) == "pytest.mark.asyncio"]
    return found[0] if len(found) == 1 else None


# ── fixtures ─────────────────────────────────────────────────────────────────────────────────────────────────


def _fixtures(
    tree: Tree, world: World, fixture: Fixture, reached: Sequence[Function]
) -> Iterator[tuple[str, Change | None]]:
    """The async fixtures that these tests need; None for one that is wider, or that other tests need too."""
    needed = {(name, test) for test in reached for name in closure(world, test) if name != "event_loop"}
    asked = {f: None for name, test in sorted(needed, key=str) if (f := world.resolve(test, name)) is not None}
    for each in asked:
        if not managed(tree, world, each) or each.scope == fixture.scope or _says_scope(each):
            continue
        wider = each.scope is None or _WITHIN.get(each.scope, 9) > _WITHIN[fixture.scope or ""]
        where = definition(tree, each)
        if wider or where is None or not tree.inside(each.path) or _is_shared(world, each, reached):
            yield each.path, None
            continue
        decorator, change_of = fixture_decorator(*where), asyncio_fixture(*where)
        if decorator is None or change_of is None:
            yield each.path, None
        else:
            yield each.path, Change((*change_of[0], _with_scope(decorator, fixture)), change_of[1])


def _says_scope(fixture: Fixture) -> bool:
    """Whether the fixture says its loop's scope itself."""
    words = (k.arg for d in fixture.node.decorator_list for k in getattr(d, "keywords", ()))
    return "loop_scope" in words


def _is_shared(world: World, fixture: Fixture, reached: Sequence[Function]) -> bool:
    """Whether a test with another loop needs the fixture too."""
    others = (t for t in world.tests if t.is_async and t not in reached)
    return any(
        fixture.fixture in closure(world, t) and world.resolve(t, fixture.fixture) == fixture for t in others
    )


def _with_scope(decorator: cst.Decorator, fixture: Fixture) -> Edit:
    return Edit(decorator, lambda now: with_scope(now, fixture.scope or ""))
