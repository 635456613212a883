"""Async methods of a plain ``unittest.TestCase``, and async generators, are tests that never run.

https://docs.python.org/3/library/unittest.html#unittest.IsolatedAsyncioTestCase
"""

from __future__ import annotations

from transforms.model import Level, Proof
from transforms.pytest_world.drivers import keeps_async
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import own
from transforms.pytest_world.source import Function
from transforms.pytest_world.world import World
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_PLAIN = ("unittest.TestCase", "unittest.case.TestCase")


def survey(tree: Tree) -> Verdicts:
    """Tests that are reported and never awaited."""
    world = own(tree)
    for test in world.tests:
        if test.is_async and tree.inside(test.path) and (why := _why(world, test)):
            yield Flag(test.line, why, file=test.path)


def _why(world: World, test: Function) -> str | None:
    if test.is_generator and not world.is_unittest(test):
        return "an async test with `yield` is never run: pytest-asyncio reports it as an expected failure"
    if world.inherits(test, *_PLAIN) and keeps_async(test):
        return "nobody awaits this method, so it always passes: use `unittest.IsolatedAsyncioTestCase`"
    return None


RULE = Rule(
    id="PAS016",
    title="Async tests that nobody awaits",
    library="pytest-asyncio",
    link="https://docs.python.org/3/library/unittest.html#unittest.IsolatedAsyncioTestCase",
    was="Reported as passed (`unittest.TestCase`) or as an expected failure (`yield`), and never run.",
    now="The same: the upgrade is only an occasion to notice.",
    proof=Proof.RAN,
    level=Level.ADVICE,
    survey=survey,
    examples=(
        Example(
            "in a plain TestCase",
            "import unittest\n\n\nclass TestA(unittest.TestCase):\n    async def test_one(self):\n"
            "        raise AssertionError\n",
            path="test_app.py",
            flags=((5, Level.ADVICE),),
            probe=Probe(old="1 passed", broken="1 passed", command=SUITE),
        ),
        Example(
            "an async generator",
            "import pytest\n\n\n@pytest.mark.asyncio\nasync def test_one():\n    yield\n",
            path="test_app.py",
            flags=((5, Level.ADVICE),),
            probe=Probe(old="1 xfailed", broken="1 xfailed", command=SUITE),
        ),
        Example(
            "an isolated TestCase, and async fixtures with yield",
            "import unittest\n\nimport pytest_asyncio\n\n\nclass TestA(unittest.IsolatedAsyncioTestCase):\n"
            "    async def test_one(self): ...\n\n\n@pytest_asyncio.fixture\nasync def thing():\n    yield 1\n",
            path="test_app.py",
        ),
        Example(
            "a decorator of the tree's own may await it",
            "import unittest\n\nfrom tests.utils import async_test\n\n\nclass Case(unittest.TestCase):\n"
            "    @async_test\n    async def test_one(self): ...\n",
            path="test_app.py",
        ),
    ),
)
