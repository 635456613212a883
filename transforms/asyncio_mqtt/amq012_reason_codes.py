"""``error.rc`` is a reason code of MQTT 5, whichever version is spoken: 5, "not authorised", is 135.

https://github.com/empicano/aiomqtt/releases/tag/v2.0.0
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from transforms.asyncio_mqtt.names import full_name, is_moving, speaks_version_5
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Edit, Flag, Rewrite
from transforms.rule import Example, Probe, Rule, Verdicts

_ERRORS = frozenset({"MqttError", "MqttCodeError", "MqttConnectError"})
_CODES = {1: 132, 2: 133, 3: 136, 4: 134, 5: 135}
_OTHER = "`rc` is a reason code of MQTT 5 now: 1→132, 2→133, 3→136, 4→134, 5→135, a lost connection is 128"


def find(page: Page) -> Verdicts:
    """``error.rc`` compared with numbers, or used as a key, in code that was written for the old codes."""
    if not is_moving(page.tree):
        return
    for code in page.all(cst.Attribute):
        if code.attr.value == "rc" and (kinds := _errors(page, code.value)):
            yield from _judged(page, code, only_connect=kinds == {"MqttConnectError"})


def _errors(page: Page, owner: cst.BaseExpression) -> set[str]:
    """The library's errors that a name stands for, by its ``except``; empty when it may be another."""
    if not isinstance(owner, cst.Name):
        return set()
    found: set[str] = set()
    for binding in page.bindings(owner):
        if not isinstance(binding.node, cst.ExceptHandler) or binding.node.type is None:
            return set()
        kinds = list(_types(page, binding.node.type))
        if not any(kinds):
            return set()
        found.update(kind for kind in kinds if kind)
    return found


def _types(page: Page, node: cst.BaseExpression) -> Iterator[str | None]:
    each = [e.value for e in node.elements] if isinstance(node, cst.Tuple) else [node]
    for kind in each:
        name = (full_name(page, kind) or "").rpartition(".")[2]
        yield name if name in _ERRORS else None


def _judged(page: Page, code: cst.Attribute, *, only_connect: bool) -> Iterator[Rewrite | Flag]:
    target = page.parent(code)
    comparison = page.parent(target) if isinstance(target, cst.ComparisonTarget) else target
    match comparison:
        case cst.Comparison(left=left, comparisons=[only]) if left is code:
            yield from _compared(page, comparison, only, only_connect=only_connect)
        case cst.Comparison() | cst.Index() | cst.Match():
            yield Flag(code, _OTHER)


def _compared(
    page: Page, site: cst.Comparison, only: cst.ComparisonTarget, *, only_connect: bool
) -> Iterator[Rewrite | Flag]:
    numbers = _numbers(only.comparator)
    plain = isinstance(only.operator, (cst.Equal, cst.NotEqual)) and len(numbers or ()) == 1
    within = isinstance(only.operator, (cst.In, cst.NotIn)) and not isinstance(only.comparator, cst.Integer)
    if numbers is not None and (0 in numbers or any(n >= 128 for n in numbers)):
        return
    if numbers is None or not (plain or within) or not set(numbers) <= set(_CODES) or speaks_version_5(page):
        yield Flag(site, _OTHER)
        return
    now = [_CODES[n] for n in numbers]
    both = now if only_connect else [*numbers, *now]
    text = page.module.code_for_node
    new = _written(only, both, plain=plain)
    edit = Edit(site, lambda was: was.with_changes(comparisons=[new]))
    message = f"`{text(only.comparator)}` → `{text(new.comparator)}`: MQTT 5's codes"
    yield Rewrite(site, message, (edit,), level=Level.CHANGES_SILENTLY)


def _numbers(node: cst.BaseExpression) -> list[int] | None:
    match node:
        case cst.Integer():
            return [node.evaluated_value]
        case cst.Tuple(elements=elements) | cst.List(elements=elements) | cst.Set(elements=elements):
            values = [e.value for e in elements]
            return (
                [v.evaluated_value for v in values if isinstance(v, cst.Integer)]
                if all(isinstance(v, cst.Integer) for v in values)
                else None
            )
    return None


