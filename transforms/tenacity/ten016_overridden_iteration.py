"""``AsyncRetrying.iter`` is async and split into actions now, so subclasses that override it must be written anew.

https://github.com/jd/tenacity/releases/tag/8.3.0
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tenacity.subclasses import controllers


def find(page: Page) -> Verdicts:
    """A sync ``iter`` or ``_run_*`` in a subclass of ``AsyncRetrying``."""
    for klass, base in controllers(page):
        if base == "AsyncRetrying":
            for function in klass.body.body:
                if isinstance(function, cst.FunctionDef) and function.asynchronous is None and _is_inner(function):
                    name = function.name.value
                    yield Flag(
                        function, f"`AsyncRetrying.{name}` is awaited now: write the override anew as `async def`"
                    )


def _is_inner(function: cst.FunctionDef) -> bool:
    name = function.name.value
    return name == "iter" or name.startswith("_run_")


_SYNC = """\
import asyncio

from tenacity import AsyncRetrying, stop_after_attempt


class Counting(AsyncRetrying):
    def iter(self, retry_state):
        print("step")
        return super().iter(retry_state)


class Odd(AsyncRetrying):
    def iter(self, retry_state):
        do = super().iter(retry_state)
        return do if do is None or isinstance(do, object) and not asyncio.iscoroutine(do) else str(do)


async def work():
    return "done"


async def main():
    return await Odd(stop=stop_after_attempt(1))(work)
"""

_LEFT = """\
from tenacity import AsyncRetrying, Retrying


class Counting(AsyncRetrying):
    async def iter(self, retry_state):
        return await super().iter(retry_state)

    def begin(self):
        super().begin()


class Plain(Retrying):
    def iter(self, retry_state):
        return super().iter(retry_state)
"""

RULE = Rule(
    id="TEN016",
    title="Overriding `AsyncRetrying.iter`",
    library="tenacity",
    link="https://github.com/jd/tenacity/releases/tag/8.3.0",
    was="`iter` is a plain method that says what to do next.",
    now="`AsyncRetrying.iter` is `async def`; a sync override hands out a coroutine, which cannot be looked into.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"AsyncRetrying",),
    apply=find,
    examples=(
        Example(
            title="Sync overrides",
            before=_SYNC,
            flags=((7, Level.BREAKS), (13, Level.BREAKS)),
            probe=Probe(
                script="print('got', asyncio.run(main()))",
                old="got done",
                broken="TypeError: object str can't be used in 'await' expression",
            ),
        ),
        Example(title="An override that is async, another method, a sync controller", before=_LEFT),
    ),
)
