"""Services that write: at once, in batches, by a client that is entered."""

from __future__ import annotations

from transforms.influxdb_client.samples_probe import writes
from transforms.rule import Example

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

_MODULE = """\
from influxdb_client import InfluxDBClient
import influxdb_client.client.write.point as points
import influxdb_client.client.write_api as writing


def send(url):
    client = InfluxDBClient(url=url, token="t", org="o")
    api = client.write_api(write_options=writing.SYNCHRONOUS)
    api.write("home", record=points.Point("home").field("temp", 21.5))
    client.close()
"""

_MODULE_AFTER = """\
from influxdb_client_3 import InfluxDBClient3
import influxdb_client_3 as points


def send(url):
    client = InfluxDBClient3(host=url, token="t", org="o")
    api = client
    api.write(database="home", record=points.Point("home").field("temp", 21.5))
    client.close()
"""

EXAMPLES = (
    Example(
        title="A module of the client under a name",
        before=_MODULE,
        after=_MODULE_AFTER,
        notes=(7,),
        probe=writes("['home temp=21.5']"),
    ),
    Example(
        title="Synchronous writes",
        before=_BEFORE,
        after=_AFTER,
        notes=(8,),
        probe=writes("['home,room=a temp=21.5 1']"),
    ),
    Example(
        title="Batches with a callback, kept by a class, everything written out",
        before=_BATCHES,
        after=_BATCHES_AFTER,
        notes=(7,),
        probe=writes("['home temp=20.5', 'home temp=21.5']"),
    ),
    Example(
        title="Entered with `with`, points from another file",
        before=_ENTERED,
        after=_ENTERED_AFTER,
        notes=(9,),
        others={"points.py": _POINTS},
        others_after={"points.py": _POINTS.replace("influxdb_client.client.write.point", "influxdb_client_3")},
        probe=writes("['home temp=21.5']"),
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
)
