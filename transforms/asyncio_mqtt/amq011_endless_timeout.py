"""``timeout=None`` meant for ever and means the client's default now.

https://github.com/empicano/aiomqtt/releases/tag/v1.0.0
"""

from __future__ import annotations

import libcst as cst

from transforms.asyncio_mqtt.clients import is_client
from transforms.asyncio_mqtt.names import NEEDLES, uses_old_package
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.references import refer
from transforms.rewrites import Flag, Rewrite, argument, dotted_text, swap
from transforms.rule import Example, Probe, Rule, Verdicts

_METHODS = frozenset({"subscribe", "unsubscribe", "publish"})


def find(page: Page) -> Verdicts:
    """``timeout=None`` in the three calls, written for asyncio_mqtt: aiomqtt 1.x has the new meaning already."""
    if not page.tree.once(uses_old_package):
        return
    for call in page.all(cst.Call):
        match call.func:
            case cst.Attribute(value=owner, attr=cst.Name(value=name)) if name in _METHODS:
                timeout = argument(call, "timeout")
                if timeout is not None and dotted_text(timeout.value) == "None" and is_client(page, owner):
                    yield _endless(page, timeout)


def _endless(page: Page, timeout: cst.Arg) -> Rewrite | Flag:
    infinity = refer(page, timeout, "math.inf", whole=True)
    if infinity is None:
        return Flag(timeout, "`timeout=None` is the client's default now; `math.inf` waits for ever")
    edits = (swap(timeout.value, infinity.expression),)
    return Rewrite(timeout, "`timeout=None` → `timeout=math.inf`", edits, imports=infinity.imports)


_SILENT = """\
import asyncio

try:
    import asyncio_mqtt as mqtt
except ImportError:
    import aiomqtt as mqtt


async def send(client: mqtt.Client):
    await client.publish("a", "x", qos=1, timeout=None)
"""

_BROKER = """

async def answer(reader, writer):
    await reader.read(100)
    writer.write(bytes([0x20, 2, 0, 0]))
    await writer.drain()
    await reader.read()


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    client = mqtt.Client("127.0.0.1", server.sockets[0].getsockname()[1])
    await client.__aenter__()
    client.timeout = 0.3
    try:
        await asyncio.wait_for(send(client), 1.5)
    except asyncio.TimeoutError:
        print("waits", "on")
    except mqtt.MqttError as error:
        print(error)


asyncio.run(main())
"""

_OTHERS = """\
import asyncio_mqtt
import httpx


async def main(broker, timeout=None):
    async with asyncio_mqtt.Client("broker") as client:
        await client.publish("a", timeout=5)
        await client.publish("a", timeout=timeout)
        await broker.publish("a", timeout=None)
        httpx.get("x", timeout=None)
"""

RULE = Rule(
    id="AMQ011",
    title="timeout=None waits no longer for ever",
    library="asyncio-mqtt",
    link="https://github.com/empicano/aiomqtt/releases/tag/v1.0.0",
    was="`publish(..., timeout=None)` waits until the broker answers.",
    now="Silently the client's default, ten seconds: `MqttError: Operation timed out`.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    needles=NEEDLES,
    apply=find,
    examples=(
        Example(
            title="Waits for ever, said as it is said now",
            before=_SILENT,
            after=_SILENT.replace("import asyncio\n", "import asyncio\nimport math\n").replace(
                "timeout=None", "timeout=math.inf"
            ),
            probe=Probe(script=_BROKER, old="waits on", broken="Operation timed out", works="waits on"),
        ),
        Example(title="Numbers, variables and other libraries' time-outs", before=_OTHERS),
        Example(
            title="aiomqtt 1.x and 2, where None is the default already",
            before="import aiomqtt\n\n\nasync def send(client: aiomqtt.Client):\n"
            '    await client.publish("a", timeout=None)\n',
        ),
    ),
)
