"""Statistics of a decorated function moved from ``f.retry.statistics`` to ``f.statistics``.

https://github.com/jd/tenacity/releases/tag/8.5.0
"""

from __future__ import annotations

import libcst as cst

from transforms.definitions import Definition, definition, made_by, method
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Edit, Rewrite
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tenacity.names import every_method_is_wrapped, is_wrapped, makes_wrapped

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
    if (found := definition(page, function)) is not None:
        return (isinstance(found.node, cst.FunctionDef) and is_wrapped(found.page, found.node)) or None
    match function:
        case cst.Name():
            bound = [b.node for b in page.bindings(function)]
            values = [b.value for b in bound if isinstance(b, cst.Assign)]
            return (
                bool(values) and len(values) == len(bound) and all(makes_wrapped(page, v) for v in values)
            ) or None
        case cst.Attribute(value=owner, attr=cst.Name(value=name)):
            return _knows_method(page, owner, name)
    return makes_wrapped(page, function) or None


def _knows_method(page: Page, owner: cst.BaseExpression, name: str) -> bool | None:
    klass = _class_of(page, owner)
    if klass is not None and isinstance(klass.node, cst.ClassDef) and (own := method(klass.node, name)) is not None:
        return is_wrapped(klass.page, own) or None
    return False if every_method_is_wrapped(page, name) else None


def _class_of(page: Page, owner: cst.BaseExpression) -> Definition | None:
    """The class in ``self.method``, ``Class.method``, ``Class().method`` and ``name_of_an_object.method``."""
    if isinstance(owner, cst.Name) and owner.value in {"self", "cls"}:
        klass = page.around(owner, cst.ClassDef)
        return None if klass is None else Definition(page, klass)
    return made_by(page, owner) or definition(page, owner)


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


def check(store):
    store.save()
    return store.save.retry.statistics["attempt_number"]


def test_attempts():
    store = Store()
    store.save()
    load()
    assert load.retry.statistics["attempt_number"] == 1
    assert store.save.retry.statistics["attempt_number"] == 1
    assert check(store) == 1
"""

_KEPT = """\
from tenacity import Retrying, stop_after_attempt


def call(work):
    guarded = Retrying(stop=stop_after_attempt(3)).wraps(work)
    guarded()
    numbers = guarded.retry.statistics
    return numbers["attempt_number"]
"""

_SHARED_POLICY = """\
from functools import partial

from tenacity import retry, stop_after_attempt

thrice = retry(stop=stop_after_attempt(3))
patient = partial(retry, reraise=True)


def policy(attempts):
    return retry(stop=stop_after_attempt(attempts))
"""

_BY_POLICY = """\
from policies import patient, policy, thrice


@thrice
def load(): ...


@policy(2)
def save(): ...


@patient(stop=None)
def fetch(): ...


load()
save()
print(load.retry.statistics["attempt_number"], save.retry.statistics["attempt_number"], fetch.retry.statistics)
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
            notes=(6,),
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
        Example(
            title="Decorators that the service keeps in one place",
            before=_BY_POLICY,
            after=_BY_POLICY.replace(".retry.statistics", ".statistics"),
            others={"policies.py": _SHARED_POLICY},
            probe=Probe(old="1 1 {}", broken="KeyError: 'attempt_number'", works="1 1 {}"),
        ),
        Example(title="An explicit Retrying object keeps its statistics", before=_EXPLICIT),
        Example(title="Things called retry that are not tenacity's", before=_OTHERS),
    ),
)
