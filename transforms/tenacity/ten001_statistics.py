"""Statistics of a decorated function moved from ``f.retry.statistics`` to ``f.statistics``.

https://github.com/jd/tenacity/releases/tag/8.5.0
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Edit, Rewrite
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tenacity.names import is_wrapped, makes_wrapped, wrapped

_SHARED = (
    "`.statistics` on a function is replaced at each call and shared between threads; "
    "the old one was one per thread and lived on"
)


def find(page: Page) -> Verdicts:
    """``X.retry.statistics`` where ``X`` is a function that tenacity wraps."""
    for site in page.all(cst.Attribute):
        match site:
            case cst.Attribute(value=cst.Attribute(value=function, attr=cst.Name(value="retry")), attr=attr):
                if attr.value == "statistics" and (known := _knows(page, function)) is not None:
                    yield _rewrite(page, site, certain=known)


def _rewrite(page: Page, site: cst.Attribute, *, certain: bool) -> Rewrite:
    function = cst.ensure_type(site.value, cst.Attribute).value
    text = page.module.code_for_node
    message = f"`{text(site)}` → `{text(function)}.statistics`"
    kept = isinstance(page.parent(site), (cst.Assign, cst.AnnAssign, cst.NamedExpr, cst.Return))
    level = None if certain and not kept else Level.CHANGES_SILENTLY
    edit = Edit(site, lambda now: now.with_changes(value=now.value.value))
    return Rewrite(site, message if level is None else f"{message}: {_SHARED}", (edit,), level=level)


def _knows(page: Page, function: cst.BaseExpression) -> bool | None:
    """True: certainly wrapped by tenacity. False: by all that is seen in the service. None: not, or not known."""
    match function:
        case cst.Name():
            return _knows_name(page, function)
        case cst.Attribute(value=owner, attr=cst.Name(value=method)):
            if (inside := _method_of(page, owner, method)) is not None:
                return is_wrapped(page, inside) or None
            if (target := page.resolve(function)) is not None:
                return _imported(page, target)
            seen = page.tree.once(wrapped)
            return False if method in seen.methods and method not in seen.plain else None
        case cst.Call():
            return makes_wrapped(page, function) or None
    return None


def _knows_name(page: Page, name: cst.Name) -> bool | None:
    bound = page.bindings(name)
    if bound and all(b.kind == "def" and isinstance(b.node, cst.FunctionDef) for b in bound):
        return all(is_wrapped(page, b.node) for b in bound if isinstance(b.node, cst.FunctionDef)) or None
    if bound and all(isinstance(b.node, cst.Assign) for b in bound):
        return all(makes_wrapped(page, b.node.value) for b in bound if isinstance(b.node, cst.Assign)) or None
    target = page.scopes.imported_own(name)
    return None if target is None else _imported(page, target)


def _imported(page: Page, target: str) -> bool | None:
    """Whether the dotted name is a wrapped function of another file of the service."""
    module, _, name = target.rpartition(".")
    path = page.tree.find(module, page.path)
    return (path is not None and (path, name) in page.tree.once(wrapped).functions) or None


def _method_of(page: Page, owner: cst.BaseExpression, method: str) -> cst.FunctionDef | None:
    """The method that ``self.method`` or ``Class.method`` means, when its class is in this file."""
    match owner:
        case cst.Name(value="self" | "cls"):
            klass = page.around(owner, cst.ClassDef)
        case cst.Name():
            bound = [b.node for b in page.bindings(owner)]
            klass = bound[0] if len(bound) == 1 and isinstance(bound[0], cst.ClassDef) else _class_of(page, bound)
        case _:
            return None
    if klass is None:
        return None
    own = [f for f in klass.body.body if isinstance(f, cst.FunctionDef) and f.name.value == method]
    return own[-1] if own else None


def _class_of(page: Page, bound: list[cst.CSTNode]) -> cst.ClassDef | None:
    """The class of ``client`` in ``client = Client()``."""
    match bound:
        case [cst.Assign(value=cst.Call(func=cst.Name() as func))]:
            classes = [b.node for b in page.bindings(func)]
            return classes[0] if len(classes) == 1 and isinstance(classes[0], cst.ClassDef) else None
    return None


_FUNCTION = """\
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(3))
def fetch():
    if fetch.retry.statistics["attempt_number"] < 3:
        raise OSError


