"""``asyncio_event_loop`` was a mark of one withdrawn release; it has no effect.

https://github.com/pytest-dev/pytest-asyncio/releases/tag/v0.23.0
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.pytest_world.proving import SUITE
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts

_MARK = "pytest.mark.asyncio_event_loop"


def find(page: Page) -> Verdicts:
    """Every ``pytest.mark.asyncio_event_loop``."""
    for node in page.all(cst.Attribute):
        if page.resolve(node) == _MARK:
            yield Flag(
                node,
                'this mark of 0.22 has no effect: `@pytest.mark.asyncio(loop_scope="class")` gives the tests of '
                'a class one loop, `loop_scope="module"` those of a module',
            )


RULE = Rule(
    id="PAS021",
    title="The mark `asyncio_event_loop`",
    library="pytest-asyncio",
    link="https://github.com/pytest-dev/pytest-asyncio/releases/tag/v0.23.0",
    was="An unknown mark without effect since 0.23: `PytestUnknownMarkWarning`.",
    now="The same.",
    proof=Proof.RAN,
    level=Level.ADVICE,
    needles=(b"asyncio_event_loop",),
    apply=find,
    examples=(
        Example(
            "on a class, and for a module",
            "import pytest\n\npytestmark = pytest.mark.asyncio_event_loop\n\n\n@pytest.mark.asyncio_event_loop\n"
            "class TestA:\n    @pytest.mark.asyncio\n    async def test_one(self): ...\n",
            path="test_app.py",
            flags=((3, Level.ADVICE), (6, Level.ADVICE)),
            probe=Probe(
                old="Unknown pytest.mark.asyncio_event_loop",
                broken="Unknown pytest.mark.asyncio_event_loop",
                command=SUITE,
            ),
        ),
        Example(
            "the mark of today, and other things of that name",
            'import pytest\n\nfrom app import mark\n\n\n@pytest.mark.asyncio(loop_scope="class")\nclass TestA:\n'
            "    @mark.asyncio_event_loop\n    async def test_one(self): ...\n",
            path="test_app.py",
        ),
    ),
)
