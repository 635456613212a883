"""A sync fixture that asks for ``event_loop`` becomes an async fixture.

https://github.com/pytest-dev/pytest-asyncio/releases/tag/v1.0.0
"""

from __future__ import annotations

from transforms.model import Level, Proof
from transforms.pytest_asyncio.overrides import going
from transforms.pytest_asyncio.requests import requests
from transforms.pytest_world.proving import SUITE
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree


def survey(tree: Tree) -> Verdicts:
    """Sync fixtures that ask for the plugin's loop, or for an override that goes."""
    for request in tree.once(requests):
        concerned = not request.function.is_async and request.is_fixture
        if concerned and tree.inside(request.function.path) and going(tree, request):
            yield request.verdict


_BEFORE = """\
import asyncio

import pytest


async def connect(loop):
    await asyncio.sleep(0)
    return loop


@pytest.fixture
def connection(event_loop):
    connected = event_loop.run_until_complete(connect(loop=event_loop))
    yield connected
    event_loop.run_until_complete(asyncio.sleep(0))


@pytest.fixture()
def loop(event_loop):
    return event_loop


@pytest.mark.asyncio
async def test_connection(connection, loop):
    assert connection is loop is asyncio.get_running_loop()


def test_sync(loop):
    assert loop.run_until_complete(connect(1)) == 1
"""

_AFTER = """\
import asyncio

import pytest
import pytest_asyncio


async def connect(loop):
    await asyncio.sleep(0)
    return loop


@pytest_asyncio.fixture
async def connection():
    event_loop = asyncio.get_running_loop()
    connected = await connect(loop=event_loop)
    yield connected
    await asyncio.sleep(0)


@pytest_asyncio.fixture()
async def loop():
    event_loop = asyncio.get_running_loop()
    return event_loop


@pytest.mark.asyncio
async def test_connection(connection, loop):
    assert connection is loop is asyncio.get_running_loop()


def test_sync(loop):
    assert loop.run_until_complete(connect(1)) == 1
"""

RULE = Rule(
    id="PAS003",
    title="Sync fixtures that ask for `event_loop` become async fixtures",
    library="pytest-asyncio",
    link="https://github.com/pytest-dev/pytest-asyncio/releases/tag/v1.0.0",
    was="A sync fixture could ask for the loop, run coroutines on it and hand it on.",
    now="`fixture 'event_loop' not found` in every test that needs the fixture",
    proof=Proof.RAN,
    level=Level.BREAKS,
    survey=survey,
    examples=(
        Example(
            "a fixture that runs coroutines, and one that hands the loop on",
            _BEFORE,
            _AFTER,
            path="test_app.py",
            notes=(12, 19),
            probe=Probe(old="2 passed", broken="fixture 'event_loop' not found", works="2 passed", command=SUITE),
        ),
        Example(
            "a fixture that lets the loop run elsewhere",
            "import threading\n\nimport pytest\n\n\n@pytest.fixture\ndef background(event_loop):\n"
            "    thread = threading.Thread(target=event_loop.run_forever)\n    thread.start()\n    yield thread\n",
            path="conftest.py",
            flags=((7, Level.BREAKS),),
        ),
        Example(
            "a fixture that somebody fetches by name at run time",
            "import pytest\n\n\n@pytest.fixture\ndef client(event_loop):\n"
            "    return event_loop.run_until_complete(connect())\n\n\n"
            "def test_client(request):\n    request.getfixturevalue('client')\n",
            path="test_app.py",
            flags=((5, Level.BREAKS),),
        ),
        Example(
            "fixtures that take another loop",
            "import pytest\n\n\n@pytest.fixture\ndef client(loop, make_loop):\n"
            "    event_loop = make_loop()\n    return event_loop.run_until_complete(loop.connect())\n",
            path="conftest.py",
        ),
    ),
)