def attempts():
    fetch()
    return fetch.retry.statistics["attempt_number"]
"""

_METHOD = """\
import tenacity as t


class Client:
    tries = 0

    @t.retry(stop=t.stop_after_attempt(2))
    async def get(self):
        self.tries += 1
        if self.tries < 2:
            raise OSError

    async def attempts(self):
        await self.get()
        return self.get.retry.statistics.get("attempt_number", 0)  # never None
"""

_HELPER = """\
from tenacity import retry, stop_after_attempt


class Store:
    @retry(stop=stop_after_attempt(3), reraise=True)
    def save(self): ...


@retry
def load(): ...
"""

_TEST = """\
from app import Store, load


def test_attempts():
    store = Store()
    store.save()
    load()
    assert load.retry.statistics["attempt_number"] == 1
    assert store.save.retry.statistics["attempt_number"] == 1
"""

_KEPT = """\
from tenacity import Retrying, stop_after_attempt


def call(work):
    guarded = Retrying(stop=stop_after_attempt(3)).wraps(work)
    guarded()
    numbers = guarded.retry.statistics
    return numbers["attempt_number"]
"""

_EXPLICIT = """\
from tenacity import AsyncRetrying, Retrying, retry, stop_after_attempt


class Worker:
    def __init__(self):
        self.retry = Retrying(stop=stop_after_attempt(3))

    def run(self):
        for attempt in self.retry:
            with attempt:
                pass
        return self.retry.statistics["attempt_number"]


def direct(work):
    r = Retrying(stop=stop_after_attempt(3))
    r(work)
    return r.statistics, Worker().retry.statistics
"""

_OTHERS = """\
from celery import shared_task
from urllib3.util import retry


@shared_task(bind=True)
def task(self):
    return self.retry.statistics


@retry
def fetch(): ...


print(fetch.retry.statistics, retry.statistics)
"""

RULE = Rule(
    id="TEN001",
    title="Statistics stand on the function, not on its retry object",
    library="tenacity",
    link="https://github.com/jd/tenacity/releases/tag/8.5.0",
    was="`f.retry.statistics` holds the numbers of the last call of a decorated `f`.",
    now="Every call works on a copy, so `f.retry.statistics` stays empty: `KeyError`, or a silent default from "
    "`.get()`. The numbers are in `f.statistics`. (9.2 fills the old place again.)",
    proof=Proof.RAN,
    needles=(b"statistics",),
    apply=find,
    examples=(
        Example(
            title="A decorated function, inside itself and afterwards",
            before=_FUNCTION,
            after=_FUNCTION.replace("fetch.retry.statistics", "fetch.statistics"),
            probe=Probe(
                script="print('attempts', attempts())",
                old="attempts 3",
                broken="KeyError: 'attempt_number'",
                works="attempts 3",
            ),
        ),
        Example(
            title="A decorated method, with a default that hides the loss",
            before=_METHOD,
            after=_METHOD.replace("get.retry.statistics", "get.statistics"),
            probe=Probe(
                script="import asyncio\nprint('attempts', asyncio.run(Client().attempts()))",
                old="attempts 2",
                broken="attempts 0",
                works="attempts 2",
            ),
        ),
        Example(
            title="A test of functions that another file decorates",
            path="test_app.py",
            before=_TEST,
            after=_TEST.replace(".retry.statistics", ".statistics"),
            others={"app.py": _HELPER},
            notes=(9,),
            probe=Probe(
                command=("python", "test_app.py"),
                script="test_attempts()\nprint('fine')",
                old="fine",
                broken="KeyError: 'attempt_number'",
                works="fine",
            ),
        ),
        Example(
            title="The dictionary is kept under another name: rewritten, with a note",
            before=_KEPT,
            after=_KEPT.replace(".retry.statistics", ".statistics"),
            notes=(7,),
            probe=Probe(
                script="print('attempts', call(lambda: 1))",
                old="attempts 1",
                broken="KeyError: 'attempt_number'",
                works="attempts 1",
            ),
        ),
        Example(title="An explicit Retrying object keeps its statistics", before=_EXPLICIT),
        Example(title="Things called retry that are not tenacity's", before=_OTHERS),
    ),
)
