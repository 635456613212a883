"""An object with ``async def __call__`` is recognised as async: wrapped by ``retry`` it is retried now.

https://github.com/jd/tenacity/releases/tag/8.4.0
"""

from __future__ import annotations

import libcst as cst

from transforms.definitions import made_by, method
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tenacity.names import thing


def find(page: Page) -> Verdicts:
    """``retry(...)(obj)`` with an object of the service whose call is async."""
    for call in page.all(cst.Call):
        match call:
            case cst.Call(func=cst.Call(func=inner), args=[cst.Arg(value=value)]) if thing(page, inner) == "retry":
                made = made_by(page, value)
                run = method(made.node, "__call__") if made and isinstance(made.node, cst.ClassDef) else None
                if run is not None and run.asynchronous is not None:
                    yield Flag(call, "this object's async call was never retried before; now it is")


_OBJECT = """\
import asyncio

from tenacity import retry, stop_after_attempt, wait_none


class Fetch:
    tries = 0

    async def __call__(self):
        self.tries += 1
        raise OSError


fetch = Fetch()
guarded = retry(stop=stop_after_attempt(3), wait=wait_none())(fetch)
"""

_LEFT = """\
from tenacity import retry


class Fetch:
    def __call__(self): ...


async def load(): ...


guarded = retry(reraise=True)(Fetch()), retry(reraise=True)(load)
"""

_RUN = """
try:
    asyncio.run(guarded())
except Exception:
    print("tries", fetch.tries)
"""

RULE = Rule(
    id="TEN015",
    title="Objects with an async `__call__` are retried",
    library="tenacity",
    link="https://github.com/jd/tenacity/releases/tag/8.4.0",
    was="The object is taken for a sync function: its coroutine is handed out, nothing is retried.",
    now="It is taken for what it is and retried.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    needles=(b"tenacity",),
    apply=find,
    examples=(
        Example(
            title="An async callable object",
            before=_OBJECT,
            flags=((15, Level.CHANGES_SILENTLY),),
            probe=Probe(script=_RUN, old="tries 1", broken="tries 3"),
        ),
        Example(title="A sync object, an async function", before=_LEFT),
    ),
)
