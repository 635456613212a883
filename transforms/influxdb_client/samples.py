"""Services that write, before and after: the examples of the rule for the whole client."""

from __future__ import annotations

from transforms.influxdb3_python.recording import SERVER
from transforms.model import Level
from transforms.rule import Example, Probe

_BEFORE = """\
from influxdb_client import InfluxDBClient, Point, WritePrecision
from influxdb_client.client.write_api import SYNCHRONOUS

BUCKET = "home"


def send(url):
    client = InfluxDBClient(url=url, token="t", org="o")
    write_api = client.write_api(write_options=SYNCHRONOUS)
    point = Point("home").tag("room", "a").field("temp", 21.5).time(1, WritePrecision.S)
    write_api.write(bucket=BUCKET, org="o", record=point)
    client.close()
"""

_AFTER = """\
from influxdb_client_3 import InfluxDBClient3, Point, WritePrecision

BUCKET = "home"


def send(url):
    client = InfluxDBClient3(host=url, token="t", org="o")
    write_api = client
    point = Point("home").tag("room", "a").field("temp", 21.5).time(1, WritePrecision.S)
    write_api.write(database=BUCKET, record=point)
    client.close()
"""

_BATCHES = """\
import influxdb_client as db
from influxdb_client.client.exceptions import InfluxDBError


class Store:
    def __init__(self, url, token="t"):
        self.client = db.InfluxDBClient(
            url,
            token,
            timeout=5_000,  # milliseconds
            org="o",
        )
        self.write_api = self.client.write_api(error_callback=self.bad)

    def bad(self, conf, data, error: InfluxDBError):
        print("failed", error)

    def send(self, points):
        self.write_api.write("home", "o", points, db.WritePrecision.S)

    def close(self):
        self.write_api.close()
        self.client.close()


def send(url):
    store = Store(url)
    store.send([db.Point("home").field("temp", 20.5), "home temp=21.5"])
    store.close()
"""

_BATCHES_AFTER = """\
import influxdb_client_3 as db
from influxdb_client_3.exceptions import InfluxDBError


class Store:
    def __init__(self, url, token="t"):
        self.client = db.InfluxDBClient3(
            host=url,
            token=token,
            write_timeout=5_000,
            query_timeout=5_000,  # milliseconds
            org="o",
            write_client_options=db.write_client_options(write_options=db.WriteOptions(), error_callback=self.bad),
        )
        self.write_api = self.client

    def bad(self, conf, data, error: InfluxDBError):
        print("failed", error)

    def send(self, points):
        self.write_api.write(database="home", record=points, write_precision=db.WritePrecision.S)

    def close(self):
        self.write_api.close()
        self.client.close()


def send(url):
    store = Store(url)
    store.send([db.Point("home").field("temp", 20.5), "home temp=21.5"])
    store.close()
"""

_ENTERED = """\
from influxdb_client import InfluxDBClient, WriteOptions
from influxdb_client.rest import ApiException

from points import point


def send(url):
    try:
        with InfluxDBClient(
            url=url,
            token="t",
            org="o"
        ) as client:
            with client.write_api(write_options=WriteOptions(batch_size=1)) as writer:
                writer.write(bucket="home", record=point(21.5))
    except ApiException as error:
        print(error.status)
"""

_ENTERED_AFTER = """\
from influxdb_client_3 import InfluxDBClient3, write_client_options, WriteOptions
from influxdb_client_3.write_client.rest import ApiException

from points import point


def send(url):
    try:
        with InfluxDBClient3(
            host=url,
            token="t",
            org="o",
            write_client_options=write_client_options(write_options=WriteOptions(batch_size=1))
        ) as client:
            with client as writer:
                writer.write(database="home", record=point(21.5))
    except ApiException as error:
        print(error.status)
"""

_POINTS = """\
from influxdb_client.client.write.point import Point


def point(temp: float) -> Point:
    return Point("home").field("temp", temp)
"""

_PORT = """\
from influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS

client = InfluxDBClient("http://127.0.0.1", "t", org="o")
client.write_api(SYNCHRONOUS).write("home", record="home temp=21.5")
"""

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

_LEFT = """\
from influxdb import InfluxDBClient
from influxdb_client_3 import InfluxDBClient3

name = "influxdb_client.InfluxDBClient"
client = InfluxDBClient("localhost", 8086, database="home")


def send(record):
    client.write(record)
    InfluxDBClient3(host="http://influx:8181").write(record)
"""

_RUN = SERVER + "\nsend(URL)\nprint(lines)\n"


def _probe(lines: str) -> Probe:
    return Probe(script=_RUN, old=lines, broken="No module named 'influxdb_client'", works=lines)


EXAMPLES = (
    Example(
        title="Synchronous writes",
        before=_BEFORE,
        after=_AFTER,
        notes=(8,),
        probe=_probe("['home,room=a temp=21.5 1']"),
    ),
    Example(
        title="Batches with a callback, kept by a class, everything written out",
        before=_BATCHES,
        after=_BATCHES_AFTER,
        notes=(7,),
        probe=_probe("['home temp=20.5', 'home temp=21.5']"),
    ),
    Example(
        title="Entered with `with`, points from another file",
        before=_ENTERED,
        after=_ENTERED_AFTER,
        notes=(9,),
        others={"points.py": _POINTS},
        others_after={"points.py": _POINTS.replace("influxdb_client.client.write.point", "influxdb_client_3")},
        probe=_probe("['home temp=21.5']"),
    ),
    Example(
        title="An address without a port",
        before=_PORT,
        after=_PORT.replace('Client("http://127.0.0.1", "t"', 'Client3(host="http://127.0.0.1:80", token="t"')
        .replace("import InfluxDBClient\n", "import InfluxDBClient3\n")
        .replace("from influxdb_client.client.write_api import SYNCHRONOUS\n", "")
        .replace('.write_api(SYNCHRONOUS).write("home"', '.write(database="home"')
        .replace("influxdb_client ", "influxdb_client_3 "),
        notes=(4,),
    ),
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
        probe=_probe("['home temp=20.5', 'home temp=1.5 1704067200000000000']"),
    ),
    Example(
        title="Points that a test compares",
        before=_COMPARED,
        after=_COMPARED_AFTER,
        probe=Probe(old="equal", broken="No module named 'influxdb_client'", works="equal"),
    ),
    Example(title="A mock in its place", before=_BY_NAME, flags=((11, Level.BREAKS),)),
    Example(title="The 1.x client, the 3.x client, a name in a string", before=_LEFT),
)
"""One for every shape."""
