"""The mark takes no positional arguments and no unknown keywords any more.

https://github.com/pytest-dev/pytest-asyncio/releases/tag/v0.24.0
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.pytest_world.marks import MARK_CALLED
from transforms.pytest_world.proving import SUITE
from transforms.rewrites import Edit, Rewrite
from transforms.rule import Example, Probe, Rule, Verdicts

_KNOWN = frozenset({"scope", "loop_scope", "loop_factories"})


def find(page: Page) -> Verdicts:
    """Every ``pytest.mark.asyncio(…)`` with arguments that meant nothing."""
    for call in page.calls("pytest.mark.asyncio"):
        if any(arg.star for arg in call.args) or _marks_a_function(call):
            continue
        kept = [a for a in call.args if a.keyword is not None and a.keyword.value in _KNOWN]
        if len(kept) < len(call.args):
            yield Rewrite(call, _message(page, call), (_keeping(call, kept),), level=Level.ADVICE)


def _marks_a_function(call: cst.Call) -> bool:
    """``pytest.mark.asyncio(test_function)`` is the decorator, applied by hand."""
    return len(call.args) == 1 and call.args[0].keyword is None and not _is_constant(call.args[0].value)


def _is_constant(node: cst.BaseExpression) -> bool:
    return isinstance(node, (cst.SimpleString, cst.ConcatenatedString, cst.BaseNumber)) or (
        isinstance(node, cst.Name) and node.value in ("True", "False", "None")
    )


def _message(page: Page, call: cst.Call) -> str:
    text = page.module.code_for_node(call)
    return f"`{text}`: arguments dropped that the old version ignored; if a scope was meant, add `loop_scope=`"


def _keeping(call: cst.Call, kept: Sequence[cst.Arg]) -> Edit:
    places = [index for index, arg in enumerate(call.args) if any(arg is k for k in kept)]

    def to(now: cst.Call) -> cst.BaseExpression:
        if not places:
            return now.func
        args = [now.args[index] for index in places]
        last = args[-1].with_changes(
            comma=now.args[-1].comma, whitespace_after_arg=now.args[-1].whitespace_after_arg
        )
        return now.with_changes(args=(*args[:-1], last))

    return Edit(call, to)


RULE = Rule(
    id="PAS009",
    title="The mark takes no positional and no unknown arguments",
    library="pytest-asyncio",
    link="https://github.com/pytest-dev/pytest-asyncio/releases/tag/v0.24.0",
    was='`@pytest.mark.asyncio("module")` and `@pytest.mark.asyncio(forbid_global_loop=True)` were plain marks: '
    "what the mark did not know was ignored.",
    now="`ValueError: mark.asyncio accepts only a keyword argument 'loop_scope'.`",
    proof=Proof.RAN,
    needles=(MARK_CALLED,),
    apply=find,
    examples=(
        Example(
            "a positional scope and an unknown keyword",
            'import pytest\n\n\n@pytest.mark.asyncio("module")\nasync def test_a(): ...\n\n\n'
            "@pytest.mark.asyncio(forbid_global_loop=True)\nasync def test_b(): ...\n\n\n"
            '@pytest.mark.asyncio(loop_scope="module", forbid_global_loop=True)\nasync def test_c(): ...\n',
            "import pytest\n\n\n@pytest.mark.asyncio\nasync def test_a(): ...\n\n\n"
            "@pytest.mark.asyncio\nasync def test_b(): ...\n\n\n"
            '@pytest.mark.asyncio(loop_scope="module")\nasync def test_c(): ...\n',
            path="test_app.py",
            notes=(4, 8, 12),
            probe=Probe(old="3 passed", broken="mark.asyncio accepts only", works="3 passed", command=SUITE),
        ),
        Example(
            "what the mark knows, what cannot be seen, and the mark applied by hand",
            "import pytest\n\nOPTIONS = {}\n\n\n@pytest.mark.asyncio()\nasync def test_a(): ...\n\n\n"
            '@pytest.mark.asyncio(loop_scope="class")\nclass TestB:\n    async def test_b(self): ...\n\n\n'
            "@pytest.mark.asyncio(**OPTIONS)\nasync def test_c(): ...\n\n\nasync def plain(): ...\n\n\n"
            "test_d = pytest.mark.asyncio(plain)\n",
            path="test_app.py",
        ),
    ),
)
