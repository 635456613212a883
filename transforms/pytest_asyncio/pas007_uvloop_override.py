"""An ``event_loop`` override that makes uvloop's loop becomes an ``event_loop_policy`` fixture.

https://github.com/pytest-dev/pytest-asyncio/releases/tag/v1.0.0
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.pytest_asyncio.overrides import Override, overrides
from transforms.pytest_asyncio.pas006_event_loop_override import settings
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import called, definition, fixture_decorator
from transforms.references import refer
from transforms.rewrites import Edit, Flag, Rewrite
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_SILENT = "async tests now quietly run on asyncio's own loop instead of uvloop"


def survey(tree: Tree) -> Verdicts:
    """Overrides that are plain but for uvloop."""
    for override in tree.once(overrides):
        found = definition(tree, override.fixture) if "uvloop" in override.shape.extra else None
        if found is None:
            continue
        rewrite = None if override.reason else _rewrite(override, *found)
        if rewrite is None:
            why = override.reason or "its decorator cannot be edited"
            message = f"{_SILENT}; not rewritten because {why}: give an `event_loop_policy` fixture"
            yield Flag(found[1], message, Level.CHANGES_SILENTLY, found[0].path)
            continue
        yield rewrite
        yield from settings(override)


def _rewrite(override: Override, page: Page, node: cst.FunctionDef) -> Rewrite | None:
    decorator = fixture_decorator(page, node)
    policy = refer(page, node, "uvloop.EventLoopPolicy", whole=True)
    if decorator is None or policy is None:
        return None
    text = cst.Module([]).code_for_node
    source = (
        f'@{text(called(decorator))}(scope="session")\n'
        f"def event_loop_policy():\n    return {text(policy.expression)}()\n"
    )
    new = cst.ensure_type(cst.parse_statement(source, page.module.config_for_parsing), cst.FunctionDef)

    def to(now: cst.FunctionDef) -> cst.FunctionDef:
        return new.deep_clone().with_changes(leading_lines=now.leading_lines)

    message = "`event_loop` override → `event_loop_policy` fixture, which keeps the tests on uvloop"
    return Rewrite(node, message, (Edit(node, to),), policy.imports, Level.CHANGES_SILENTLY, page.path)


_TEST = """\
import asyncio

import pytest


@pytest.mark.asyncio
async def test_loop():
    assert "uvloop" in type(asyncio.get_running_loop()).__module__
"""

RULE = Rule(
    id="PAS007",
    title="An `event_loop` override for uvloop becomes `event_loop_policy`",
    library="pytest-asyncio",
    link="https://github.com/pytest-dev/pytest-asyncio/releases/tag/v1.0.0",
    was="The override put the tests in its reach on uvloop.",
    now="It is silently ignored: the tests run on asyncio's own loop.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    survey=survey,
    examples=(
        Example(
            "a loop for each test",
            "import pytest\nimport uvloop\n\n\n# as in production\n@pytest.fixture\ndef event_loop():\n"
            "    loop = uvloop.new_event_loop()\n    yield loop\n    loop.close()\n",
            'import pytest\nimport uvloop\n\n\n# as in production\n@pytest.fixture(scope="session")\n'
            "def event_loop_policy():\n    return uvloop.EventLoopPolicy()\n",
            path="conftest.py",
            others={"test_app.py": _TEST},
            notes=(7,),
            probe=Probe(
                old="1 passed", broken="1 failed", works="1 passed", command=SUITE, requires=("uvloop==0.22.1",)
            ),
        ),
        Example(
            "one loop for the session, by uvloop's policy",
            'import asyncio\n\nimport uvloop\nfrom pytest import fixture\n\n\n@fixture(scope="session")\n'
            "def event_loop():\n    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())\n"
            "    loop = asyncio.new_event_loop()\n    yield loop\n    loop.close()\n\n\n"
            "def clock():\n    return asyncio.get_event_loop().time()\n",
            'import asyncio\n\nimport uvloop\nfrom pytest import fixture\n\n\n@fixture(scope="session")\n'
            "def event_loop_policy():\n    return uvloop.EventLoopPolicy()\n\n\n"
            "def clock():\n    return asyncio.get_event_loop().time()\n",
            path="conftest.py",
            others={"test_app.py": _TEST, "pytest.ini": "[pytest]\n"},
            others_after={
                "pytest.ini": "[pytest]\nasyncio_default_fixture_loop_scope = session\n"
                "asyncio_default_test_loop_scope = session\n"
            },
            notes=(8,),
            probe=Probe(
                old="1 passed", broken="1 failed", works="1 passed", command=SUITE, requires=("uvloop==0.22.1",)
            ),
        ),
        Example(
            "uvloop and something more",
            "import pytest\nimport uvloop\n\n\n@pytest.fixture\ndef event_loop():\n"
            "    loop = uvloop.new_event_loop()\n    yield loop\n    loop.close()\n",
            path="conftest.py",
            others={"test_app.py": "def test_loop(event_loop):\n    event_loop.run_forever()\n"},
            flags=((6, Level.CHANGES_SILENTLY),),
        ),
        Example(
            "a policy fixture, and production code that installs uvloop",
            "import pytest\nimport uvloop\n\n\n@pytest.fixture\ndef event_loop_policy():\n"
            "    return uvloop.EventLoopPolicy()\n\n\ndef main():\n    uvloop.install()\n",
            path="conftest.py",
            others={"test_app.py": _TEST},
        ),
    ),
)
