"""A keyword that `write` does not know is refused; it was ignored.

https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md
"""

from __future__ import annotations

from transforms.influxdb3_python.clients import method_calls
from transforms.influxdb3_python.recording import SERVER
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts

SERIALIZING = frozenset(
    {"data_frame_measurement_name", "data_frame_tag_columns", "data_frame_timestamp_column"}
    | {"data_frame_timestamp_timezone", "record_measurement_key", "record_measurement_name", "record_time_key"}
    | {"record_tag_keys", "record_field_keys"}
)
"""Keywords of ``write`` that say how a DataFrame, dict or object becomes lines."""

_KNOWN = SERIALIZING | {
    *("record", "database", "bucket", "org", "write_precision", "no_sync"),
    *("async_req", "_return_http_data_only", "_preload_content", "_request_timeout", "urlopen_kw"),
    *("zap_trace_span", "content_encoding", "content_type", "content_length", "accept", "org_id", "precision"),
}


def find(page: Page) -> Verdicts:
    """``client.write(..., foo=1)``."""
    for call, _ in method_calls(page, "write"):
        for arg in call.args:
            if arg.keyword is not None and arg.keyword.value not in _KNOWN:
                name = arg.keyword.value
                yield Flag(arg, f"`write` refuses `{name}=`, which it ignored before: take it out")


_BEFORE = """\
from influxdb_client_3 import InfluxDBClient3


def send(url):
    client = InfluxDBClient3(host=url, token="t", database="home")
    client.write("home temp=21.5", measurement="home")
"""

_LEFT = """\
from influxdb_client_3 import InfluxDBClient3


def send(url, path, options):
    with InfluxDBClient3(host=url, token="t", database="home") as client:
        client.write(record="home temp=21.5", database="other", write_precision="s", _request_timeout=5)
        client.write([{"m": "home"}], record_measurement_key="m", **options)
    with open(path, "w") as file:
        file.write("home", whatever=1)
"""

RULE = Rule(
    id="INF007",
    title="`write` refuses keywords that it does not know",
    library="influxdb3-python",
    link="https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md",
    was="`client.write(record, foo=1)` ignores `foo`.",
    now="`TypeError: Got an unexpected keyword argument 'foo' to method post_write`.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"influxdb_client_3",),
    apply=find,
    examples=(
        Example(
            title="A keyword that never meant anything",
            before=_BEFORE,
            flags=((6, Level.BREAKS),),
            probe=Probe(
                script=SERVER + "send(URL)\nprint(lines)\n",
                old="['home temp=21.5']",
                broken="Got an unexpected keyword argument 'measurement' to method post_write",
            ),
        ),
        Example(title="Keywords that are known, and another object's `write`", before=_LEFT),
    ),
)
