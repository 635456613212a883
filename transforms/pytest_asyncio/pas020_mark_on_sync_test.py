"""A sync test with the mark is only a warning, which fails the test where warnings are errors.

https://pytest-asyncio.readthedocs.io/en/stable/reference/markers/index.html
"""

from __future__ import annotations

from transforms.model import Level, Proof
from transforms.pytest_asyncio.requests import NAME
from transforms.pytest_world.filters import PLAIN, Warning, fails
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import own
from transforms.pytest_world.source import Function
from transforms.pytest_world.world import World
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_MESSAGE = (
    "marked `asyncio` and not async, which is a warning, and warnings are errors here: take the mark off, "
    "or mark the module's async tests one by one"
)


def survey(tree: Tree) -> Verdicts:
    """Sync tests that the mark reaches, where the configuration makes the warning an error."""
    world = own(tree)
    for test in world.tests:
        if (
            tree.inside(test.path)
            and _is_plain(world, test)
            and any(m.name == "asyncio" for m in world.marks(test))
        ):
            warning = Warning(PLAIN, f"The test <Function {test.name}> is marked with '@pytest.mark.asyncio'")
            if fails(world.configuration(test.path), warning):
                yield Flag(test.line, _MESSAGE, file=test.path)


def _is_plain(world: World, test: Function) -> bool:
    """Whether it is sync, stays sync, and no decorator could make it anything else."""
    named = all(name is not None and name.startswith("pytest.") for name in test.decorators)
    return not test.is_async and NAME not in test.requests and named and not world.is_unittest(test)


_TEST = "import pytest\n\n\n@pytest.mark.asyncio\ndef test_one():\n    assert True\n"
_STRICT = "[pytest]\nfilterwarnings =\n    error\n    ignore:The configuration option\n"

RULE = Rule(
    id="PAS020",
    title="The mark on sync tests, where warnings are errors",
    library="pytest-asyncio",
    link="https://pytest-asyncio.readthedocs.io/en/stable/reference/markers/index.html",
    was="`PytestWarning: The test … is marked with '@pytest.mark.asyncio' but it is not an async function.`",
    now="The same.",
    proof=Proof.RAN,
    level=Level.ADVICE,
    survey=survey,
    examples=(
        Example(
            "a mark of its own",
            _TEST,
            path="test_app.py",
            others={"pytest.ini": _STRICT},
            flags=((5, Level.ADVICE),),
            probe=Probe(old="not an async function", broken="not an async function", command=SUITE),
        ),
        Example(
            "a module's mark, with tests of both kinds",
            "import pytest\n\npytestmark = [pytest.mark.asyncio]\n\n\nasync def test_async(): ...\n\n\n"
            "class TestBoth:\n    async def test_async(self): ...\n\n    def test_sync(self): ...\n",
            path="test_app.py",
            others={"setup.cfg": "[tool:pytest]\nfilterwarnings = error\n"},
            flags=((12, Level.ADVICE),),
        ),
        Example(
            "where it only warns, another mark, and a test that something else may make async",
            _TEST,
            path="test_app.py",
            others={
                "a/pytest.ini": "[pytest]\nfilterwarnings =\n    error\n    ignore:The test .* is marked\n",
                "a/test_app.py": _TEST,
                "b/pytest.ini": "[pytest]\nfilterwarnings = error\n",
                "b/test_app.py": "import pytest\n\nfrom tests.tools import as_task\n\n\n@pytest.mark.asyncio\n"
                "@as_task\ndef test_one(): ...\n\n\n@pytest.mark.slow\ndef test_two(): ...\n\n\n"
                "@pytest.mark.asyncio\nasync def test_three(): ...\n",
            },
        ),
    ),
)