def _written(only: cst.ComparisonTarget, numbers: list[int], *, plain: bool) -> cst.ComparisonTarget:
    if plain and len(numbers) == 1:
        return only.with_changes(comparator=cst.Integer(str(numbers[0])))
    one = "not in" if isinstance(only.operator, (cst.NotEqual, cst.NotIn)) else "in"
    listed = ", ".join(map(str, numbers)) + ("," if len(numbers) == 1 else "")
    made = cst.ensure_type(cst.parse_expression(f"x {one} ({listed})"), cst.Comparison)
    return made.comparisons[0]


_RUN = "\n\nasyncio.run(main())\n"

_REFUSED = """\
import asyncio
import os

try:
    import asyncio_mqtt as mqtt
except ImportError:
    import aiomqtt as mqtt


async def main():
    try:
        async with mqtt.Client("127.0.0.1", int(os.environ["MQTT_CLOSED_PORT"])):
            pass
    except mqtt.MqttCodeError as error:
        print("told:", error.rc == 5, error.rc in (4, 5), error.rc != 5, error.rc not in [1, 2])
"""

_CONNECT = """\
import asyncio
import os

from aiomqtt import Client

try:
    from aiomqtt.error import MqttConnectError
except ImportError:
    from aiomqtt.exceptions import MqttConnectError


async def main():
    try:
        async with Client("127.0.0.1", int(os.environ["MQTT_CLOSED_PORT"])):
            pass
    except MqttConnectError as error:
        if error.rc == 5:
            print("not", "authorised")
"""

_BY_HAND = """\
from asyncio_mqtt import Client, MqttCodeError

WHY = {5: "not authorised", 7: "lost"}


async def main(limit):
    try:
        async with Client("broker"):
            pass
    except MqttCodeError as error:
        if error.rc == 7:
            print(WHY[error.rc])
        if error.rc > limit:
            raise
"""

_OTHERS = """\
import subprocess

from asyncio_mqtt import Client, MqttCodeError


async def main(result):
    try:
        async with Client("broker"):
            assert result.rc == 5
    except MqttCodeError as error:
        print(f"failed with {error.rc}", error.rc == 0)
    except subprocess.CalledProcessError as error:
        print(error.rc == 5)
"""

RULE = Rule(
    id="AMQ012",
    title="rc is a reason code of MQTT 5",
    library="asyncio-mqtt",
    link="https://github.com/empicano/aiomqtt/releases/tag/v2.0.0",
    was="A refused log-in is `error.rc == 5`, a lost connection 7.",
    now="Silently: `ReasonCode(135, 'Not authorized')` and `ReasonCode(128, 'Unspecified error')`.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    needles=(b".rc",),
    apply=find,
    examples=(
        Example(
            title="Comparisons with numbers, which errors of publishing keep",
            before=_REFUSED,
            after=_REFUSED.replace("error.rc == 5", "error.rc in (5, 135)")
            .replace("error.rc in (4, 5)", "error.rc in (4, 5, 134, 135)")
            .replace("error.rc != 5", "error.rc not in (5, 135)")
            .replace("error.rc not in [1, 2]", "error.rc not in (1, 2, 132, 133)"),
            notes=(15,),
            probe=Probe(
                script=_RUN,
                old="told: True True False True",
                broken="told: False False True True",
                works="told: True True False True",
            ),
        ),
        Example(
            title="Errors of connecting, by the pins on aiomqtt 1.x",
            before=_CONNECT,
            after=_CONNECT.replace("== 5", "== 135"),
            others={"requirements.txt": "aiomqtt==1.2.1\n"},
            notes=(17,),
            probe=Probe(script=_RUN, old="not authorised", broken="exit 0", works="not authorised"),
        ),
        Example(
            title="A lost connection, a key, an order",
            before=_BY_HAND,
            flags=(
                (11, Level.CHANGES_SILENTLY),
                (12, Level.CHANGES_SILENTLY),
                (13, Level.CHANGES_SILENTLY),
            ),
        ),
        Example(title="Other objects' rc, success, and text", before=_OTHERS),
        Example(
            title="Code that is on aiomqtt 2 already",
            before=_CONNECT.replace("== 5", "== 4"),
            others={"requirements.txt": "aiomqtt==2.4.0\n"},
        ),
    ),
)
