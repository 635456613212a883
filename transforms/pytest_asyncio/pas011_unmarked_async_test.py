"""In strict mode an async test without a mark fails now; it was skipped.

https://docs.pytest.org/en/stable/changelog.html#pytest-8-4-0-2025-06-02
"""

from __future__ import annotations

from transforms.model import Level, Proof
from transforms.pytest_asyncio.marking import marking
from transforms.pytest_world.drivers import Driver, driver, foreign_plugins, keeps_async
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import definition, own
from transforms.pytest_world.source import Function
from transforms.pytest_world.world import World
from transforms.rewrites import Flag, Rewrite
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_MESSAGE = "without a mark this test never ran in strict mode: it was skipped"


def survey(tree: Tree) -> Verdicts:
    """Collected async tests that nobody runs."""
    world = own(tree)
    others = foreign_plugins(world)
    for test in world.tests:
        if not tree.inside(test.path) or not _is_idle(world, test):
            continue
        found = definition(tree, test)
        mark = marking(*found) if found is not None else None
        if found is None:
            continue
        page, node = found
        if mark is None or others:
            why = f"{others[0]} may run it" if others else "`pytest` means something else here"
            yield Flag(node, f"{_MESSAGE}, and now it fails; not marked because {why}", file=page.path)
        else:
            message = f"`@pytest.mark.asyncio` added: {_MESSAGE}. Now it runs, and may show a real failure"
            yield Rewrite(node, message, mark.edits, mark.imports, Level.CHANGES_SILENTLY, page.path)


def _is_idle(world: World, test: Function) -> bool:
    plain = test.is_async and not test.is_generator and keeps_async(test)
    return plain and driver(world, test) is Driver.NOBODY and not _is_marked_by_hook(world, test)


def _is_marked_by_hook(world: World, test: Function) -> bool:
    """Whether a hook of the tree may mark items while they are collected."""
    hooks = ("pytest_collection_modifyitems", "pytest_pycollect_makeitem", "pytest_itemcollected")
    places = (*world.conftests_above(test.path), *world.plugins)
    return any(hook in m.hooks and b"asyncio" in world.files[m.path] for m in places for hook in hooks)


RULE = Rule(
    id="PAS011",
    title="Strict mode: an async test without a mark fails instead of being skipped",
    library="pytest-asyncio",
    link="https://docs.pytest.org/en/stable/changelog.html#pytest-8-4-0-2025-06-02",
    was="The test was skipped, with a warning.",
    now="`Failed: async def functions are not natively supported.`",
    proof=Proof.RAN,
    level=Level.BREAKS,
    survey=survey,
    plan="The plan removes `asyncio_mode = auto` as if it were the default; then every unmarked test fails so.",
    examples=(
        Example(
            "functions and methods",
            '"""Tests."""\n\nimport asyncio\n\n\nasync def test_one():\n    await asyncio.sleep(0)\n\n\n'
            "class TestMore:\n    # the second\n    async def test_two(self):\n        await asyncio.sleep(0)\n",
            '"""Tests."""\n\nimport asyncio\n\nimport pytest\n\n\n@pytest.mark.asyncio\nasync def test_one():\n'
            "    await asyncio.sleep(0)\n\n\nclass TestMore:\n    # the second\n    @pytest.mark.asyncio\n"
            "    async def test_two(self):\n        await asyncio.sleep(0)\n",
            path="test_app.py",
            notes=(6, 12),
            probe=Probe(
                old="2 skipped",
                broken="async def functions are not natively supported",
                works="2 passed",
                command=SUITE,
            ),
        ),
        Example(
            "under decorators that keep a function async",
            "import pytest\nfrom unittest.mock import patch\n\n\n@pytest.mark.parametrize('n', [1])\n"
            "@patch('os.getcwd')\nasync def test_one(getcwd, n): ...\n",
            "import pytest\nfrom unittest.mock import patch\n\n\n@pytest.mark.asyncio\n"
            "@pytest.mark.parametrize('n', [1])\n@patch('os.getcwd')\nasync def test_one(getcwd, n): ...\n",
            path="test_app.py",
            notes=(7,),
        ),
        Example(
            "another plugin may run it",
            "async def test_one(): ...\n",
            path="test_app.py",
            others={"requirements-test.txt": "pytest-trio==0.8.0\n"},
            flags=((1, Level.BREAKS),),
        ),
        Example(
            "marked somewhere, run by somebody else, or no test",
            "import unittest\n\nimport pytest\n\nfrom helpers import runs_async\n\n\n@pytest.mark.asyncio\n"
            "class TestMarked:\n    async def test_one(self): ...\n\n\n"
            "@pytest.mark.anyio\nasync def test_two(): ...\n\n\n"
            "async def test_three(anyio_backend): ...\n\n\n@runs_async\nasync def test_four(): ...\n\n\n"
            "class Case(unittest.IsolatedAsyncioTestCase):\n    async def test_five(self): ...\n\n\n"
            "class Helper:\n    async def test_connection(self): ...\n\n\nasync def helper(): ...\n",
            path="test_app.py",
        ),
        Example(
            "marked on its parameter sets",
            "import pytest\n\n\n@pytest.mark.parametrize('n', [\n"
            "    pytest.param(1, marks=pytest.mark.asyncio(loop_scope='module')),\n"
            "    pytest.param(2, marks=[pytest.mark.asyncio(loop_scope='module')]),\n])\n"
            "async def test_one(n): ...\n",
            path="test_app.py",
        ),
        Example(
            "auto mode",
            "async def test_one(): ...\n",
            path="tests/test_app.py",
            others={"pyproject.toml": '[tool.pytest.ini_options]\naddopts = ["--asyncio-mode", "auto"]\n'},
        ),
        Example(
            "anyio runs every async test, or brings its backend by itself",
            "async def test_one(): ...\n",
            path="tests/test_app.py",
            others={"pytest.ini": "[pytest]\nanyio_mode = auto\n"},
        ),
        Example(
            "a fixture that nobody asks for brings anyio's backend",
            "async def test_one(): ...\n\n\nclass TestMore:\n    async def test_two(self): ...\n",
            path="tests/test_app.py",
            others={
                "conftest.py": "import pytest\n\n\n@pytest.fixture(autouse=True)\n"
                "def backend(anyio_backend):\n    return anyio_backend\n"
            },
        ),
        Example(
            "anyio's mark on a module",
            "import pytest\n\npytestmark = [pytest.mark.anyio]\n\n\nasync def test_one(): ...\n",
            path="tests/test_app.py",
        ),
        Example(
            "the tree's own hook runs or marks async tests",
            "async def test_one(): ...\n",
            path="tests/test_app.py",
            others={"conftest.py": "def pytest_pyfunc_call(pyfuncitem):\n    return True\n"},
        ),
        Example(
            "production code that is named like a test",
            "async def test_connection(): ...\n",
            path="service/probe.py",
        ),
    ),
)
