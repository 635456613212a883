"""Where a new argument goes, so that a call keeps its looks: on a line of its own where the others are."""

from __future__ import annotations

import libcst as cst

from transforms.rewrites import Edit


def named(keyword: str, value: cst.BaseExpression) -> cst.Arg:
    """``keyword=value``."""
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return cst.Arg(keyword=cst.Name(keyword), value=value, equal=tight)


def after(call: cst.Call, arg: cst.Arg, new: cst.Arg) -> Edit:
    """``new`` right after an argument, which keeps its own value."""
    between = separator(call)

    def to(now: cst.Arg) -> cst.FlattenSentinel[cst.Arg]:
        first = now.with_changes(comma=between, whitespace_after_arg=cst.SimpleWhitespace(""))
        last = new.with_changes(comma=now.comma, whitespace_after_arg=now.whitespace_after_arg)
        return cst.FlattenSentinel([first, last])

    return Edit(arg, to)


def append(call: cst.Call, new: cst.Arg) -> Edit:
    """``new`` as the last argument."""
    if call.args:
        return after(call, call.args[-1], new)
    return Edit(call, lambda now: now.with_changes(args=(new,)))


def separator(call: cst.Call) -> cst.Comma:
    """The comma between two arguments of a call, without the comments that stand there."""
    return cst.Comma(whitespace_after=_space(call))


def _space(call: cst.Call) -> cst.BaseParenthesizableWhitespace:
    commas = [arg.comma for arg in call.args[:-1]]
    spaces = [comma.whitespace_after for comma in commas if isinstance(comma, cst.Comma)]
    for space in (call.whitespace_before_args, *spaces):
        if isinstance(space, cst.ParenthesizedWhitespace):
            plain = cst.TrailingWhitespace(newline=space.first_line.newline)
            return cst.ParenthesizedWhitespace(plain, [], space.indent, space.last_line)
    return cst.SimpleWhitespace(" ")
