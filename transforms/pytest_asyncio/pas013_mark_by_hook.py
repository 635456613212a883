"""A hook that marks tests after they are collected comes too late.

https://pytest-asyncio.readthedocs.io/en/stable/how-to-guides/run_session_tests_in_same_loop.html
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import own
from transforms.rewrites import Flag, string_value
from transforms.rule import Example, Probe, Rule, Verdicts

_HOOKS = ("pytest_collection_modifyitems", "pytest_itemcollected")


def find(page: Page) -> Verdicts:
    """``add_marker(pytest.mark.asyncio)`` in such a hook, in strict mode."""
    if own(page.tree).mode(page.path) == "auto":
        return
    for call in page.all(cst.Call):
        match call:
            case cst.Call(func=cst.Attribute(attr=cst.Name(value="add_marker")), args=[arg, *_]):
                hook = page.around(call, cst.FunctionDef)
                late = hook is not None and hook.name.value in _HOOKS and not _asks_first(page, hook)
                if late and _is_mark(page, arg.value):
                    yield Flag(call, _MESSAGE)


_MESSAGE = (
    "marking an async test after its collection has no effect: it was skipped, and now it fails; "
    "set `asyncio_mode = auto` instead"
)


def _is_mark(page: Page, node: cst.BaseExpression) -> bool:
    if string_value(node) == "asyncio":
        return True
    return page.resolve(node.func if isinstance(node, cst.Call) else node) == "pytest.mark.asyncio"


def _asks_first(page: Page, hook: cst.FunctionDef) -> bool:
    """Whether it only touches tests that pytest-asyncio has taken already: then it sets their loop's scope."""
    return any(page.resolve(c.func) == "pytest_asyncio.is_async_test" for c in page.below(hook, cst.Call))


_HOOK = """\
import inspect

import pytest


def pytest_collection_modifyitems(items):
    for item in items:
        if inspect.iscoroutinefunction(item.function):
            item.add_marker(pytest.mark.asyncio)
"""

RULE = Rule(
    id="PAS013",
    title="Marking tests after their collection comes too late",
    library="pytest-asyncio",
    link="https://pytest-asyncio.readthedocs.io/en/stable/how-to-guides/run_session_tests_in_same_loop.html",
    was="The test was skipped: the mark came too late.",
    now="`Failed: async def functions are not natively supported.`",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"add_marker",),
    apply=find,
    examples=(
        Example(
            "every coroutine function is marked",
            _HOOK,
            path="conftest.py",
            others={"test_app.py": "async def test_one(): ...\n"},
            flags=((9, Level.BREAKS),),
            probe=Probe(old="1 skipped", broken="async def functions are not natively supported", command=SUITE),
        ),
        Example(
            "auto mode, where the mark is only repeated",
            _HOOK,
            path="conftest.py",
            others={"pytest.ini": "[pytest]\nasyncio_mode = auto\n"},
        ),
        Example(
            "tests that are taken already get a loop scope; other marks",
            "import pytest\nfrom pytest_asyncio import is_async_test\n\n\n"
            "def pytest_collection_modifyitems(items):\n    for item in items:\n        if is_async_test(item):\n"
            '            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)\n\n\n'
            "def pytest_itemcollected(item):\n    item.add_marker(pytest.mark.slow)\n",
            path="conftest.py",
        ),
    ),
)
