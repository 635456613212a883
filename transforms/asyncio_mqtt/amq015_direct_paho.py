"""A service that uses paho-mqtt itself gets paho 2 along with aiomqtt 2.

https://github.com/eclipse-paho/paho.mqtt.python/blob/master/docs/migrations.rst
"""

from __future__ import annotations

import libcst as cst

from transforms.asyncio_mqtt.names import is_moving
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.references import refer
from transforms.rewrites import Edit, Flag, Rewrite, argument, dotted_text
from transforms.rule import Example, Probe, Rule, Verdicts

_CLIENT = "paho.mqtt.client.Client"
_VERSION = "callback_api_version"
_WHY = "paho 2's first argument is the version of the callbacks; VERSION1 keeps them as they are, with a warning"


def find(page: Page) -> Verdicts:
    """paho's own clients, in a service whose MQTT library moves."""
    if not is_moving(page.tree):
        return
    for call in page.all(cst.Call):
        name = page.resolve(call.func)
        if name == _CLIENT:
            yield from _made(page, call)
        elif _is_retry_set(page, call.func):
            yield Flag(call, "paho 2 has no `message_retry_set`: take the call out")


def _made(page: Page, call: cst.Call) -> Verdicts:
    if argument(call, _VERSION) is not None or any(a.star for a in call.args):
        return
    first = argument(call, "", 0)
    if first is None:
        yield Flag(call, f"{_WHY}; here it is left out, which still works", level=Level.ADVICE)
        return
    if "CallbackAPIVersion" in page.module.code_for_node(first.value):
        return
    module = dotted_text(call.func.value) if isinstance(call.func, cst.Attribute) else None
    kind = refer(page, call, "paho.mqtt.client.CallbackAPIVersion") if module is None else None
    if module is None and kind is None:
        yield Flag(call, _WHY)
        return
    head = f"{module}.CallbackAPIVersion" if kind is None else page.module.code_for_node(kind.expression)
    new = cst.Arg(
        cst.parse_expression(f"{head}.VERSION1"),
        comma=cst.Comma(cst.SimpleWhitespace(""), cst.SimpleWhitespace(" ")),
    )
    edit = Edit(call, lambda now: now.with_changes(args=[new, *now.args]))
    imports = kind.imports if kind is not None else ()
    yield Rewrite(call, _WHY, (edit,), imports=imports, level=Level.CHANGES_SILENTLY)


def _is_retry_set(page: Page, func: cst.BaseExpression) -> bool:
    """Whether a call is ``message_retry_set`` of paho's own client."""
    match func:
        case cst.Attribute(value=cst.Name() as owner, attr=cst.Name(value="message_retry_set")):
            values = [b.node.value for b in page.bindings(owner) if isinstance(b.node, cst.Assign)]
            return bool(values) and all(isinstance(v, cst.Call) and page.resolve(v.func) == _CLIENT for v in values)
    return False


_PINS = {"requirements.txt": "asyncio-mqtt==0.16.2\npaho-mqtt==1.6.1\n"}

_NAMED = """\
import paho.mqtt.client as mqtt
from paho.mqtt.client import Client

low = mqtt.Client("shop")
other = Client("other", False)
print("made", low, other)
"""

_RETRY = """\
import paho.mqtt.client as mqtt

client = mqtt.Client()
client.message_retry_set(5)
print("set")
"""

_RIGHT = """\
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

first = mqtt.Client(CallbackAPIVersion.VERSION2, "shop")
second = mqtt.Client(callback_api_version=mqtt.CallbackAPIVersion.VERSION1)
first.connect("broker")
first.loop_start()
"""

RULE = Rule(
    id="AMQ015",
    title="paho-mqtt used directly moves to 2",
    library="asyncio-mqtt",
    link="https://github.com/eclipse-paho/paho.mqtt.python/blob/master/docs/migrations.rst",
    was='`paho.mqtt.client.Client("shop")` names the client; paho 1.6 goes with asyncio-mqtt.',
    now="`Unsupported callback API version`: aiomqtt 2 needs paho 2, whose first argument that version is.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"paho", b"message_retry_set"),
    apply=find,
    examples=(
        Example(
            title="A client with a name",
            before=_NAMED,
            after=_NAMED.replace('Client("', 'Client(mqtt.CallbackAPIVersion.VERSION1, "'),
            others=_PINS,
            notes=(4, 5),
            probe=Probe(old="made <paho", broken="Unsupported callback API version", works="made <paho"),
        ),
        Example(
            title="A method that is gone, and a client without arguments",
            before=_RETRY,
            others=_PINS,
            flags=((3, Level.ADVICE), (4, Level.BREAKS)),
            probe=Probe(old="set\n", broken="no attribute 'message_retry_set'"),
        ),
        Example(title="Code that is right for paho 2", before=_RIGHT, others=_PINS),
        Example(title="A service whose MQTT library does not move", before=_NAMED),
    ),
)
