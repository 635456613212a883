"""An ``event_loop`` override that makes another kind of loop becomes an ``event_loop_policy`` fixture.

https://github.com/pytest-dev/pytest-asyncio/releases/tag/v1.0.0
"""

from __future__ import annotations

import ast

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.pytest_asyncio.overrides import Override, overrides
from transforms.pytest_asyncio.pas006_event_loop_override import settings
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import called, definition, fixture_decorator
from transforms.references import refer
from transforms.rewrites import Edit, Flag, Import, Rewrite
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

POLICIES = frozenset({"uvloop", "policy"})
"""What an override gives that becomes an ``event_loop_policy`` fixture."""

_SILENT = "async tests now quietly run on asyncio's own loop instead of the one made here"


def survey(tree: Tree) -> Verdicts:
    """Overrides that are plain but for uvloop."""
    for override in tree.once(overrides):
        found = definition(tree, override.fixture) if override.shape.extra & POLICIES else None
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
    body = None if decorator is None else _body(override, page, node)
    if decorator is None or body is None:
        return None
    text = cst.Module([]).code_for_node
    source = f'@{text(called(decorator))}(scope="session")\ndef event_loop_policy():\n{body[0]}'
    new = cst.ensure_type(cst.parse_statement(source, page.module.config_for_parsing), cst.FunctionDef)

    def to(now: cst.FunctionDef) -> cst.FunctionDef:
        return new.deep_clone().with_changes(leading_lines=now.leading_lines)

    message = "`event_loop` override → `event_loop_policy` fixture, which keeps the tests on the same kind of loop"
    return Rewrite(node, message, (Edit(node, to),), body[1], Level.CHANGES_SILENTLY, page.path)


def _body(override: Override, page: Page, node: cst.FunctionDef) -> tuple[str, tuple[Import, ...]] | None:
    """What the policy fixture says, and the imports it needs."""
    text = cst.Module([]).code_for_node
    condition, indent = override.shape.condition, page.module.default_indent
    name = "asyncio.get_event_loop_policy" if condition else "uvloop.EventLoopPolicy"
    policy = refer(page, node, name, whole=True)
    if policy is None:
        return None
    first = (
        f"{indent}if {_as_written(page, node, condition.test)}:\n{indent}{indent}return {condition.policy}\n"
        if condition
        else ""
    )
    return f"{first}{indent}return {text(policy.expression)}()\n", policy.imports


def _as_written(page: Page, node: cst.FunctionDef, test: str) -> str:
    """The source of a test, with its own quotes."""
    sources = (page.module.code_for_node(branch.test) for branch in page.below(node, cst.If))
    return next((s for s in sources if ast.unparse(ast.parse(s.strip(), mode="eval")) == test), test)


_GUARDED = (
    "import asyncio\n\nimport pytest\n\ntry:\n    import uvloop\nexcept ImportError:\n    uvloop = None\n\n\n"
)
_TEST = """\
import asyncio

import pytest


@pytest.mark.asyncio
async def test_loop():
    assert "uvloop" in type(asyncio.get_running_loop()).__module__
"""

RULE = Rule(
    id="PAS007",
    title="An `event_loop` override for another kind of loop becomes `event_loop_policy`",
    library="pytest-asyncio",
    link="https://github.com/pytest-dev/pytest-asyncio/releases/tag/v1.0.0",
    was="The override put the tests in its reach on uvloop, or on the loop of another policy.",
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
            "another policy on one system only",
            "import asyncio\nimport sys\n\nimport pytest\n\n\n@pytest.fixture(scope='session')\ndef event_loop():\n"
            '    if sys.platform == "win32":\n'
            "        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())\n"
            "    loop = asyncio.new_event_loop()\n    yield loop\n    loop.close()\n",
            'import asyncio\nimport sys\n\nimport pytest\n\n\n@pytest.fixture(scope="session")\n'
            'def event_loop_policy():\n    if sys.platform == "win32":\n'
            "        return asyncio.WindowsSelectorEventLoopPolicy()\n    return asyncio.get_event_loop_policy()\n",
            path="conftest.py",
            others={
                "test_app.py": "import asyncio\n\nloops = set()\n\n\nasync def test_one():\n"
                "    loops.add(asyncio.get_running_loop())\n\n\nasync def test_two():\n"
                "    assert asyncio.get_running_loop() in loops\n",
                "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
            },
            others_after={
                "pytest.ini": "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = session\n"
                "asyncio_default_test_loop_scope = session\n"
            },
            notes=(8,),
            probe=Probe(old="2 passed", broken="1 failed", works="2 passed", command=SUITE),
        ),
        Example(
            "uvloop where it is installed",
            _GUARDED + "@pytest.fixture\ndef event_loop():\n    if uvloop is not None:\n"
            "        loop = uvloop.new_event_loop()\n    else:\n        loop = asyncio.new_event_loop()\n"
            "    yield loop\n    loop.close()\n",
            _GUARDED + '@pytest.fixture(scope="session")\ndef event_loop_policy():\n    if uvloop is not None:\n'
            "        return uvloop.EventLoopPolicy()\n    return asyncio.get_event_loop_policy()\n",
            path="conftest.py",
            others={"test_app.py": _TEST},
            notes=(12,),
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
