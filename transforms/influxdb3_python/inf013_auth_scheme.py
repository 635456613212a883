"""`auth_scheme="Bearer"` is honoured when writing; it was ignored.

https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md
"""

from __future__ import annotations

from transforms.influxdb3_python.clients import constructions
from transforms.influxdb3_python.recording import SERVER
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag, argument, string_value
from transforms.rule import Example, Probe, Rule, Verdicts


def find(page: Page) -> Verdicts:
    """Clients with a scheme of their own."""
    for call in constructions(page):
        scheme = argument(call, "auth_scheme")
        if scheme is not None and string_value(scheme.value) != "Token":
            yield Flag(
                scheme, "was ignored: writes now carry this scheme instead of `Token`; the server must take it"
            )


_BEFORE = """\
from influxdb_client_3 import InfluxDBClient3


def send(url):
    client = InfluxDBClient3(host=url, token="t", database="home", auth_scheme="Bearer")
    client.write("home temp=21.5")
"""

_LEFT = """\
from influxdb_client_3 import InfluxDBClient3

InfluxDBClient3(host="https://127.0.0.1:9", token="t", auth_scheme="Token")
"""

_RUN = """
Recording.send_response = lambda self, code, say=Recording.send_response: (
    print("scheme:", self.headers["authorization"]),
    say(self, code),
)
send(URL)
"""

RULE = Rule(
    id="INF013",
    title="`auth_scheme` is honoured",
    library="influxdb3-python",
    link="https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md",
    was="Writes carry `Authorization: Token …` whatever is said.",
    now="They carry the scheme that is said.",
    proof=Proof.RAN,
    level=Level.ADVICE,
    needles=(b"auth_scheme",),
    apply=find,
    examples=(
        Example(
            title="A scheme that was ignored",
            before=_BEFORE,
            flags=((5, Level.ADVICE),),
            probe=Probe(script=SERVER + _RUN, old="scheme: Token t", broken="scheme: Bearer t"),
        ),
        Example(title="The usual scheme", before=_LEFT),
    ),
)
