"""The version module moved from `influxdb_client_3.write_client.version` to `influxdb_client_3.version`.

https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md
"""

from __future__ import annotations

from transforms.influxdb3_python.moved import moved
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rule import Example, Probe, Rule, Verdicts

_OLD = "influxdb_client_3.write_client.version"
_NEW = "influxdb_client_3.version"


def find(page: Page) -> Verdicts:
    """Imports and dotted uses of the old module."""
    return moved(page, _OLD, _NEW, frozenset({"VERSION"}))


_BEFORE = f"""\
from {_OLD} import VERSION

print("client is new:", VERSION != "")
"""

_DOTTED = f"""\
import {_OLD}

print("client is new:", {_OLD}.VERSION != "")
"""

_LEFT = """\
from influxdb_client_3.version import VERSION
from influxdb_client_3.write_client import VERSION as SAME
"""

_PROBE = Probe(
    old="client is new: True",
    broken="No module named 'influxdb_client_3.write_client.version'",
    works="client is new: True",
)

RULE = Rule(
    id="INF002",
    title="`write_client.version` moved to `influxdb_client_3.version`",
    library="influxdb3-python",
    link="https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md",
    was="`VERSION` is imported from `influxdb_client_3.write_client.version`.",
    now="`ModuleNotFoundError: No module named 'influxdb_client_3.write_client.version'`.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"version",),
    apply=find,
    examples=(
        Example(title="The number is imported", before=_BEFORE, after=_BEFORE.replace(_OLD, _NEW), probe=_PROBE),
        Example(
            title="The module is written out in full",
            before=_DOTTED,
            after=_DOTTED.replace(_OLD, _NEW),
            probe=_PROBE,
        ),
        Example(title="The new place, and one that exists on both", before=_LEFT),
    ),
)
