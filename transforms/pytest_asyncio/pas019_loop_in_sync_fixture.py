"""A sync fixture or test that asks asyncio for the current loop gets another one, or none.

https://pytest-asyncio.readthedocs.io/en/stable/concepts.html
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from transforms.model import Level, Proof
from transforms.pytest_asyncio.requests import NAME
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import own
from transforms.pytest_world.source import Fixture, Function, within
from transforms.pytest_world.world import World
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree


def survey(tree: Tree) -> Verdicts:
    """Sync fixtures that call ``asyncio.get_event_loop()``, but for those that ask for ``event_loop``; sync tests
    that do so after ``asyncio.run`` has taken the loop away.
    """
    world = own(tree)
    yield from _after_run(tree, world)
    for fixture in world.fixtures:
        plain = not fixture.is_async and NAME not in (fixture.fixture, *fixture.requests)
        line = _line(world, fixture) if plain and tree.inside(fixture.path) else None
        if line is not None and _serves_async_tests(world, fixture):
            message = (
                "in a sync fixture this is not the loop of the async tests, and on newer releases "
                "there may be none: make the fixture async, and use `asyncio.get_running_loop()`"
            )
            yield Flag(line, message, file=fixture.path)


def _line(world: World, function: Function, name: str = "asyncio.get_event_loop") -> int | None:
    names = world.modules[function.path].names
    calls = (n for n in within(function.node) if isinstance(n, ast.Call))
    return next((c.lineno for c in calls if names.dotted(c.func) == name), None)


def _after_run(tree: Tree, world: World) -> Iterator[Flag]:
    """The sync tests that take the current loop below one that calls ``asyncio.run``, none being set in between."""
    gone: dict[str, bool] = {}
    for test in sorted(world.tests, key=lambda t: (t.path, t.line)):
        if not tree.inside(test.path):
            continue
        line = _line(world, test)
        if test.is_async or NAME in test.requests or _line(world, test, "asyncio.set_event_loop") is not None:
            gone[test.path] = False
        elif _line(world, test, "asyncio.run") is not None:
            gone[test.path] = True
        elif gone.get(test.path) and line is not None and not test.requests and not world.is_unittest(test):
            message = "`asyncio.run` in a test above leaves no current loop: use `asyncio.new_event_loop()`"
            yield Flag(line, message, file=test.path)


def _serves_async_tests(world: World, fixture: Fixture) -> bool:
    return any(f.is_async and gets == fixture for f, gets in world.users(fixture.fixture))


_FIXTURE = """\
import asyncio

import pytest


@pytest.fixture
{0}def loop():
    return asyncio.get_event_loop()


{1}def test_loop(loop):
    print("same loop:", loop is asyncio.{2}())
"""
_RUNS = "import asyncio\n\n\ndef test_runs():\n    asyncio.run(asyncio.sleep(0))\n"
_TAKES = "def test_takes():\n    asyncio.get_event_loop()\n"
_MARK = "@pytest.mark.asyncio\nasync "

RULE = Rule(
    id="PAS019",
    title="`asyncio.get_event_loop()` in sync fixtures and tests",
    library="pytest-asyncio",
    link="https://pytest-asyncio.readthedocs.io/en/stable/concepts.html",
    was="Another loop than that of the test; after `asyncio.run`, `RuntimeError: There is no current event loop`.",
    now="The same on 1.3.0.",
    proof=Proof.RAN,
    level=Level.ADVICE,
    survey=survey,
    examples=(
        Example(
            "a loop for async tests",
            _FIXTURE.format("", _MARK, "get_running_loop"),
            path="test_app.py",
            flags=((8, Level.ADVICE),),
            probe=Probe(old="same loop: False", broken="same loop: False", command=(*SUITE, "-s")),
        ),
        Example(
            "after a test that has run a loop of its own",
            _RUNS + "\n\n" + _TAKES,
            path="test_app.py",
            flags=((9, Level.ADVICE),),
            probe=Probe(
                old="There is no current event loop", broken="There is no current event loop", command=SUITE
            ),
        ),
        Example(
            "before it, with a loop of its own in between, or an async test",
            _TAKES.replace("def", "import asyncio\n\n\ndef", 1)
            + "\n\n"
            + _RUNS.partition("\n\n\n")[2]
            + "\n\ndef test_sets():\n    asyncio.set_event_loop(asyncio.new_event_loop())\n\n\n"
            + _TAKES.replace("takes", "takes_again"),
            path="test_app.py",
        ),
        Example(
            "a loop for sync tests",
            _FIXTURE.format("", "", "get_event_loop"),
            path="test_app.py",
        ),
        Example(
            "an async fixture",
            _FIXTURE.format("async ", _MARK, "get_running_loop").replace("@pytest.f", "@pytest_asyncio.f"),
            path="test_app.py",
        ),
    ),
)
