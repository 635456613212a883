"""The keyword arguments of a call, those in dictionaries that it unpacks included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from transforms.asyncio_mqtt.clients import constructions
from transforms.asyncio_mqtt.names import full_name, was_old
from transforms.page import Page
from transforms.rewrites import Edit, drop_argument, remove, rename_argument, string_value, swap, with_string


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """One keyword argument: where it stands, its name, what it is set to, and the call or dictionary around it."""

    at: cst.Arg | cst.DictElement | cst.Assign
    name: str
    value: cst.BaseExpression
    holder: cst.Call | cst.Dict | None

    def renamed(self, name: str) -> Edit:
        """The same option by another name."""
        match self.at:
            case cst.Arg():
                return rename_argument(self.at, name)
            case cst.DictElement(key=cst.SimpleString() as key):
                return swap(key, with_string(key, name))
            case cst.Assign(
                targets=[cst.AssignTarget(target=cst.Subscript(slice=[cst.SubscriptElement(slice=at)]))]
            ):
                key = cst.ensure_type(cst.ensure_type(at, cst.Index).value, cst.SimpleString)
                return swap(key, with_string(key, name))
        raise AssertionError("an option is an argument, an element or an assignment")

    def dropped(self) -> tuple[Edit, ...]:
        """What takes the option out."""
        if isinstance(self.holder, cst.Call) and isinstance(self.at, cst.Arg):
            return drop_argument(self.holder, self.at)
        return (remove(self.at),)


def options(page: Page, call: cst.Call) -> Iterator[Option | cst.Arg]:
    """The call's options, and each ``**`` argument that could not be looked into."""
    for arg in call.args:
        if arg.keyword is not None:
            yield Option(arg, arg.keyword.value, arg.value, call)
        elif arg.star == "**":
            found = _unpacked(page, arg.value)
            if found is None:
                yield arg
            else:
                yield from found


def _unpacked(page: Page, value: cst.BaseExpression) -> list[Option] | None:
    """The options in a dictionary written on the spot, or in a local one that is used for nothing else."""
    if isinstance(value, cst.Name):
        return _local(page, value)
    return _display(value)


def _display(value: cst.BaseExpression) -> list[Option] | None:
    match value:
        case cst.Dict(elements=elements):
            keys = [(e, string_value(e.key)) for e in elements if isinstance(e, cst.DictElement)]
            if len(keys) < len(elements) or any(key is None for _, key in keys):
                return None
            return [Option(e, key, e.value, value) for e, key in keys if key is not None]
        case cst.Call(func=cst.Name(value="dict"), args=args):
            if any(a.keyword is None for a in args):
                return None
            return [Option(a, a.keyword.value, a.value, value) for a in args if a.keyword is not None]
    return None


def _local(page: Page, name: cst.Name) -> list[Option] | None:
    bound = [b.node for b in page.bindings(name)]
    if len(bound) != 1 or not isinstance(bound[0], (cst.Assign, cst.AnnAssign)) or bound[0].value is None:
        return None
    found = _display(bound[0].value)
    scope = page.scopes.scope(bound[0])
    uses = [n for n in page.below(scope, cst.Name) if n.value == name.value and page.parent(n) is not bound[0]]
    for use in uses:
        match page.parent(use):
            case cst.Arg(star="**") as arg if page.parent(arg) in set(constructions(page)):
                continue
            case cst.AssignTarget():
                continue
            case (
                cst.Subscript(
                    slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))]
                ) as item
            ):
                assign = page.around(item, cst.Assign)
                if found is not None and assign is not None and any(t.target is item for t in assign.targets):
                    found.append(Option(assign, str(key.evaluated_value), assign.value, None))
                    continue
        return None
    return found


def may_hold(page: Page, call: cst.Call, name: str) -> bool:
    """Whether what an old call unpacks may hold the option: the page says it as a key."""
    keys = (string_value(text) for text in page.all(cst.SimpleString))
    return was_old(page, full_name(page, call.func)) and name in keys
