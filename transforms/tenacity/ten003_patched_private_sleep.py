"""Who patches or looks up ``tenacity._asyncio`` by its name finds no such module any more; a patch of its ``sleep``
never had an effect.

https://github.com/jd/tenacity/releases/tag/8.4.0
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag, Rewrite, dotted_text, string_value, swap, with_string
from transforms.rule import Example, Probe, Rule, Verdicts

_PRIVATE, _PUBLIC = "tenacity._asyncio", "tenacity.asyncio"
_GONE = "`tenacity._asyncio` is gone: patch where the thing is used, or what `tenacity.asyncio` holds"
_SLEEP = (
    "`tenacity._asyncio` is gone. This patch had no effect before (the function was bound already); "
    'use `f.retry.sleep = AsyncMock()` or `patch("asyncio.sleep", new=AsyncMock())`'
)
_FOLLOWED = "what is used of the module by that way is not looked at"
_IMPORTERS = frozenset({"import_module", "__import__", "find_spec", "importorskip"})


def find(page: Page) -> Verdicts:
    """Strings that name the private module or something in it: rewritten where the module is looked up."""
    for text in page.all(cst.SimpleString):
        name = string_value(text) or ""
        if name == _PRIVATE and _looks_up(page, text):
            message = f"`{_PRIVATE}` → `{_PUBLIC}`: {_FOLLOWED}"
            yield Rewrite(text, message, (swap(text, with_string(text, _PUBLIC)),), level=Level.CHANGES_SILENTLY)
        elif (name == _PRIVATE or name.startswith(f"{_PRIVATE}.")) and isinstance(page.parent(text), cst.Arg):
            yield Flag(text, _SLEEP if name.endswith(".sleep") else _GONE)


def _looks_up(page: Page, text: cst.SimpleString) -> bool:
    """Whether the string is handed to ``import_module`` or its like, or is a key of ``sys.modules``."""
    for at in page.above(text):
        match at:
            case cst.Subscript(value=value):
                return page.resolve(value) == "sys.modules"
            case cst.Call(func=func):
                last = (dotted_text(func) or "").rpartition(".")[2]
                return last in _IMPORTERS or "sys.modules" in _named(page, at)
            case cst.BaseStatement() | cst.Lambda():
                return False
    return False


def _named(page: Page, call: cst.Call) -> set[str | None]:
    """``sys.modules`` in ``sys.modules.pop(...)`` and ``patch.dict(sys.modules, ...)``."""
    owner = call.func.value if isinstance(call.func, cst.Attribute) else None
    return {page.resolve(owner), *(page.resolve(arg.value) for arg in call.args[:1])}


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

_BY_NAME = """\
import importlib
import sys
from unittest.mock import patch

private = importlib.import_module("tenacity._asyncio")


def test_without():
    with patch.dict(sys.modules, {"tenacity._asyncio": private}):
        assert sys.modules["tenacity._asyncio"].AsyncRetrying
    with patch("tenacity._asyncio.AsyncRetrying"):
        pass
"""

_BY_NAME_AFTER = """\
import importlib
import sys
from unittest.mock import patch

private = importlib.import_module("tenacity.asyncio")


def test_without():
    with patch.dict(sys.modules, {"tenacity.asyncio": private}):
        assert sys.modules["tenacity.asyncio"].AsyncRetrying
    with patch("tenacity._asyncio.AsyncRetrying"):
        pass
"""

_LEFT = '''\
"""Used to patch tenacity._asyncio.sleep."""
from unittest.mock import patch

NOTE = "tenacity._asyncio"
quick = patch("tenacity.nap.time.sleep")
'''

RULE = Rule(
    id="TEN003",
    title="`tenacity._asyncio` by its name: patches and lookups",
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
        Example(
            title="Looked up by its name",
            before=_BY_NAME,
            after=_BY_NAME_AFTER,
            flags=((11, Level.BREAKS),),
            notes=(5, 9, 10),
            probe=Probe(
                script="print('found', private.AsyncRetrying.__name__)",
                old="found AsyncRetrying",
                broken="No module named 'tenacity._asyncio'",
                works="found AsyncRetrying",
            ),
        ),
        Example(title="Prose, and a patch of the sleep that sync code uses", before=_LEFT),
    ),
)
