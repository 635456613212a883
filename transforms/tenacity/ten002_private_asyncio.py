"""The private module ``tenacity._asyncio`` became ``tenacity.asyncio``; its class is in ``tenacity`` in both
versions.

https://github.com/jd/tenacity/releases/tag/8.4.0
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Edit, Flag, Import, Rewrite, dotted, dotted_text, remove, swap
from transforms.rule import Example, Probe, Rule, Verdicts

PRIVATE = "tenacity._asyncio"
PUBLIC = frozenset(
    {"AsyncRetrying", "AttemptManager", "BaseRetrying", "DoAttempt", "DoSleep", "RetryCallState", "WrappedFn"}
)
"""What the private module holds and ``tenacity`` itself exports."""


def find(page: Page) -> Verdicts:
    """Imports of the private module, and uses of it through ``import tenacity._asyncio``."""
    for line in page.all(cst.SimpleStatementLine):
        for node in line.body:
            match node:
                case cst.ImportFrom(relative=[]) if not _has_fallback(page, node):
                    yield from _from(page, line, node)
                case cst.Import() if not _has_fallback(page, node):
                    yield from _plain(page, line, node)


def _has_fallback(page: Page, node: cst.CSTNode) -> bool:
    """Whether the file already imports from the new place when this import fails."""
    guard = page.around(node, cst.Try)
    handlers = guard.handlers if guard is not None else ()
    imports = (i for h in handlers for i in page.below(h, cst.ImportFrom))
    return any((dotted_text(i.module) or "").partition(".")[0] == "tenacity" for i in imports)


def _from(page: Page, line: cst.SimpleStatementLine, node: cst.ImportFrom) -> Iterator[Rewrite | Flag]:
    module = dotted_text(node.module)
    if module == "tenacity" and not isinstance(node.names, cst.ImportStar):
        for alias in node.names:
            if dotted_text(alias.name) == "_asyncio":
                new = f"asyncio as {dotted_text(alias.asname.name) if alias.asname else '_asyncio'}"
                yield Rewrite(node, f"`_asyncio` → `{new}`", (Edit(alias, _renamed),))
    elif module == PRIVATE:
        if isinstance(node.names, cst.ImportStar) or any(dotted_text(a.name) not in PUBLIC for a in node.names):
            yield Flag(node, "`tenacity._asyncio` is gone, and not all of these names have a public place")
        else:
            yield _moved(page, line, node)


def _renamed(alias: cst.ImportAlias) -> cst.ImportAlias:
    kept = alias.asname or cst.AsName(name=cst.Name("_asyncio"))
    return alias.with_changes(name=cst.Name("asyncio"), asname=kept)


def _moved(page: Page, line: cst.SimpleStatementLine, node: cst.ImportFrom) -> Rewrite:
    assert not isinstance(node.names, cst.ImportStar)
    message = "`tenacity._asyncio` → `tenacity`"
    alone = len(line.body) == 1 and isinstance(page.parent(line), cst.Module) and not line.leading_lines
    if _has_public_import(page) and alone:
        names = [(dotted_text(a.name), dotted_text(a.asname.name) if a.asname else None) for a in node.names]
        return Rewrite(node, message, (remove(line),), tuple(Import("tenacity", n, a) for n, a in names))
    assert node.module is not None
    return Rewrite(node, message, (swap(node.module, cst.Name("tenacity")),))


def _has_public_import(page: Page) -> bool:
    at_top = (n for n in page.all(cst.ImportFrom) if isinstance(page.parent(page.parent(n) or n), cst.Module))
    return any(dotted_text(n.module) == "tenacity" and not isinstance(n.names, cst.ImportStar) for n in at_top)


def _plain(page: Page, line: cst.SimpleStatementLine, node: cst.Import) -> Iterator[Rewrite | Flag]:
    for alias in node.names:
        if dotted_text(alias.name) != PRIVATE:
            continue
        if alias.asname is not None:
            yield Rewrite(
                node, "`tenacity._asyncio` → `tenacity.asyncio`", (swap(alias.name, dotted("tenacity.asyncio")),)
            )
            continue
        uses = [n for n in page.all(cst.Attribute) if page.resolve(n) == PRIVATE and not _is_import(page.parent(n))]
        users = [page.parent(n) for n in uses]
        lost = [u for u in users if not isinstance(u, cst.Attribute) or u.attr.value not in PUBLIC]
        if lost:
            yield Flag(
                lost[0] or node, "`tenacity._asyncio` is gone: use `tenacity.asyncio`, or mock another place"
            )
            continue
        again = len(node.names) == len(line.body) == 1 and any(_is_plain(n) for n in page.all(cst.Import))
        first = remove(line) if again else swap(alias.name, cst.Name("tenacity"))
        rest = (swap(n, n.value) for n in uses)
        yield Rewrite(node, "`tenacity._asyncio` → `tenacity`", (first, *rest))


def _is_import(node: cst.CSTNode | None) -> bool:
    return isinstance(node, (cst.ImportAlias, cst.ImportFrom))


def _is_plain(node: cst.Import) -> bool:
    return any(dotted_text(a.name) == "tenacity" and a.asname is None for a in node.names)


_FROM = """\
import asyncio

