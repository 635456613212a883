"""A patched ``asyncio.sleep`` is awaited by async retries now, so the mock has to be awaitable.

https://github.com/jd/tenacity/releases/tag/8.4.0
"""

from __future__ import annotations

import libcst as cst

from transforms.definitions import definition
from transforms.mocks import Mocked, mocked
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.references import refer
from transforms.rewrites import Flag, Rewrite, swap
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tenacity.names import retries_async

_MOCKS = frozenset(f"{m}.{c}" for m in ("unittest.mock", "mock") for c in ("Mock", "MagicMock"))
_AWAITED = "tenacity now awaits a patched `asyncio.sleep`"


def find(page: Page) -> Verdicts:
    """``asyncio.sleep`` replaced by something that cannot be awaited, where an async retry is in reach."""
    for place in mocked(page):
        if place.target == "asyncio.sleep" and place.new is not None and retries_async(page):
            yield from _judge(page, place, place.new.value)


def _judge(page: Page, place: Mocked, new: cst.BaseExpression) -> Verdicts:
    if isinstance(new, cst.Call) and (name := page.resolve(new.func)) in _MOCKS:
        module = (name or "").rpartition(".")[0]
        reference = refer(page, new, f"{module}.AsyncMock")
        if reference is not None:
            edit = swap(new.func, reference.expression)
            message = f"`AsyncMock`: {_AWAITED}"
            yield Rewrite(place.call, message, (edit,), reference.imports, level=Level.CHANGES_SILENTLY)
    elif _is_sync(page, new):
        yield Flag(place.call, f"{_AWAITED}; this function is not async: use `AsyncMock()` or `async def`")


def _is_sync(page: Page, new: cst.BaseExpression) -> bool:
    found = definition(page, new)
    if found is None or isinstance(found.node, cst.ClassDef):
        return False
    return not found.is_async and not _gives_awaitable(found.node)


def _gives_awaitable(function: cst.FunctionDef | cst.Lambda) -> bool:
    """Whether a plain function seems to hand out something to await: a call's result."""
    if isinstance(function, cst.Lambda):
        return isinstance(function.body, cst.Call)
    found = [r for s in function.body.body for r in _returns(s)]
    return any(isinstance(r.value, cst.Call) for r in found)


def _returns(node: cst.CSTNode) -> list[cst.Return]:
    below = [r for child in node.children for r in _returns(child)]
    return [node, *below] if isinstance(node, cst.Return) else below


_APP = """\
from tenacity import retry, stop_after_attempt, wait_fixed


@retry(stop=stop_after_attempt(2), wait=wait_fixed(0.01), reraise=True)
async def fetch():
    raise OSError
"""

_TEST = """\
import asyncio
from unittest.mock import Mock, patch

from app import fetch


def test_fetch():
    with patch("asyncio.sleep", new=Mock()):
        try:
            asyncio.run(fetch())
        except OSError:
            print("two attempts")
"""

_TEST_AFTER = _TEST.replace("import Mock, patch", "import AsyncMock, patch").replace(
    "new=Mock()", "new=AsyncMock()"
)

_SETATTR = """\
import asyncio

from app import fetch


def test_fetch(monkeypatch):
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: None)
    asyncio.run(fetch())
"""

_PLAIN = """\
import asyncio
from unittest.mock import AsyncMock, Mock, patch

from app import fetch


async def skip(seconds):
    pass


def test_fetch(monkeypatch):
    monkeypatch.setattr(asyncio, "sleep", skip)
    with patch("asyncio.sleep"), patch("time.sleep", Mock()), patch("asyncio.sleep", AsyncMock()):
        asyncio.run(fetch())
"""

RULE = Rule(
    id="TEN005",
    title="A patched `asyncio.sleep` must be awaitable",
    library="tenacity",
    link="https://github.com/jd/tenacity/releases/tag/8.4.0",
    was="The patch does not reach an async retry, so a plain `Mock` does no harm.",
    now="`TypeError: object Mock can't be used in 'await' expression`.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b'asyncio.sleep"', b"asyncio.sleep'", b'"sleep"', b"'sleep'"),
    apply=find,
    examples=(
        Example(
            title="A plain Mock becomes an AsyncMock",
            path="test_app.py",
            before=_TEST,
            after=_TEST_AFTER,
            others={"app.py": _APP},
            notes=(8,),
            probe=Probe(
                command=("python", "test_app.py"),
                script="test_fetch()",
                old="two attempts",
                broken="object Mock can't be used in 'await' expression",
                works="two attempts",
            ),
        ),
        Example(
            title="A function that is not async is flagged",
            path="test_app.py",
            before=_SETATTR,
            others={"app.py": _APP},
            flags=((7, Level.BREAKS),),
        ),
        Example(
            title="Awaitable replacements, and another sleep",
            path="test_app.py",
            before=_PLAIN,
            others={"app.py": _APP},
        ),
    ),
)
