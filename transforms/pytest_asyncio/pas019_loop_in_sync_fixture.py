"""A sync fixture that asks asyncio for the current loop does not get the loop of the test.

https://pytest-asyncio.readthedocs.io/en/stable/concepts.html
"""

from __future__ import annotations

import ast

from transforms.model import Level, Proof
from transforms.pytest_asyncio.requests import NAME
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import own
from transforms.pytest_world.source import Fixture, within
from transforms.pytest_world.world import World
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree


def survey(tree: Tree) -> Verdicts:
    """Sync fixtures that call ``asyncio.get_event_loop()``, but for those that ask for ``event_loop``."""
    world = own(tree)
    for fixture in world.fixtures:
        plain = not fixture.is_async and NAME not in (fixture.fixture, *fixture.requests)
        line = _line(world, fixture) if plain and tree.inside(fixture.path) else None
        if line is not None and _serves_async_tests(world, fixture):
            message = (
                "in a sync fixture this is not the loop of the async tests, and on newer releases "
                "there may be none: make the fixture async, and use `asyncio.get_running_loop()`"
            )
            yield Flag(line, message, file=fixture.path)


def _line(world: World, fixture: Fixture) -> int | None:
    names = world.modules[fixture.path].names
    calls = (n for n in within(fixture.node) if isinstance(n, ast.Call))
    return next((c.lineno for c in calls if names.dotted(c.func) == "asyncio.get_event_loop"), None)


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
_MARK = "@pytest.mark.asyncio\nasync "

RULE = Rule(
    id="PAS019",
    title="`asyncio.get_event_loop()` in sync fixtures",
    library="pytest-asyncio",
    link="https://pytest-asyncio.readthedocs.io/en/stable/concepts.html",
    was="Another loop than that of the test.",
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
