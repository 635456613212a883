"""The mark's ``scope`` is called ``loop_scope``.

https://github.com/pytest-dev/pytest-asyncio/releases/tag/v0.24.0
"""

from __future__ import annotations

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.pytest_world.marks import MARK_CALLED
from transforms.pytest_world.proving import failing_on
from transforms.rewrites import Flag, Rewrite, argument, drop_argument, rename_argument, string_value
from transforms.rule import Example, Probe, Rule, Verdicts


def find(page: Page) -> Verdicts:
    """Every ``pytest.mark.asyncio(scope=…)``, wherever the mark stands."""
    for call in page.calls("pytest.mark.asyncio"):
        old, new = argument(call, "scope"), argument(call, "loop_scope")
        if old is None:
            continue
        if new is None:
            yield Rewrite(call, "the mark's `scope` → `loop_scope`", (rename_argument(old, "loop_scope"),))
        elif string_value(old.value) == string_value(new.value) is not None:
            yield Rewrite(call, "the mark's `scope` repeats its `loop_scope`", drop_argument(call, old))
        else:
            yield Flag(
                call, "the mark has both `scope` and `loop_scope`, and they differ: keep the one that is meant"
            )


_SHAPES = """\
import asyncio

import pytest

pytestmark = [pytest.mark.asyncio({0}="module"), pytest.mark.usefixtures("tmp_path")]

loops = set()


async def test_one():
    loops.add(asyncio.get_running_loop())


@pytest.mark.parametrize("n", [pytest.param(1, marks=pytest.mark.asyncio({0}="module"))])
async def test_two(n):
    assert asyncio.get_running_loop() in loops


@pytest.mark.asyncio(
    {0}="class",  # one loop for both
)
class TestGroup:
    async def test_three(self):
        TestGroup.loop = asyncio.get_running_loop()

    async def test_four(self):
        assert asyncio.get_running_loop() is TestGroup.loop
"""

_HOOK = """\
import pytest
import pytest_asyncio


def pytest_collection_modifyitems(items):
    marker = pytest.mark.asyncio({}="session")
    for item in items:
        if pytest_asyncio.is_async_test(item):
            item.add_marker(marker, append=False)
"""

RULE = Rule(
    id="PAS008",
    title="The mark's `scope` is called `loop_scope`",
    library="pytest-asyncio",
    link="https://github.com/pytest-dev/pytest-asyncio/releases/tag/v0.24.0",
    was='`@pytest.mark.asyncio(scope="module")` gave a module\'s tests one loop.',
    now='`PytestDeprecationWarning: The "scope" keyword argument to the asyncio marker has been deprecated`, '
    "which fails tests where warnings are errors",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(MARK_CALLED,),
    apply=find,
    examples=(
        Example(
            "on modules, parameters and classes",
            _SHAPES.format("scope"),
            _SHAPES.format("loop_scope"),
            path="test_app.py",
            probe=Probe(
                old="4 passed",
                broken='The "scope" keyword argument to the asyncio marker has been deprecated',
                works="4 passed",
                command=failing_on('The "scope" keyword'),
            ),
        ),
        Example(
            "added by a hook",
            _HOOK.format("scope"),
            _HOOK.format("loop_scope"),
            path="conftest.py",
            others={
                "test_app.py": "import asyncio\n\nloops = set()\n\n\nasync def test_a():\n"
                "    loops.add(asyncio.get_running_loop())\n\n\nasync def test_b():\n"
                "    loops.add(asyncio.get_running_loop())\n    assert len(loops) == 1\n",
                "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
            },
            probe=Probe(
                old="2 passed", broken="errors", works="2 passed", command=failing_on('The "scope" keyword')
            ),
        ),
        Example(
            "through other names",
            'from pytest import mark as m\n\n\n@m.asyncio(scope="class")\nclass TestA:\n'
            "    async def test_a(self): ...\n",
            'from pytest import mark as m\n\n\n@m.asyncio(loop_scope="class")\nclass TestA:\n'
            "    async def test_a(self): ...\n",
            path="test_app.py",
        ),
        Example(
            "both words",
            'import pytest\n\n\n@pytest.mark.asyncio(scope="class", loop_scope="class")\nclass TestA:\n'
            '    async def test_a(self): ...\n\n\n@pytest.mark.asyncio(scope="class", loop_scope="module")\n'
            "class TestB:\n    async def test_b(self): ...\n",
            'import pytest\n\n\n@pytest.mark.asyncio(loop_scope="class")\nclass TestA:\n'
            '    async def test_a(self): ...\n\n\n@pytest.mark.asyncio(scope="class", loop_scope="module")\n'
            "class TestB:\n    async def test_b(self): ...\n",
            path="test_app.py",
            flags=((9, Level.BREAKS),),
        ),
        Example(
            "the scope of fixtures, and of other marks",
            'import pytest\nimport pytest_asyncio\n\n\n@pytest_asyncio.fixture(scope="session")\n'
            'async def pool(): ...\n\n\n@pytest.mark.asyncio(loop_scope="session")\n'
            '@pytest.mark.slow(scope="asyncio")\nasync def test_pool(pool): ...\n',
            path="test_app.py",
        ),
    ),
)
