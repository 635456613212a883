"""Write options without `write_options` used to mean batching; now they mean synchronous, without callbacks.

https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md
"""

from __future__ import annotations

import libcst as cst

from transforms.influxdb3_python.clients import CALLBACKS, Options, constructions, options
from transforms.influxdb3_python.layout import append, named
from transforms.influxdb3_python.recording import SERVER
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.references import refer
from transforms.rewrites import Edit, Flag, Rewrite, argument
from transforms.rule import Example, Probe, Rule, Verdicts

_MESSAGE = (
    "batching stays only with `write_options=WriteOptions()`: without, writes are synchronous "
    "and no callback is called"
)


def find(page: Page) -> Verdicts:
    """Clients with callbacks and no write options."""
    for call in constructions(page):
        told, arg = options(page, call, "write_client_options", 4), argument(call, "write_client_options", 4)
        if told is None or arg is None or "write_options" in told.values or not CALLBACKS & told.values.keys():
            continue
        name = refer(page, told.node, "influxdb_client_3.WriteOptions") if told.page is page else None
        if name is None:
            yield Flag(arg, _MESSAGE)
        else:
            edit = _added(told, cst.Call(func=name.expression))
            yield Rewrite(told.node, _MESSAGE, (edit,), name.imports)


def _added(told: Options, value: cst.Call) -> Edit:
    if isinstance(told.node, cst.Call):
        return append(told.node, named("write_options", value))
    return Edit(told.node, lambda now: now.with_changes(elements=_longer(now, value)))


def _longer(now: cst.Dict, value: cst.Call) -> tuple[cst.BaseDictElement, ...]:
    *first, last = now.elements
    space = first[-1].comma if first else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    new = cst.DictElement(cst.SimpleString('"write_options"'), value, comma=last.comma)
    return (*first, last.with_changes(comma=space), new)


_BEFORE = """\
from influxdb_client_3 import InfluxDBClient3, write_client_options


def send(url, done):
    client = InfluxDBClient3(
        host=url,
        token="t",
        database="home",
        write_client_options=write_client_options(success_callback=done),
    )
    client.write("home temp=21.5")
    client.close()
"""

_NAMED = """\
from influxdb_client_3 import InfluxDBClient3

done = []
OPTIONS = {
    "error_callback": lambda conf, data, error: print(error),
    "success_callback": lambda conf, data: done.append(data),
}


def send(url, _):
    with InfluxDBClient3(host=url, token="t", database="home", write_client_options=OPTIONS) as client:
        client.write("home temp=21.5")
"""

_FLAGGED = """\
from influxdb_client_3 import InfluxDBClient3
from options import OPTIONS


def open(url):
    return InfluxDBClient3(host=url, write_client_options=OPTIONS)
"""

_LEFT = """\
from influxdb_client_3 import SYNCHRONOUS, InfluxDBClient3, WriteOptions, write_client_options as wco


def open(url, done, others):
    InfluxDBClient3(host=url)
    InfluxDBClient3(host=url, write_client_options=others)
    InfluxDBClient3(host=url, write_client_options=wco(write_options=SYNCHRONOUS))
    InfluxDBClient3(host=url, write_client_options=wco(success_callback=done, **others))
    return InfluxDBClient3(host=url, write_client_options=wco(success_callback=done, write_options=WriteOptions()))
"""

_RUN = """
called = []
send(URL, lambda conf, data: called.append(data))
print(lines, "callback called:", bool(called or globals().get("done")))
"""

_PROBE = Probe(
    script=SERVER + _RUN,
    old="['home temp=21.5'] callback called: True",
    broken="['home temp=21.5'] callback called: False",
    works="['home temp=21.5'] callback called: True",
)

RULE = Rule(
    id="INF008",
    title="Callbacks need `write_options=WriteOptions()`",
    library="influxdb3-python",
    link="https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md",
    was="`write_client_options(success_callback=...)` alone means batching.",
    now="It means synchronous writes, and the callbacks are never called.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    needles=(b"_callback", b"write_client_options"),
    apply=find,
    examples=(
        Example(
            title="Callbacks in a call",
            before=_BEFORE,
            after=_BEFORE.replace("back=done)", "back=done, write_options=WriteOptions())").replace(
                "write_client_options\n\n", "write_client_options, WriteOptions\n\n"
            ),
            probe=_PROBE,
        ),
        Example(
            title="Callbacks in a dictionary with a name",
            before=_NAMED,
            after=_NAMED.replace("(data),\n", '(data),\n    "write_options": WriteOptions(),\n').replace(
                "InfluxDBClient3\n\n", "InfluxDBClient3, WriteOptions\n\n"
            ),
            probe=_PROBE,
        ),
        Example(
            title="Options in another file",
            before=_FLAGGED,
            others={"options.py": "OPTIONS = {'success_callback': print}\n"},
            flags=((6, Level.CHANGES_SILENTLY),),
        ),
        Example(title="No options, unknown options, write options that are said", before=_LEFT),
    ),
)
