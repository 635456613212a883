"""``usefixtures`` on one parameter set is refused; it never had an effect.

https://docs.pytest.org/en/stable/changelog.html#pytest-8-4-0-2025-06-02
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import drop_element
from transforms.rewrites import Edit, Flag, Rewrite, argument, drop_argument
from transforms.rule import Example, Probe, Rule, Verdicts


def find(page: Page) -> Verdicts:
    """Every ``pytest.param(…, marks=pytest.mark.usefixtures(…))``."""
    for call in page.calls("pytest.param"):
        marks = argument(call, "marks")
        inner = (
            [c for c in page.below(marks, cst.Call) if page.resolve(c.func) == _MARK] if marks is not None else []
        )
        for mark in inner:
            edits = _edits(page, call, mark)
            if edits:
                yield Rewrite(mark, _MESSAGE, edits, level=Level.ADVICE)
            else:
                yield Flag(mark, "`usefixtures` on one parameter set is refused now: mark the test instead")


_MARK = "pytest.mark.usefixtures"
_MESSAGE = (
    "`usefixtures` taken off one parameter set, where it had no effect; "
    "if the fixture was meant to be set up, mark the test"
)


def _edits(page: Page, call: cst.Call, mark: cst.Call) -> tuple[Edit, ...]:
    parent = page.parent(mark)
    match parent:
        case cst.Arg():
            return drop_argument(call, parent)
        case cst.Element() if isinstance(page.parent(parent), cst.List):
            return drop_element(page, parent)
    return ()


RULE = Rule(
    id="PYT008",
    title="`usefixtures` on one parameter set",
    library="pytest",
    link="https://docs.pytest.org/en/stable/changelog.html#pytest-8-4-0-2025-06-02",
    was="It was silently ignored.",
    now="`ValueError: pytest.param cannot add pytest.mark.usefixtures`: the module is not collected",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"usefixtures",),
    apply=find,
    examples=(
        Example(
            "alone and in a list",
            "import pytest\n\n\n@pytest.mark.parametrize('n', [\n"
            "    pytest.param(1, marks=pytest.mark.usefixtures('tmp_path')),\n"
            "    pytest.param(2, marks=[pytest.mark.slow, pytest.mark.usefixtures('tmp_path')], id='two'),\n])\n"
            "def test_one(n): ...\n",
            "import pytest\n\n\n@pytest.mark.parametrize('n', [\n"
            "    pytest.param(1),\n"
            "    pytest.param(2, marks=[pytest.mark.slow], id='two'),\n])\n"
            "def test_one(n): ...\n",
            path="test_app.py",
            notes=(5, 6),
            probe=Probe(
                old="2 passed", broken="cannot add pytest.mark.usefixtures", works="2 passed", command=SUITE
            ),
        ),
        Example(
            "in a way that cannot be taken apart",
            "import pytest\n\nSLOW = []\nONE = pytest.param(1, marks=SLOW + [pytest.mark.usefixtures('a')] * 2)\n"
            "TWO = pytest.param(1, marks=(pytest.mark.slow, pytest.mark.usefixtures('a')))\n",
            "import pytest\n\nSLOW = []\nONE = pytest.param(1, marks=SLOW + [] * 2)\n"
            "TWO = pytest.param(1, marks=(pytest.mark.slow, pytest.mark.usefixtures('a')))\n",
            path="test_app.py",
            notes=(4,),
            flags=((5, Level.BREAKS),),
        ),
        Example(
            "on the test, and other marks on parameters",
            "import pytest\n\n\n@pytest.mark.usefixtures('tmp_path')\n"
            "@pytest.mark.parametrize('n', [pytest.param(1, marks=pytest.mark.slow)])\ndef test_one(n): ...\n",
            path="test_app.py",
        ),
    ),
)
