"""An ``event_loop`` override that some tests fall under: their modules' own marks say its scope now.

https://github.com/pytest-dev/pytest-asyncio/releases/tag/v1.0.0
"""

from __future__ import annotations

from transforms.model import Level, Proof
from transforms.pytest_asyncio.overrides import overrides
from transforms.pytest_world.proving import SUITE
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree


def survey(tree: Tree) -> Verdicts:
    """Overrides whose module says it all. Those that it cannot are flagged by the rule about overrides."""
    return (rewrite for override in tree.once(overrides) for rewrite in override.local)


_LOCAL = """\
import asyncio

import pytest

queue = asyncio.Queue()


# one connection for all
@pytest.fixture(scope="session")
def event_loop():
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture
async def waiting():
    task = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    return task


async def test_waits(waiting):
    queue.put_nowait("a")
    assert await waiting == "a"


async def test_waits_again(waiting):
    queue.put_nowait("b")
    assert await waiting == "b"
"""

_LOCAL_AFTER = """\
import asyncio

import pytest
import pytest_asyncio

queue = asyncio.Queue()


# one connection for all
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def waiting():
    task = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    return task


async def test_waits(waiting):
    queue.put_nowait("a")
    assert await waiting == "a"


async def test_waits_again(waiting):
    queue.put_nowait("b")
    assert await waiting == "b"
"""

_MARKED = """\
import asyncio

import pytest

loops = set()

{0}
@pytest.mark.asyncio{1}
async def test_one():
    loops.add(asyncio.get_running_loop())


@pytest.mark.asyncio{1}
async def test_two():
    loops.add(asyncio.get_running_loop())
    assert len(loops) == 1
"""

_SCOPED = '@pytest.fixture(scope="module")\n'
_LOOPS = (
    "import asyncio\n\nimport pytest\n\nloops = set()\n\n\n"
    + _SCOPED
    + "{1}{0}async def test_one():\n    loops.add(asyncio.get_running_loop())\n"
)
_CONFTEST = """\
import asyncio

import pytest


@pytest.fixture(scope="{}")
def event_loop():
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()
"""
_LOCK = """\


@pytest.fixture(scope="session")
async def lock():
    return asyncio.Lock()
"""
_SHARING = """\
import asyncio

loops = set()


{0}async def test_one():
    loops.add(asyncio.get_running_loop())


{0}async def test_two():
    loops.add(asyncio.get_running_loop())
    assert len(loops) == 1
"""
_SYNC = "\n\ndef test_sync():\n    assert len(loops) == 1\n"