from tenacity._asyncio import AsyncRetrying


async def call(work):
    async for attempt in AsyncRetrying():
        with attempt:
            return await work()
"""

_JOINED = """\
from tenacity import (
    retry,
    stop_after_attempt,
)
from tenacity._asyncio import AsyncRetrying as Again

fetch = retry(stop=stop_after_attempt(2))(print)
again = Again(stop=stop_after_attempt(2))
"""

_JOINED_AFTER = """\
from tenacity import (
    AsyncRetrying as Again,
    retry,
    stop_after_attempt,
)

fetch = retry(stop=stop_after_attempt(2))(print)
again = Again(stop=stop_after_attempt(2))
"""

_PLAIN = """\
import tenacity
import tenacity._asyncio

again = tenacity._asyncio.AsyncRetrying(wait=tenacity.wait_none())
"""

_PLAIN_AFTER = """\
import tenacity

again = tenacity.AsyncRetrying(wait=tenacity.wait_none())
"""

_MODULE = """\
import tenacity._asyncio as loops
from tenacity import _asyncio, retry

again = [loops.AsyncRetrying(), _asyncio.AsyncRetrying(), retry]
"""

_BESIDE = """\
from tenacity import retry
from tenacity._asyncio import AsyncRetrying; again = AsyncRetrying()  # noqa: E702
"""

_MODULE_AFTER = """\
import tenacity.asyncio as loops
from tenacity import asyncio as _asyncio, retry

again = [loops.AsyncRetrying(), _asyncio.AsyncRetrying(), retry]
"""

_SLEEP = """\
from unittest.mock import patch

import tenacity._asyncio
from tenacity._asyncio import sleep

quick = patch.object(tenacity._asyncio, "sleep")
"""

_GUARDED = """\
try:
    from tenacity._asyncio import AsyncRetrying
except ImportError:
    from tenacity.asyncio import AsyncRetrying

import company._asyncio
"""

_GONE = "No module named 'tenacity._asyncio'"
_FINE = "print('fine')"

RULE = Rule(
    id="TEN002",
    title="`tenacity._asyncio` is gone",
    library="tenacity",
    link="https://github.com/jd/tenacity/releases/tag/8.4.0",
    was="`tenacity._asyncio` holds `AsyncRetrying`.",
    now="`ModuleNotFoundError: No module named 'tenacity._asyncio'`. "
    "`from tenacity import AsyncRetrying` works on both.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"_asyncio",),
    apply=find,
    examples=(
        Example(
            title="The class, imported from the private module",
            before=_FROM,
            after=_FROM.replace("tenacity._asyncio", "tenacity"),
            probe=Probe(script=_FINE, old="fine", broken=_GONE, works="fine"),
        ),
        Example(
            title="Joined to the import that is already there",
            before=_JOINED,
            after=_JOINED_AFTER,
            probe=Probe(script=_FINE, old="fine", broken=_GONE, works="fine"),
        ),
        Example(
            title="By its dotted name",
            before=_PLAIN,
            after=_PLAIN_AFTER,
            probe=Probe(script=_FINE, old="fine", broken=_GONE, works="fine"),
        ),
        Example(
            title="The module itself, under a name",
            before=_MODULE,
            after=_MODULE_AFTER,
            probe=Probe(script=_FINE, old="fine", broken=_GONE, works="fine"),
        ),
        Example(
            title="Two statements on one line",
            before=_BESIDE,
            after=_BESIDE.replace("tenacity._asyncio", "tenacity"),
        ),
        Example(
            title="Names without a public place are flagged",
            before=_SLEEP,
            flags=((4, Level.BREAKS), (6, Level.BREAKS)),
            probe=Probe(script=_FINE, old="fine", broken=_GONE),
        ),
        Example(title="A guarded import that knows the new place, and somebody else's module", before=_GUARDED),
    ),
)
