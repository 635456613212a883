"""The 3.x client has no API for deleting, buckets, tasks, users and the like.

https://github.com/InfluxCommunity/influxdb3-python#readme
"""

from __future__ import annotations

from transforms.influxdb_client.whole import whole
from transforms.model import Level, Proof
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree


def survey(tree: Tree) -> Verdicts:
    """Every use of an API that is gone."""
    yield from tree.once(whole).missing


_BEFORE = """\
from influxdb_client import InfluxDBClient

client = InfluxDBClient(url="http://127.0.0.1:9", token="t", org="o")
delete, buckets = client.delete_api(), client.buckets_api()
print("alive", client.ping())
"""

_LEFT = """\
from influxdb_client import InfluxDBClient, Point

client = InfluxDBClient(url="http://127.0.0.1:9", token="t", org="o")


def alive(redis):
    return redis.ping()
"""

RULE = Rule(
    id="ICL003",
    title="Deleting, buckets, tasks, users, health",
    library="influxdb-client",
    link="https://github.com/InfluxCommunity/influxdb3-python#readme",
    was="`client.delete_api()`, `client.buckets_api()`, `client.ping()` and the like manage a 2.x server.",
    now="`InfluxDBClient3` has none of them; InfluxDB 3 deletes no single points and has no tasks.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    survey=survey,
    examples=(
        Example(
            title="An API, a question about health",
            before=_BEFORE,
            flags=((4, Level.BREAKS), (5, Level.BREAKS)),
            probe=Probe(old="alive False", broken="No module named 'influxdb_client'"),
        ),
        Example(title="A client that does none of this, another object", before=_LEFT),
    ),
)
