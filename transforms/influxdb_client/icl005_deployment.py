"""The 3.x client reads other variables of its deployment, and what was a bucket is a database.

https://github.com/InfluxCommunity/influxdb3-python#readme
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from transforms.influxdb_client.compose import about
from transforms.influxdb_client.server import may_tell
from transforms.influxdb_client.whole import uses_old
from transforms.model import Level, Proof
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_KEY = r"""(?:^|[\s"'{,-])(?:name:\s*)?["']?(?P<key>%s)["']?\s*(?:[:=]|$)"""
_ABOVE = re.compile(r"(?:^|/)(?:docker-)?compose[\w.-]*\.ya?ml$")
_READ = re.compile(_KEY % r"INFLUXDB_V2_\w+", re.ASCII)
_BUCKET = re.compile(_KEY % r"\w*INFLUX\w*BUCKET\w*", re.ASCII | re.IGNORECASE)
_SUCCESSORS = {
    "INFLUXDB_V2_URL": "it reads `INFLUX_HOST`, and needs `INFLUX_DATABASE` beside it",
    "INFLUXDB_V2_TOKEN": "it reads `INFLUX_TOKEN`",
    "INFLUXDB_V2_ORG": "it reads `INFLUX_ORG`",
    "INFLUXDB_V2_TIMEOUT": "it reads `INFLUX_WRITE_TIMEOUT` and `INFLUX_QUERY_TIMEOUT`, in milliseconds",
}
_NONE = "say it where the client is created"
_NAMED = "is passed as `database=` now: on InfluxDB 3 a database of that name has to exist, its retention set there"


def survey(tree: Tree) -> Verdicts:
    """The settings in the service's own deployment files, and in what a compose file above says of it."""
    pages = [page for page in tree.pages(b"influxdb_client") if uses_old(page)]
    if pages:
        by_environment = any(b"from_env_properties" in tree.files[page.path] for page in pages)
        for path in tree.paths():
            if may_tell(path) and PurePosixPath(path).suffix != ".py":
                own = enumerate(_lines(tree.files[path]), start=1)
                yield from _settings(path, own, by_environment=by_environment)
        for path in sorted(tree.files):
            if not tree.inside(path) and _ABOVE.search(path):
                lines = about(_lines(tree.files[path]), PurePosixPath(path).parent, tree.root)
                yield from _settings(path, lines, by_environment=by_environment)


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").splitlines()


def _settings(path: str, lines: Iterable[tuple[int, str]], *, by_environment: bool) -> Iterator[Flag]:
    told = set()
    for number, line in lines:
        if line.lstrip().startswith("#"):
            continue
        read, bucket = _READ.search(line), _BUCKET.search(line)
        if read is not None and by_environment:
            key = read["key"]
            message = f"the 3.x client does not read `{key}`: {_SUCCESSORS.get(key, _NONE)}"
            yield Flag(number, message, level=Level.BREAKS, file=path)
        elif bucket is not None and bucket["key"] not in told:
            told.add(bucket["key"])
            yield Flag(number, f"the bucket in `{bucket['key']}` {_NAMED}", file=path)


_BEFORE = """\
from influxdb_client import InfluxDBClient

client = InfluxDBClient.from_env_properties()
print("asks", client.url)
"""

_COMPOSE = """\
services:
  app:
    build: .
    environment:
      # INFLUXDB_BUCKET: of old
      INFLUXDB_BUCKET: home
      - INFLUXDB_BUCKET=home
"""

_LEFT = """\
import os

from influxdb_client_3 import InfluxDBClient3

client = InfluxDBClient3.from_env()
bucket = os.environ["INFLUXDB_BUCKET"]
"""

RULE = Rule(
    id="ICL005",
    title="Variables of the deployment",
    library="influxdb-client",
    link="https://github.com/InfluxCommunity/influxdb3-python#readme",
    was="`InfluxDBClient.from_env_properties()` reads `INFLUXDB_V2_URL` and its like; a bucket is written to.",
    now=(
        "`InfluxDBClient3.from_env()` reads `INFLUX_HOST`, `INFLUX_TOKEN` and `INFLUX_DATABASE` and refuses to "
        "go on without: `ValueError: Missing required environment variables`. A bucket is a database."
    ),
    proof=Proof.RAN,
    level=Level.ADVICE,
    survey=survey,
    examples=(
        Example(
            title="A client made from the environment, a bucket that the deployment names",
            before=_BEFORE,
            others={
                ".env": "INFLUXDB_V2_URL=http://influx:8086\nINFLUXDB_V2_TAG_ROOM=a\nLOG=INFO\n",
                "compose.yaml": _COMPOSE,
            },
            flags=((".env", 1, Level.BREAKS), (".env", 2, Level.BREAKS), ("compose.yaml", 6, Level.ADVICE)),
            probe=Probe(old="asks http://localhost:8086", broken="No module named 'influxdb_client'"),
        ),
        Example(
            title="Other variables, and a service that has the 3.x client",
            before=_LEFT,
            others={".env": "INFLUXDB_BUCKET=home\nINFLUXDB_V2_URL=http://influx:8086\n"},
        ),
    ),
)
