"""Who runs an async test or fixture: pytest-asyncio, another plugin, the tree's own hook, or nobody."""

from __future__ import annotations

from enum import StrEnum

from transforms.pytest_world.source import Fixture, Function
from transforms.pytest_world.world import World

_FOREIGN_MARKS = frozenset({"anyio", "trio", "curio", "tornado", "gen_test", "twisted", "asyncio_cooperative"})
_FOREIGN_PLUGINS = (
    b"pytest-trio",
    b"pytest-tornasync",
    b"pytest-tornado",
    b"pytest-sanic",
    b"pytest-twisted",
    b"pytest-asyncio-cooperative",
    b"alt-pytest-asyncio",
    b"pytest-curio",
    b"pytest-aiohttp",
)
"""Plugins that may run an async test without a mark. ``pytest-aiohttp`` before 1.0 did."""

_MANIFESTS = (
    "requirements",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "tox.ini",
    "Pipfile",
    "environment",
    "constraints",
)

_KEEPING = (
    "pytest.",
    "unittest.mock.patch",
    "mock.patch",
    "hypothesis.",
    "freezegun.",
    "time_machine.",
    "respx.",
    "vcr.",
    "pytest_cases.",
    "typing.",
)
"""Decorators, by how their names begin, that leave an async test async."""


class Driver(StrEnum):
    """Who runs it."""

    ASYNCIO = "pytest-asyncio"
    FOREIGN = "another plugin"
    NOBODY = "nobody"


def driver(world: World, function: Function) -> Driver:
    """Who runs an async test, by its marks, the mode and the hooks above it."""
    marks = {m.name for m in world.marks(function)}
    if marks & _FOREIGN_MARKS or "anyio_backend" in closure(world, function) or has_own_runner(world, function):
        return Driver.FOREIGN
    if world.is_unittest(function):
        return Driver.FOREIGN
    if "asyncio" in marks or world.mode(function.path) == "auto":
        return Driver.ASYNCIO
    return Driver.FOREIGN if runs_anyio(world, function.path) else Driver.NOBODY


def runs_anyio(world: World, path: str) -> bool:
    """Whether anyio's plugin runs every async test and fixture of a file without a mark."""
    configuration = world.configuration(path)
    return configuration is not None and configuration.text("anyio_mode") == "auto"


def closure(world: World, function: Function) -> set[str]:
    """Every fixture name that a test needs: its own, those of marks, those used without asking, and theirs."""
    names: set[str] = set()
    todo = [*function.requests, *used(world, function), *autoused(world, function)]
    while todo:
        name = todo.pop()
        if name not in names:
            names.add(name)
            fixture = world.resolve(function, name)
            todo += fixture.requests if fixture else ()
    return names


def used(world: World, function: Function) -> list[str]:
    """The names that ``usefixtures`` marks bring to a test."""
    return [arg for m in world.marks(function) if m.name == "usefixtures" for arg in m.args if arg]


def autoused(world: World, function: Function) -> list[str]:
    """The names of fixtures that a test gets without asking."""
    module = world.modules[function.path]
    places = (module, *(c for c in world.conftests_above(function.path) if c is not module), *world.plugins)
    around = {function.owner[:depth] for depth in range(1, len(function.owner) + 1)}
    found = (f for m in places for f in m.fixtures if f.autouse)
    return [f.fixture for f in found if not f.owner or (f.path == module.path and f.owner in around)]


def has_own_runner(world: World, function: Function) -> bool:
    """Whether a conftest or plugin of the tree calls test functions itself."""
    places = (*world.conftests_above(function.path), *world.plugins)
    return any("pytest_pyfunc_call" in m.hooks for m in places)


def foreign_plugins(world: World) -> list[str]:
    """Other plugins for async tests that some manifest of the tree names."""
    manifests = [c for p, c in world.files.items() if p.rpartition("/")[2].startswith(_MANIFESTS)]
    return [name.decode() for name in _FOREIGN_PLUGINS if any(name in content for content in manifests)]


def handled(world: World, fixture: Fixture) -> bool:
    """Whether pytest-asyncio awaits the fixture."""
    return fixture.is_async and (fixture.via.startswith("pytest_asyncio") or world.mode(fixture.path) == "auto")


def keeps_async(function: Function) -> bool:
    """Whether every decorator is known to hand an async function on as one."""
    return all(name is not None and name.startswith(_KEEPING) for name in function.decorators)
