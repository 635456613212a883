"""Services that hand clients and points around, and those that are left alone."""

from __future__ import annotations

from transforms.influxdb_client.samples_probe import writes
from transforms.model import Level
from transforms.rule import Example, Probe

_HANDED = """\
import pandas as pd
from influxdb_client import InfluxDBClient, Point
from influxdb_client.client.write_api import SYNCHRONOUS


def opened(url):
    try:
        client = InfluxDBClient(url=url, token="t", org="o")
    except ValueError:
        return None, None
    return client, client.write_api(write_options=SYNCHRONOUS)


def send(url):
    client, write_api = opened(url)
    write_api.write("home", "o", Point("home").field("temp", 20.5))
    rows = pd.DataFrame({"temp": [1.5]}, index=pd.to_datetime(["2024-01-01"], utc=True))
    write_api.write(bucket="home", record=rows, data_frame_measurement_name="home")
    client.close()
"""

_HANDED_AFTER = """\
import pandas as pd
from influxdb_client_3 import InfluxDBClient3, Point


def opened(url):
    try:
        client = InfluxDBClient3(host=url, token="t", org="o")
    except ValueError:
        return None, None
    return client, client


def send(url):
    client, write_api = opened(url)
    write_api.write(database="home", org="o", record=Point("home").field("temp", 20.5))
    rows = pd.DataFrame({"temp": [1.5]}, index=pd.to_datetime(["2024-01-01"], utc=True))
    write_api.write(database="home", record=rows, data_frame_measurement_name="home")
    client.close()
"""

_COMPARED = """\
from influxdb_client import Point


def test_home():
    point = Point("home").field("temp", 21.5)
    assert point == Point("home").field("temp", 21.5)


test_home()
print("equal")
"""

_COMPARED_AFTER = """\
from influxdb_client_3 import Point


def test_home():
    point = Point("home").field("temp", 21.5)
    assert point.to_line_protocol() == Point("home").field("temp", 21.5).to_line_protocol()


test_home()
print("equal")
"""

_FLAGGED = """\
from influxdb_client import InfluxDBClient, Point
from influxdb_client.client.influxdb_client_async import InfluxDBClientAsync


def open(settings):
    return InfluxDBClient(**settings)


def send(client, url):
    InfluxDBClient(url="http://influx:8086/prefix", token="t")
    client.write_api().write(bucket="home", record=Point("home").field("temp", 21.5))
"""

_BY_NAME = """\
from unittest.mock import patch

from influxdb_client import InfluxDBClient


def open(url):
    return InfluxDBClient(url=url)


def test_open():
    with patch("influxdb_client.InfluxDBClient"):
        open("http://influx:8086")
"""

_PATCHED = """\
def test_open(mocker):
    mocker.patch("app.InfluxDBClient")
    mocker.patch("influxdb.InfluxDBClient")
"""

_BY_IMPORT = """\
from influxdb_client import InfluxDBClient

client = InfluxDBClient(url="http://influx:8086", token="t", org="o")
"""

_IMPORTED = """\
import importlib

Point = importlib.import_module("influxdb_client").Point
name = "influxdb_client"
"""

_LEFT = """\
from influxdb import InfluxDBClient
from influxdb_client_3 import InfluxDBClient3

name = "influxdb_client.InfluxDBClient"
client = InfluxDBClient("localhost", 8086, database="home")


def send(record):
    client.write(record)
    InfluxDBClient3(host="http://influx:8181").write(record)
"""

EXAMPLES = (
    Example(
        title="What cannot be seen to the end: nothing is rewritten",
        before=_FLAGGED,
        flags=((2, Level.BREAKS), (6, Level.BREAKS), (10, Level.BREAKS), (11, Level.BREAKS)),
    ),
    Example(
        title="A write API that is handed on, rows at once",
        before=_HANDED,
        after=_HANDED_AFTER,
        notes=(8,),
        probe=writes("['home temp=20.5', 'home temp=1.5 1704067200000000000']"),
    ),
    Example(
        title="Points that a test compares",
        before=_COMPARED,
        after=_COMPARED_AFTER,
        probe=Probe(old="equal", broken="No module named 'influxdb_client'", works="equal"),
    ),
    Example(
        title="A mock in its place",
        before=_BY_NAME,
        after=_BY_NAME.replace("influxdb_client import", "influxdb_client_3 import")
        .replace("InfluxDBClient", "InfluxDBClient3")
        .replace("(url=", "(host=")
        .replace("influxdb_client.", "influxdb_client_3."),
        others={"tests/test_app.py": _PATCHED},
        others_after={"tests/test_app.py": _PATCHED.replace("app.InfluxDBClient", "app.InfluxDBClient3")},
        notes=(2, 7, 11),
        probe=Probe(
            script='\n\ntest_open()\nprint("mocked")\n',
            old="mocked",
            broken="No module named 'influxdb_client'",
            works="mocked",
        ),
    ),
    Example(
        title="A module imported by its name",
        before=_BY_IMPORT,
        others={"points.py": _IMPORTED},
        flags=(("points.py", 3, Level.BREAKS),),
    ),
    Example(title="The 1.x client, the 3.x client, a name in a string", before=_LEFT),
)
"""One for every shape."""
