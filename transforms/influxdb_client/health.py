"""``client.ping()`` and ``client.version()`` said with ``get_server_version()``, which every server answers."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from transforms.influxdb_client.names import CLIENT, method
from transforms.model import Level
from transforms.objects import made
from transforms.page import Page
from transforms.rewrites import Edit, Rewrite, change

_PINGED = "any error of `get_server_version()` means what False of `ping()` meant"
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
        else:
            edit = Edit(page.parent(page.parent(call) or call) or call, _tried)
            yield Rewrite(call, _PINGED, (edit,), level=Level.ADVICE, file=page.path)


def is_plain(page: Page, call: cst.Call) -> bool:
    """Whether the question is a value of its own or, for a ping, all that a line returns or keeps."""
    if call.args:
        return False
    if method(call) == "version":
        return True
    statement = page.parent(call)
    line = page.parent(statement) if statement is not None else None
    match statement, line:
        case cst.Return() | cst.Assign(targets=[_]), cst.SimpleStatementLine(body=[_]):
            return isinstance(page.parent(line), (cst.IndentedBlock, cst.Module))
    return False


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
