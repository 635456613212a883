"""`verify_ssl=False` switches the check of certificates off; `disable_server_verification` is overwritten.

https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md
"""

from __future__ import annotations

import libcst as cst

from transforms.influxdb3_python.answering import SELF_SIGNED, SIGNING
from transforms.influxdb3_python.clients import Options, constructions, is_false, is_true, options
from transforms.influxdb3_python.layout import after, named
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Edit, Flag, Rewrite, argument, change, drop_argument, remove, string_value
from transforms.rule import Example, Probe, Rule, Verdicts

_KEY = "disable_server_verification"
_NOTE = "certificates are not checked, as before for queries; `verify_ssl=False` says it for writes too"
_MESSAGE = f"`{_KEY}` is overwritten by `verify_ssl`, which is True unless said: pass `verify_ssl=False`"


def find(page: Page) -> Verdicts:
    """Clients whose Flight options switch the check off."""
    for call in constructions(page):
        told, arg = options(page, call, "flight_client_options", 5), argument(call, "flight_client_options", 5)
        if told is None or arg is None or not is_true(told.values.get(_KEY)):
            continue
        verify = argument(call, "verify_ssl")
        if verify is not None and is_false(verify.value):
            continue
        if verify is not None or told.node is not arg.value or arg.keyword is None:
            yield Flag(arg, _MESSAGE)
        else:
            yield Rewrite(arg, _NOTE, _edits(call, told, arg), level=Level.CHANGES_SILENTLY)


def _edits(call: cst.Call, told: Options, arg: cst.Arg) -> tuple[Edit, ...]:
    off = named("verify_ssl", cst.Name("False"))
    if len(told.values) == 1:
        return (change(arg, keyword=off.keyword, value=off.value),)
    return (after(call, arg, off), *_without(told.node))


def _without(node: cst.Call | cst.Dict) -> tuple[Edit, ...]:
    if isinstance(node, cst.Call):
        return drop_argument(node, next(a for a in node.args if a.keyword and a.keyword.value == _KEY))
    gone = next(e for e in node.elements if isinstance(e, cst.DictElement) and string_value(e.key) == _KEY)
    return remove(gone), Edit(node, lambda now: now.with_changes(elements=_ended(node, now)))


def _ended(old: cst.Dict, now: cst.Dict) -> tuple[cst.BaseDictElement, ...]:
    *first, last = now.elements
    return (*first, last.with_changes(comma=old.elements[-1].comma))


_ALONE = """\
from influxdb_client_3 import InfluxDBClient3


def open(url):
    return InfluxDBClient3(host=url, database="home", flight_client_options=dict(disable_server_verification=True))
"""

_AMONG = """\
from influxdb_client_3 import InfluxDBClient3, flight_client_options


def open(url):
    InfluxDBClient3(
        host=url,
        flight_client_options={"generic_options": [], "disable_server_verification": True},
    )
    return InfluxDBClient3(
        host=url,
        flight_client_options=flight_client_options(
            disable_server_verification=True,
            generic_options=[],
        ),
    )
"""

_AMONG_AFTER = """\
from influxdb_client_3 import InfluxDBClient3, flight_client_options


def open(url):
    InfluxDBClient3(
        host=url,
        flight_client_options={"generic_options": []},
        verify_ssl=False,
    )
    return InfluxDBClient3(
        host=url,
        flight_client_options=flight_client_options(
            generic_options=[],
        ),
        verify_ssl=False,
    )
"""

_FLAGGED = """\
from influxdb_client_3 import InfluxDBClient3

OPTIONS = {"disable_server_verification": True}


def open(url):
    return InfluxDBClient3(host=url, flight_client_options=OPTIONS)
"""

_LEFT = """\
from influxdb_client_3 import InfluxDBClient3


def open(url, pem, **options):
    InfluxDBClient3(host=url, flight_client_options=dict(tls_root_certs=pem))
    InfluxDBClient3(host=url, flight_client_options=dict(disable_server_verification=False))
    InfluxDBClient3(host=url, flight_client_options=options)
    return InfluxDBClient3(
        host=url, flight_client_options=dict(disable_server_verification=True), verify_ssl=False
    )
"""

_ASKED = (
    SELF_SIGNED
    + """

port = answering(self_signed())
try:
    print("rows:", open(f"https://localhost:{port}").query("SELECT 1").to_pylist())
except Exception as error:
    print(type(error).__name__, *str(error).split(".")[:1])
"""
)

_ROWS = "rows: [{'room': 'a', 'temp': 21.5}]"

RULE = Rule(
    id="INF005",
    title="`disable_server_verification` has no effect: say `verify_ssl=False`",
    library="influxdb3-python",
    link="https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md",
    was="The Flight option reaches the connection: a self-signed server is accepted.",
    now="It is overwritten by `verify_ssl` (True): `InfluxDB3ClientQueryError … failed to connect`.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(_KEY.encode(),),
    apply=find,
    examples=(
        Example(
            title="The only option",
            before=_ALONE,
            after=_ALONE.replace(
                "flight_client_options=dict(disable_server_verification=True)", "verify_ssl=False"
            ),
            notes=(5,),
            probe=Probe(
                script=_ASKED,
                old=_ROWS,
                broken="InfluxDB3ClientQueryError",
                works=_ROWS,
                requires=SIGNING,
            ),
        ),
        Example(title="One of several options", before=_AMONG, after=_AMONG_AFTER, notes=(7, 11)),
        Example(title="Options that others may share", before=_FLAGGED, flags=((7, Level.BREAKS),)),
        Example(title="Other options, an open set of options, the new word", before=_LEFT),
    ),
)
