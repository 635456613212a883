"""A test that patches ``tenacity._asyncio.sleep`` by name finds no such module any more; the patch never had
an effect.

https://github.com/jd/tenacity/releases/tag/8.4.0
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag, string_value
from transforms.rule import Example, Probe, Rule, Verdicts

_MESSAGE = (
    "`tenacity._asyncio` is gone. This patch had no effect before (the function was bound already); "
    'use `f.retry.sleep = AsyncMock()` or `patch("asyncio.sleep", new=AsyncMock())`'
)


def find(page: Page) -> Verdicts:
    """Strings that name something in the private module, passed to a call."""
    for text in page.all(cst.SimpleString):
        name = string_value(text) or ""
        if (name == "tenacity._asyncio" or name.startswith("tenacity._asyncio.")) and _is_passed(page, text):
            yield Flag(text, _MESSAGE)


def _is_passed(page: Page, text: cst.SimpleString) -> bool:
    return isinstance(page.parent(text), cst.Arg)


_PATCH = """\
import asyncio
from unittest.mock import AsyncMock, patch

from tenacity import retry, stop_after_attempt, wait_fixed


@retry(stop=stop_after_attempt(2), wait=wait_fixed(0.01))
async def fetch():
    pass


def test_fetch():
    with patch("tenacity._asyncio.sleep", new=AsyncMock()) as sleep:
        asyncio.run(fetch())
    assert sleep.await_count == 0
"""

_LEFT = '''\
"""Used to patch tenacity._asyncio.sleep."""
from unittest.mock import patch

NOTE = "tenacity._asyncio"
quick = patch("tenacity.nap.time.sleep")
'''

RULE = Rule(
    id="TEN003",
    title="Patching `tenacity._asyncio.sleep` by name",
    library="tenacity",
    link="https://github.com/jd/tenacity/releases/tag/8.4.0",
    was="The patch is accepted and has no effect: 0 calls are recorded, the code really sleeps.",
    now="`AttributeError: module 'tenacity' has no attribute '_asyncio'`.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"tenacity._asyncio",),
    apply=find,
    examples=(
        Example(
            title="A patch of the private sleep",
            before=_PATCH,
            flags=((13, Level.BREAKS),),
            probe=Probe(
                script="test_fetch()\nprint('fine')",
                old="fine",
                broken="has no attribute '_asyncio'",
            ),
        ),
        Example(title="Prose, and a patch of the sleep that sync code uses", before=_LEFT),
    ),
)
