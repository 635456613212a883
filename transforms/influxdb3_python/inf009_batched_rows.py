"""A client that batches loses DataFrames and other serialised records on 0.17 without an exception; 0.18 does not.

https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md
"""

from __future__ import annotations

import libcst as cst

from transforms.influxdb3_python.clients import batches, method_calls
from transforms.influxdb3_python.inf007_unknown_keyword import SERIALIZING
from transforms.influxdb3_python.recording import SERVER
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts

_MESSAGE = (
    "this client batches: on 0.17 every row written here is lost, without an exception. "
    "Write it with a synchronous client, or require 0.18, which has it repaired"
)


def find(page: Page) -> Verdicts:
    """Rows that have to be serialised, written by a client that batches."""
    for call, client in method_calls(page, "write", "write_dataframe", "write_file"):
        if client.call is not None and _is_serialised(call) and batches(client.page, client.call):
            yield Flag(call, _MESSAGE)


def _is_serialised(call: cst.Call) -> bool:
    named = {arg.keyword.value for arg in call.args if arg.keyword is not None}
    plain = isinstance(call.func, cst.Attribute) and call.func.attr.value == "write"
    return not plain or bool(SERIALIZING & named)


_BEFORE = """\
import pandas as pd
from influxdb_client_3 import InfluxDBClient3, WriteOptions, write_client_options


def send(url):
    rows = pd.DataFrame({"temp": [20.5, 21.5]}, index=pd.to_datetime(["2024-01-01", "2024-01-02"], utc=True))
    options = write_client_options(write_options=WriteOptions(batch_size=1))
    with InfluxDBClient3(host=url, token="t", database="home", write_client_options=options) as client:
        client.write(rows, data_frame_measurement_name="home")
"""

_DICTS = """\
from influxdb_client_3 import InfluxDBClient3, WriteOptions


class Store:
    def __init__(self, url):
        options = dict(write_options=WriteOptions(flush_interval=1_000))
        self.client = InfluxDBClient3(host=url, token="t", database="home", write_client_options=options)

    def send(self):
        self.client.write({"room": "a", "temp": 1.5}, record_measurement_name="home", record_field_keys=["temp"])
        self.client.close()


def send(url):
    Store(url).send()
"""

_LEFT = """\
from influxdb_client_3 import SYNCHRONOUS, InfluxDBClient3, Point, WriteOptions, write_client_options


def send(url, rows, options):
    with InfluxDBClient3(host=url, write_client_options=write_client_options(write_options=WriteOptions())) as b:
        b.write(Point("home").field("temp", 21.5))
        b.write(["home temp=21.5"], write_precision="s")
    InfluxDBClient3(host=url).write(rows, data_frame_measurement_name="home")
    InfluxDBClient3(host=url, write_client_options=options).write(rows, data_frame_measurement_name="home")
    one = InfluxDBClient3(host=url, write_client_options=write_client_options(write_options=SYNCHRONOUS))
    one.write_file("rows.csv", measurement_name="home")
"""

_RUN = SERVER + "\nsend(URL)\nprint('lines:', len(lines))\n"

RULE = Rule(
    id="INF009",
    title="DataFrames and dictionaries written in batches are lost on 0.17",
    library="influxdb3-python",
    link="https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md",
    was="A batching client serialises and sends them.",
    now=(
        "Nothing is sent and nothing raised: `TypeError: Got an unexpected keyword argument "
        "'data_frame_measurement_name' to method post_write` reaches only `error_callback`. 0.18 has it repaired."
    ),
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"influxdb_client_3",),
    apply=find,
    examples=(
        Example(
            title="A DataFrame",
            before=_BEFORE,
            flags=((9, Level.BREAKS),),
            probe=Probe(script=_RUN, old="lines: 2", broken="lines: 0"),
        ),
        Example(
            title="A dictionary with keys that are told, a client kept by a class",
            before=_DICTS,
            flags=((10, Level.BREAKS),),
            probe=Probe(script=_RUN, old="lines: 1", broken="lines: 0"),
        ),
        Example(title="Points and lines in batches, rows at once, options that are not known", before=_LEFT),
    ),
)
