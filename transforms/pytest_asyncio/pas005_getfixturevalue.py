"""``request.getfixturevalue("event_loop")`` asks for a fixture that is gone.

https://github.com/pytest-dev/pytest-asyncio/releases/tag/v1.0.0
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import own
from transforms.references import refer
from transforms.rewrites import Flag, Rewrite, string_value, swap
from transforms.rule import Example, Probe, Rule, Verdicts


def find(page: Page) -> Verdicts:
    """Every call of that method with that name, where no override of the tree provides it."""
    if any(f.fixture == "event_loop" for f in own(page.tree).fixtures):
        return
    for call in page.all(cst.Call):
        match call:
            case cst.Call(func=cst.Attribute(attr=cst.Name(value="getfixturevalue")), args=[arg, *_]):
                if string_value(arg.value) == "event_loop":
                    yield _verdict(page, call)


def _verdict(page: Page, call: cst.Call) -> Rewrite | Flag:
    """In an async function the loop that it got is the one that runs it."""
    around = next((n for n in page.above(call) if isinstance(n, (cst.FunctionDef, cst.Lambda))), None)
    running = refer(page, call, "asyncio.get_running_loop", whole=True)
    if isinstance(around, cst.FunctionDef) and around.asynchronous is not None and running is not None:
        edit = swap(call, cst.Call(running.expression))
        return Rewrite(call, f"{_OLD} → `asyncio.get_running_loop()`", (edit,), running.imports)
    return Flag(call, "the fixture `event_loop` is gone: use `asyncio.get_running_loop()` in async code")


_OLD = '`request.getfixturevalue("event_loop")`'


RULE = Rule(
    id="PAS005",
    title='`getfixturevalue("event_loop")` finds nothing',
    library="pytest-asyncio",
    link="https://github.com/pytest-dev/pytest-asyncio/releases/tag/v1.0.0",
    was="The loop could be fetched by name at run time.",
    now="`fixture 'event_loop' not found`",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"getfixturevalue",),
    apply=find,
    examples=(
        Example(
            "fetched in an async test",
            "import pytest\n\n\n@pytest.mark.asyncio\nasync def test_loop(request):\n"
            '    loop = request.getfixturevalue("event_loop")\n    assert not loop.is_closed()\n',
            "import asyncio\n\nimport pytest\n\n\n@pytest.mark.asyncio\nasync def test_loop(request):\n"
            "    loop = asyncio.get_running_loop()\n    assert not loop.is_closed()\n",
            path="test_app.py",
            probe=Probe(old="1 passed", broken="fixture 'event_loop' not found", works="1 passed", command=SUITE),
        ),
        Example(
            "fetched in a test",
            'def test_loop(request):\n    loop = request.getfixturevalue("event_loop")\n'
            "    assert not loop.is_closed()\n",
            path="test_app.py",
            flags=((2, Level.BREAKS),),
            probe=Probe(old="1 passed", broken="fixture 'event_loop' not found", command=SUITE),
        ),
        Example(
            "another fixture, and the tree's own one",
            'def test_loop(request):\n    assert request.getfixturevalue("loop")\n'
            '    assert request.getfixturevalue("event_loop")\n',
            path="test_app.py",
            others={"conftest.py": "import pytest\n\n\n@pytest.fixture\ndef event_loop():\n    return 1 + 1\n"},
        ),
    ),
)
