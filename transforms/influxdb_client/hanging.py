"""A call that grew past the file's longest line, with each argument on a line of its own."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from transforms.page import Page

_SHORTEST = 79


def fitted(page: Page, old: cst.Call, new: cst.Call) -> cst.Call:
    """The new call as it is, unless its line is longer than any that the file has."""
    if any(isinstance(a.whitespace_after_arg, cst.ParenthesizedWhitespace) for a in new.args) or _is_hung(new):
        return new
    lines = page.module.code.splitlines()
    longest = max(_SHORTEST, *map(len, lines))
    first = lines[page.line(old) - 1]
    indent = first[: len(first) - len(first.lstrip())]
    before, _, after = first.partition(page.module.code_for_node(old).partition("\n")[0])
    length = len(before) + len(page.module.code_for_node(new)) + len(after)
    return _hung(page, new, indent, longest) if length > longest else new


def _hung(page: Page, call: cst.Call, indent: str, longest: int) -> cst.Call:
    inner = indent + page.module.default_indent
    args = [_short(page, arg, inner, longest) for arg in call.args]
    between = cst.Comma(whitespace_after=_break(inner))
    spaced = [a.with_changes(comma=between, whitespace_after_arg=cst.SimpleWhitespace("")) for a in args[:-1]]
    last = args[-1].with_changes(comma=cst.Comma(whitespace_after=_break(indent)))
    return call.with_changes(args=[*spaced, last], whitespace_before_args=_break(inner))


def _short(page: Page, arg: cst.Arg, indent: str, longest: int) -> cst.Arg:
    length = len(indent) + len(page.module.code_for_node(arg.with_changes(comma=cst.Comma())))
    match arg.value:
        case cst.Call() as call if length > longest and call.args and not _is_hung(call):
            return arg.with_changes(value=_hung(page, call, indent, longest))
    return arg


def _break(indent: str) -> cst.ParenthesizedWhitespace:
    return cst.ParenthesizedWhitespace(indent=False, last_line=cst.SimpleWhitespace(indent))


def _is_hung(call: cst.Call) -> bool:
    commas: Sequence[cst.BaseParenthesizableWhitespace] = [
        a.comma.whitespace_after for a in call.args if isinstance(a.comma, cst.Comma)
    ]
    return any(isinstance(s, cst.ParenthesizedWhitespace) for s in (call.whitespace_before_args, *commas))
