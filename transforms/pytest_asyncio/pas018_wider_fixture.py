"""An async fixture that outlives a test's loop was set up on another loop, before and after.

https://pytest-asyncio.readthedocs.io/en/stable/concepts.html
"""

from __future__ import annotations

from transforms.model import Level, Proof
from transforms.pytest_asyncio.overrides import KEYS, overrides
from transforms.pytest_asyncio.requests import NAME
from transforms.pytest_world.drivers import Driver, driver, handled
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import own
from transforms.pytest_world.source import Fixture, Function
from transforms.pytest_world.world import World
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree


def survey(tree: Tree) -> Verdicts:
    """Async fixtures of a wider scope that tests with a loop of their own ask for."""
    world = own(tree)
    configured = {c.path for o in tree.once(overrides) for c, _ in o.settings}
    for fixture in world.fixtures:
        if fixture.scope in (None, "function") or not tree.inside(fixture.path) or not handled(world, fixture):
            continue
        asking = (f for f, gets in world.users(fixture.fixture) if gets == fixture)
        test = next((f for f in asking if _has_own_loop(world, f, configured)), None)
        if test is not None:
            message = (
                f"`{test.name}` has a loop of its own, and this fixture that of its {fixture.scope}: what is "
                f'bound to a loop fails there, as before; a mark with `loop_scope="{fixture.scope}"` gives them one'
            )
            yield Flag(fixture.line, message, file=fixture.path)


def _has_own_loop(world: World, function: Function, configured: set[str]) -> bool:
    if isinstance(function, Fixture) or not function.is_async or driver(world, function) is not Driver.ASYNCIO:
        return False
    configuration = world.configuration(function.path)
    said = configuration is not None and (KEYS[1] in configuration.options or configuration.path in configured)
    marks = [m for m in world.marks(function) if m.name == "asyncio"]
    scoped = any({"scope", "loop_scope", "**"} & set(m.keywords) for m in marks)
    return not said and not scoped and world.resolve(function, NAME) is None


_LOCK = """\
import asyncio

import pytest
import pytest_asyncio


@pytest_asyncio.fixture(scope="module"{0})
async def loop():
    return asyncio.get_running_loop()


@pytest.mark.asyncio{1}
async def test_loop(loop):
    print("same loop:", loop is asyncio.get_running_loop())
"""

RULE = Rule(
    id="PAS018",
    title="Wider async fixtures and tests on loops of their own",
    library="pytest-asyncio",
    link="https://pytest-asyncio.readthedocs.io/en/stable/concepts.html",
    was="The fixture ran on the loop of its scope, the test on its own.",
    now="The same: the upgrade is only an occasion to notice.",
    proof=Proof.RAN,
    level=Level.ADVICE,
    survey=survey,
    examples=(
        Example(
            "a fixture for the module, and a test with a loop of its own",
            _LOCK.format("", ""),
            path="test_app.py",
            flags=((8, Level.ADVICE),),
            probe=Probe(old="same loop: False", broken="same loop: False", command=(*SUITE, "-s")),
        ),
        Example(
            "the test says the scope, or the configuration does, or an override will",
            _LOCK.format("", '(loop_scope="module")'),
            path="test_app.py",
            others={
                "a/pytest.ini": "[pytest]\nasyncio_default_test_loop_scope = module\n",
                "a/test_app.py": _LOCK.format("", ""),
                "b/pytest.ini": "[pytest]\n",
                "b/conftest.py": "import asyncio\n\nimport pytest\n\n\n@pytest.fixture(scope='module')\n"
                "def event_loop():\n    return asyncio.new_event_loop()\n",
                "b/test_app.py": _LOCK.format("", ""),
                "c/test_app.py": _LOCK.format("", "").replace("async def test", "def test"),
            },
        ),
    ),
)
