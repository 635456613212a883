"""``client.ping()`` and ``client.version()`` said with ``get_server_version()``, which every server answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import libcst as cst

from transforms.influxdb_client.names import CLIENT, method
from transforms.model import Level
from transforms.objects import made
from transforms.page import Page
from transforms.rewrites import Edit, Rewrite, change

_PINGED = "any error of `get_server_version()` means what False of `ping()` meant"
_ANSWERS = ("answers", "server_answers", "influx_server_answers")
_VERSION = "`version()` is `get_server_version()`"


def asked(page: Page) -> Iterator[Rewrite]:
    """Every question about health that can be rewritten where it stands."""
    for call in page.all(cst.Call):
        name = method(call)
        if name not in {"ping", "version"} or not is_plain(page, call):
            continue
        assert isinstance(call.func, cst.Attribute)
        if made(page, call.func.value, CLIENT) is None:
            continue
        if name == "version":
            edit = change(call.func.attr, value="get_server_version")
            yield Rewrite(call, _VERSION, (edit,), file=page.path)
        elif (question := _condition(page, call)) is not None:
            answer = next(n for n in _ANSWERS if not any(at.value == n for at in page.all(cst.Name)))
            edit = Edit(question, partial(_tried_before, answer=answer))
            yield Rewrite(call, _PINGED, (edit,), level=Level.ADVICE, file=page.path)
        else:
            edit = Edit(page.parent(page.parent(call) or call) or call, _tried)
            yield Rewrite(call, _PINGED, (edit,), level=Level.ADVICE, file=page.path)


def is_plain(page: Page, call: cst.Call) -> bool:
    """Whether the question is a value of its own or, for a ping, all that a line returns, keeps or decides by."""
    if call.args:
        return False
    if method(call) == "version" or _condition(page, call) is not None:
        return True
    statement = page.parent(call)
    line = page.parent(statement) if statement is not None else None
    match statement, line:
        case cst.Return() | cst.Assign(targets=[_]), cst.SimpleStatementLine(body=[_]):
            return isinstance(page.parent(line), (cst.IndentedBlock, cst.Module))
    return False


def _condition(page: Page, call: cst.Call) -> cst.If | None:
    """The ``if client.ping():`` or ``if not client.ping():`` that the call is all of, were it no ``elif``."""
    at = page.parent(call)
    negated = isinstance(at, cst.UnaryOperation) and isinstance(at.operator, cst.Not)
    question = page.parent(at) if negated and at is not None else at
    test = at if negated else call
    if isinstance(question, cst.If) and question.test is test:
        around = page.parent(question)
        return question if isinstance(around, (cst.IndentedBlock, cst.Module)) else None
    return None


def _tried_before(now: cst.If, answer: str) -> cst.FlattenSentinel[cst.BaseStatement]:
    """The attempt, whose outcome has a name, and the ``if`` by that name."""
    call = now.test.expression if isinstance(now.test, cst.UnaryOperation) else now.test
    kept = cst.Assign(targets=[cst.AssignTarget(cst.Name(answer))], value=call)
    tried = _tried(cst.SimpleStatementLine([kept], leading_lines=now.leading_lines))
    name = cst.Name(answer)
    test = now.test.with_changes(expression=name) if isinstance(now.test, cst.UnaryOperation) else name
    return cst.FlattenSentinel([tried, now.with_changes(test=test, leading_lines=[])])


def _tried(now: cst.SimpleStatementLine) -> cst.Try:
    """``return client.ping()`` as an attempt whose failure is False."""
    (statement,) = now.body
    assert isinstance(statement, (cst.Return, cst.Assign))
    call = statement.value
    assert isinstance(call, cst.Call)
    assert isinstance(call.func, cst.Attribute)
    asked = call.with_changes(func=call.func.with_changes(attr=cst.Name("get_server_version")))
    good, bad = (statement.with_changes(value=cst.Name(word)) for word in ("True", "False"))
    return cst.Try(
        body=cst.IndentedBlock(
            body=[
                cst.SimpleStatementLine([cst.Expr(asked)]),
                cst.SimpleStatementLine([good], trailing_whitespace=now.trailing_whitespace),
            ]
        ),
        handlers=[
            cst.ExceptHandler(
                type=cst.Name("Exception"),
                body=cst.IndentedBlock(body=[cst.SimpleStatementLine([bad])]),
            )
        ],
        leading_lines=now.leading_lines,
    )
