"""A compose file above the service's folder: only what it says of this service is told."""

from __future__ import annotations

from transforms import engine
from transforms.registry import exports, rule
from transforms.tree import Tree

COMPOSE = b"""\
x-shared:
  INFLUXDB_BUCKET: shared
services:
  # the one that is looked at
  app:
    build: {build}
    environment:
      INFLUXDB_BUCKET: home
  other:
    build: ./other
    environment:
      INFLUXDB_BUCKET: elsewhere
volumes:
  INFLUXDB_BUCKET:
"""
APP = b"from influxdb_client import InfluxDBClient\n\nclient = InfluxDBClient(url='http://h:8086', token='t')\n"


def told(build: bytes, root: str = "services/app") -> list[tuple[str, int]]:
    files = {f"{root}/app.py": APP, "docker-compose.prod.yml": COMPOSE.replace(b"{build}", build)}
    result = engine.run(Tree(files, root, exports=exports()), [rule("ICL005")])
    return [(f.file, f.line) for f in result.findings]


def test_the_bucket_of_the_service_that_is_built_from_the_folder_is_told() -> None:
    assert told(b"./services/app") == [("docker-compose.prod.yml", 8)]


def test_a_build_that_names_its_context_is_one_too() -> None:
    assert told(b"\n      context: services/app/") == [("docker-compose.prod.yml", 9)]


def test_the_bucket_of_a_service_that_is_built_elsewhere_is_not() -> None:
    assert told(b"./services/apps") == []
