"""Async tests and fixtures no longer get the running loop as ``event_loop``: the fixture is gone.

https://github.com/pytest-dev/pytest-asyncio/releases/tag/v1.0.0
"""

from __future__ import annotations

from transforms.model import Level, Proof
from transforms.pytest_asyncio.requests import requests
from transforms.pytest_world.proving import SUITE
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree


def survey(tree: Tree) -> Verdicts:
    """Async functions that ask for the loop."""
    return (r.verdict for r in tree.once(requests) if r.function.is_async and tree.inside(r.function.path))


_TEST = """\
import pytest


@pytest.mark.asyncio
async def test_clock(event_loop):
    assert event_loop.time() > 0
    assert event_loop.is_running()
"""

_TEST_AFTER = """\
import asyncio

import pytest


@pytest.mark.asyncio
async def test_clock():
    event_loop = asyncio.get_running_loop()
    assert event_loop.time() > 0
    assert event_loop.is_running()
"""

RULE = Rule(
    id="PAS001",
    title="`event_loop` is no fixture any more: async functions ask asyncio for the running loop",
    library="pytest-asyncio",
    link="https://github.com/pytest-dev/pytest-asyncio/releases/tag/v1.0.0",
    was="The plugin offered its loop as the fixture `event_loop`.",
    now="`fixture 'event_loop' not found`",
    proof=Proof.RAN,
    level=Level.BREAKS,
    survey=survey,
    examples=(
        Example(
            "an async test that uses the loop",
            _TEST,
            _TEST_AFTER,
            path="test_app.py",
            probe=Probe(
                old="1 passed",
                broken="fixture 'event_loop' not found",
                works="1 passed",
                command=SUITE,
            ),
        ),
        Example(
            "a parameter that nobody reads, between others",
            "import asyncio\n\nimport pytest\n\n\n@pytest.mark.asyncio\n"
            "async def test_nap(tmp_path, event_loop, capsys):\n    await asyncio.sleep(0)\n",
            "import asyncio\n\nimport pytest\n\n\n@pytest.mark.asyncio\n"
            "async def test_nap(tmp_path, capsys):\n    await asyncio.sleep(0)\n",
            path="test_app.py",
        ),
        Example(
            "an async fixture and a method, in auto mode",
            "import asyncio\n\nimport pytest\n\n\n@pytest.fixture\nasync def started(event_loop):\n"
            '    """When the test began."""\n    return event_loop.time()\n\n\n'
            "class TestClock:\n    async def test_goes_on(self, started, event_loop):\n"
            "        await asyncio.sleep(0)\n        assert event_loop.time() >= started\n",
            "import asyncio\n\nimport pytest\n\n\n@pytest.fixture\nasync def started():\n"
            '    """When the test began."""\n    event_loop = asyncio.get_running_loop()\n'
            "    return event_loop.time()\n\n\n"
            "class TestClock:\n    async def test_goes_on(self, started):\n"
            "        event_loop = asyncio.get_running_loop()\n"
            "        await asyncio.sleep(0)\n        assert event_loop.time() >= started\n",
            path="test_app.py",
            others={"pytest.ini": "[pytest]\nasyncio_mode = auto\n"},
            probe=Probe(
                old="1 passed",
                broken="fixture 'event_loop' not found",
                works="1 passed",
                command=SUITE,
            ),
        ),
        Example(
            "a test that is also called by hand",
            "import pytest\n\n\n@pytest.mark.asyncio\nasync def test_one(event_loop):\n"
            "    assert event_loop.is_running()\n\n\n@pytest.mark.asyncio\nasync def test_both(event_loop):\n"
            "    await test_one(event_loop)\n",
            "import pytest\n\n\n@pytest.mark.asyncio\nasync def test_one(event_loop):\n"
            "    assert event_loop.is_running()\n\n\n@pytest.mark.asyncio\nasync def test_both():\n"
            "    event_loop = asyncio.get_running_loop()\n    await test_one(event_loop)\n".replace(
                "import pytest", "import asyncio\n\nimport pytest"
            ),
            path="test_app.py",
            flags=((5, Level.BREAKS),),
        ),
        Example(
            "names that only look like the fixture",
            "import asyncio\n\n\nclass Worker:\n    def __init__(self, event_loop=None):\n"
            "        self.event_loop = event_loop or asyncio.new_event_loop()\n\n\n"
            "async def helper(event_loop):\n    return event_loop.time()\n\n\n"
            "async def test_worker(loop, event_loop=None):\n    assert Worker(event_loop=loop).event_loop\n",
            path="test_app.py",
        ),
        Example(
            "the same name in production code",
            "async def test_connection(event_loop):\n    return event_loop\n",
            path="service/probe.py",
        ),
    ),
)
