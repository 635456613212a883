"""The private `_flight_client` of a client moved to its query API.

https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md
"""

from __future__ import annotations

import libcst as cst

from transforms.influxdb3_python.clients import client
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts

_NAMES = {"_flight_client", "_flight_client_options"}


def find(page: Page) -> Verdicts:
    """The private names, read from a client."""
    for node in page.all(cst.Attribute):
        name = node.attr.value
        if name in _NAMES and client(page, node.value) is not None:
            yield Flag(node, f"`client.{name}` is private and moved: `client._query_api.{name}`")


_BEFORE = """\
from influxdb_client_3 import InfluxDBClient3

client = InfluxDBClient3(host="https://127.0.0.1:9", token="t", database="home")
print("found", client._flight_client is not None)
"""

_LEFT = """\
from influxdb_client_3 import InfluxDBClient3


class Own:
    _flight_client = None


print(Own()._flight_client)
print(InfluxDBClient3(host="https://127.0.0.1:9")._query_api)
"""

RULE = Rule(
    id="INF010",
    title="The private `_flight_client` moved",
    library="influxdb3-python",
    link="https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md",
    was="`client._flight_client` is the Flight client.",
    now="`AttributeError: 'InfluxDBClient3' object has no attribute '_flight_client'`.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"_flight_client",),
    apply=find,
    examples=(
        Example(
            title="The Flight client is taken from a client",
            before=_BEFORE,
            flags=((4, Level.BREAKS),),
            probe=Probe(old="found True", broken="object has no attribute '_flight_client'"),
        ),
        Example(title="Somebody else's attribute, the new place", before=_LEFT),
    ),
)
