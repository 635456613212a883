"""Programs and settings for the examples of ``PAS006``."""

SHARED = """\
\"\"\"What all tests share.\"\"\"

import asyncio

import pytest


@pytest.fixture(scope="session")
def event_loop():
    \"\"\"One loop for the whole run.\"\"\"
    policy = asyncio.get_event_loop_policy()
    loop = policy.new_event_loop()
    asyncio.set_event_loop(loop)
    yield loop
    if not loop.is_closed():
        loop.close()


@pytest.fixture
def letters():
    return "ab"
"""

SHARED_AFTER = """\
\"\"\"What all tests share.\"\"\"

import pytest


@pytest.fixture
def letters():
    return "ab"
"""

QUEUE = """\
import asyncio

queue = asyncio.Queue()


async def test_waits():
    waiting = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    queue.put_nowait("a")
    assert await waiting == "a"


async def test_waits_again():
    waiting = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    queue.put_nowait("b")
    assert await waiting == "b"
"""

PLAIN = """\
\"\"\"What all tests share.\"\"\"

import asyncio

import pytest


@pytest.fixture{}
def event_loop():
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()
"""

REST = """\


@pytest.fixture
def letters():
    return "ab"
"""
LEFT = '"""What all tests share."""\n\nimport pytest\n' + REST

KEYS_INI = "asyncio_default_fixture_loop_scope = {0}\nasyncio_default_test_loop_scope = {0}\n"
TOML_KEYS = 'asyncio_default_fixture_loop_scope = "{0}"\nasyncio_default_test_loop_scope = "{0}"\n'
