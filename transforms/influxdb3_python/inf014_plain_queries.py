"""A client of an `http://` host queries without TLS; it always used TLS.

https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md
"""

from __future__ import annotations

from transforms.influxdb3_python.answering import FLIGHT
from transforms.influxdb3_python.clients import constructions
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag, argument, string_value
from transforms.rule import Example, Probe, Rule, Verdicts

_MESSAGE = (
    "queries of an `http://` host used TLS on this port and are plain now: a TLS proxy there is to be taken out"
)


def find(page: Page) -> Verdicts:
    """Plain hosts with a port of their own for queries: the work-around for a server without TLS."""
    for call in constructions(page):
        host, port = argument(call, "host", 0), argument(call, "query_port_overwrite", 7)
        if host is not None and port is not None and (string_value(host.value) or "").startswith("http://"):
            yield Flag(port, _MESSAGE)


_BEFORE = """\
from influxdb_client_3 import InfluxDBClient3


def rows(port):
    client = InfluxDBClient3(host="http://127.0.0.1:8181", token="t", database="home", query_port_overwrite=port)
    return client.query("SELECT room, temp FROM home").to_pylist()
"""

_ASKED = (
    FLIGHT
    + """

try:
    print("rows:", rows(answering()))
except Exception as error:
    print(type(error).__name__)
"""
)

_LEFT = """\
from influxdb_client_3 import InfluxDBClient3


def open(url):
    InfluxDBClient3(host="http://127.0.0.1:8181", database="home")
    InfluxDBClient3(host="https://127.0.0.1:8181", database="home", query_port_overwrite=443)
    return InfluxDBClient3(host=url, database="home", query_port_overwrite=443)
"""

RULE = Rule(
    id="INF014",
    title="Queries of an `http://` host are plain",
    library="influxdb3-python",
    link="https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md",
    was="Every query goes through TLS: `FlightUnavailableError … Ssl handshake failed` on a plain server.",
    now="`http://` means plain gRPC, `https://` TLS.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    needles=(b"query_port_overwrite",),
    apply=find,
    examples=(
        Example(
            title="A port of its own for queries",
            before=_BEFORE,
            flags=((5, Level.CHANGES_SILENTLY),),
            probe=Probe(script=_ASKED, old="FlightUnavailableError", broken="rows: [{'room': 'a', 'temp': 21.5}]"),
        ),
        Example(title="One port, TLS, a host that is not known", before=_LEFT),
    ),
)