RULE = Rule(
    id="PAS017",
    title="An `event_loop` override of some tests becomes their modules' marks",
    library="pytest-asyncio",
    link="https://github.com/pytest-dev/pytest-asyncio/releases/tag/v1.0.0",
    was="The override replaced the loop of the tests in its reach; other tests had loops of their own.",
    now="The override is silently ignored: `RuntimeError: <Queue …> is bound to a different event loop`",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    survey=survey,
    examples=(
        Example(
            "an override in one module: its own marks and fixtures say it, and other tests keep their loops",
            _LOCAL,
            _LOCAL_AFTER,
            path="test_queue.py",
            others={"pytest.ini": "[pytest]\nasyncio_mode = auto\n", "test_a.py": "async def test_a(): ...\n"},
            notes=(10,),
            probe=Probe(old="3 passed", broken="different event loop", works="3 passed", command=SUITE),
        ),
        Example(
            "an override in one module whose tests are marked",
            _MARKED.format(
                "\n@pytest.fixture(scope='module')\ndef event_loop():\n"
                "    loop = asyncio.new_event_loop()\n    yield loop\n    loop.close()\n\n",
                "",
            ),
            _MARKED.format("", '(loop_scope="module")'),
            path="test_loop.py",
            others={"test_a.py": "import pytest\n\n\n@pytest.mark.asyncio\nasync def test_a(): ...\n"},
            notes=(9,),
            probe=Probe(old="3 passed", broken="1 failed, 2 passed", works="3 passed", command=SUITE),
        ),
        Example(
            "overrides of two scopes in two folders",
            _CONFTEST.format("session") + _LOCK,
            "import asyncio\n\nimport pytest\n" + _LOCK,
            path="a/conftest.py",
            others={
                "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
                "a/test_a.py": _SHARING.format(""),
                "b/conftest.py": '"""Shared."""\n\n' + _CONFTEST.format("module"),
                "b/test_b.py": _SHARING.format("@pytest.mark.asyncio\n").replace(
                    "import a", "import pytest\nimport a"
                ),
            },
            others_after={
                "a/test_a.py": _SHARING.format("").replace(
                    "asyncio\n",
                    'asyncio\n\nimport pytest\n\npytestmark = pytest.mark.asyncio(loop_scope="session")\n',
                    1,
                ),
                "b/conftest.py": '"""Shared."""\n',
                "b/test_b.py": _SHARING.format('@pytest.mark.asyncio(loop_scope="module")\n').replace(
                    "import a", "import pytest\nimport a"
                ),
            },
            notes=(7, 9),
            probe=Probe(old="4 passed", broken="2 failed, 2 passed", works="4 passed", command=SUITE),
        ),
        Example(
            "an override that hides a wider one",
            _LOOPS.format("", "def event_loop():\n    return asyncio.new_event_loop()\n\n\n").replace(
                "module", "function"
            ),
            "import asyncio\n\nimport pytest\n\nloops = set()\n\n\n"
            'pytestmark = pytest.mark.asyncio(loop_scope="function")\n\n\n'
            "async def test_one():\n    loops.add(asyncio.get_running_loop())\n",
            path="test_loop.py",
            others={
                "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
                "conftest.py": _CONFTEST.format("session"),
            },
            notes=(9,),
        ),
        Example(
            "strict mode: a plain async fixture goes to the tests' loop too",
            _CONFTEST.format("session") + "\n\n@pytest.fixture\nasync def item():\n    return 1\n",
            "import pytest_asyncio\n\n\n"
            '@pytest_asyncio.fixture(loop_scope="session")\nasync def item():\n    return 1\n',
            path="a/conftest.py",
            others={
                "a/test_a.py": "import pytest\n\n\n@pytest.mark.asyncio\nasync def test_a(item): ...\n",
                "test_b.py": "import pytest\n\n\n@pytest.mark.asyncio\nasync def test_b(): ...\n",
            },
            others_after={
                "a/test_a.py": "import pytest\n\n\n"
                '@pytest.mark.asyncio(loop_scope="session")\nasync def test_a(item): ...\n',
            },
            notes=(7,),
        ),
        Example(
            "no other test has another loop: the configuration says it",
            _LOCAL,
            path="test_queue.py",
            others={"pytest.ini": "[pytest]\nasyncio_mode = auto\n"},
        ),
        Example(
            "with sync tests in between, each async test is marked",
            _LOOPS.format("", "def event_loop():\n    return asyncio.new_event_loop()\n\n\n") + _SYNC,
            _LOOPS.format('@pytest.mark.asyncio(loop_scope="module")\n', "").replace(_SCOPED, "") + _SYNC,
            path="test_loop.py",
            others={"setup.cfg": "[tool:pytest]\nasyncio_mode = auto\n", "test_a.py": "async def test_a(): ...\n"},
            notes=(9,),
        ),
        Example(
            "an async fixture of other tests too: left to a person",
            "import asyncio\n\nimport pytest\n\n\n@pytest.fixture(scope='session')\ndef event_loop():\n"
            "    return asyncio.new_event_loop()\n\n\nasync def test_one(shared): ...\n",
            path="test_queue.py",
            others={
                "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
                "test_a.py": "async def test_a(shared): ...\n",
                "conftest.py": "import pytest\n\n\n@pytest.fixture\nasync def shared(): ...\n",
            },
        ),
    ),
)
