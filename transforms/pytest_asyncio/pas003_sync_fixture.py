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
            "a method that keeps the loop, and a fixture that watches it",
            "import asyncio\n\nimport pytest\n\n\nclass TestClock:\n    @pytest.fixture(autouse=True)\n"
            "    def keep(self, event_loop):\n        self.loop = event_loop\n\n"
            "    @pytest.fixture\n    def errors(self, event_loop):\n        found = []\n"
            "        event_loop.set_exception_handler(lambda _, context: found.append(context))\n"
            "        return found\n\n"
            "    async def test_async(self, errors):\n        assert self.loop is asyncio.get_running_loop()\n\n"
            "    def test_sync(self):\n        self.loop.run_until_complete(asyncio.sleep(0))\n",
            "import asyncio\n\nimport pytest\n\n\nclass TestClock:\n    @pytest.fixture(autouse=True)\n"
            "    async def keep(self):\n        event_loop = asyncio.get_running_loop()\n"
            "        self.loop = event_loop\n\n"
            "    @pytest.fixture\n    async def errors(self):\n        event_loop = asyncio.get_running_loop()\n"
            "        found = []\n"
            "        event_loop.set_exception_handler(lambda _, context: found.append(context))\n"
            "        return found\n\n"
            "    async def test_async(self, errors):\n        assert self.loop is asyncio.get_running_loop()\n\n"
            "    def test_sync(self):\n        self.loop.run_until_complete(asyncio.sleep(0))\n",
            path="test_app.py",
            others={"pytest.ini": "[pytest]\nasyncio_mode = auto\n"},
            notes=(8, 12),
            probe=Probe(old="2 passed", broken="fixture 'event_loop' not found", works="2 passed", command=SUITE),
        ),
        Example(
            "a loop that is given to what runs it",
            "import asyncio\n\nimport pytest\n\nfrom service import Server\n\n\n@pytest.fixture\n"
            "def server(event_loop):\n    server = Server(loop=event_loop)\n    server.start()\n"
            "    return server\n",
            path="conftest.py",
            others={
                "service.py": "class Server:\n    def __init__(self, loop):\n        self.loop = loop\n\n"
                "    def start(self):\n        self.loop.run_until_complete(self.serve())\n"
            },
            flags=((9, Level.BREAKS),),
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
