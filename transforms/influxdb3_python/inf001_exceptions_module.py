"""The exceptions moved to `influxdb_client_3.exceptions`; the old module is gone.

https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md
"""

from __future__ import annotations

from transforms.influxdb3_python.moved import moved
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rule import Example, Probe, Rule, Verdicts

_OLD = "influxdb_client_3.write_client.client.exceptions"
_NEW = "influxdb_client_3.exceptions"


def find(page: Page) -> Verdicts:
    """Imports of the old module, its dotted uses, patches by name."""
    return moved(page, _OLD, _NEW, frozenset({"InfluxDBError"}))


_BEFORE = f"""\
from influxdb_client_3 import Point
from {_OLD} import InfluxDBError as Failed  # writes


def write(client):
    try:
        client.write(Point("home").field("temp", 21.5))
    except Failed:
        return False
"""

_DOTTED = f"""\
import {_OLD}


def write(client):
    try:
        client.write("home temp=21.5")
    except {_OLD}.InfluxDBError:
        return False
"""

_MODULE = """\
from unittest.mock import patch

from influxdb_client_3.write_client.client import exceptions

broken = exceptions.InfluxDBError
patched = patch("influxdb_client_3.write_client.client.exceptions.InfluxDBError")
"""

_OTHER = f"""\
import influxdb_client_3.write_client.client as inner
from influxdb_client_3.write_client.client import exceptions, write_api
from {_OLD} import HTTPResponse

broken = inner.exceptions.InfluxDBError
"""

_LEFT = """\
from influxdb_client_3 import InfluxDBError
from influxdb_client_3.write_client.rest import ApiException

try:
    from influxdb_client_3.exceptions import InfluxDBError as Failed
except ImportError:
    from influxdb_client_3.write_client.client.exceptions import InfluxDBError as Failed
"""


def _moved(text: str) -> str:
    return text.replace(_OLD, _NEW).replace("write_client.client import exceptions", "import exceptions")


RULE = Rule(
    id="INF001",
    title="`write_client.client.exceptions` moved to `influxdb_client_3.exceptions`",
    library="influxdb3-python",
    link="https://github.com/InfluxCommunity/influxdb3-python/blob/main/CHANGELOG.md",
    was="`InfluxDBError` is imported from `influxdb_client_3.write_client.client.exceptions`.",
    now="`ModuleNotFoundError: No module named 'influxdb_client_3.write_client.client.exceptions'`.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"exceptions",),
    apply=find,
    examples=(
        Example(
            title="The class is imported from the old module",
            before=_BEFORE,
            after=_moved(_BEFORE),
            probe=Probe(
                script="\nprint('caught', issubclass(Failed, Exception))\n",
                old="caught True",
                broken="No module named 'influxdb_client_3.write_client.client.exceptions'",
                works="caught True",
            ),
        ),
        Example(
            title="The old module is written out in full",
            before=_DOTTED,
            after=_moved(_DOTTED),
            probe=Probe(
                script="\ntry:\n    write(None)\nexcept AttributeError:\n    print('imported')\n",
                old="imported",
                broken="No module named 'influxdb_client_3.write_client.client.exceptions'",
                works="imported",
            ),
        ),
        Example(
            title="The module itself is imported, or patched by name",
            before=_MODULE,
            after=_MODULE.replace(
                "influxdb_client_3.write_client.client import", "influxdb_client_3 import"
            ).replace(_OLD, _NEW),
            probe=Probe(
                script="\npatched.start()\nprint('patched', exceptions.InfluxDBError is not broken)\n",
                old="patched True",
                broken="cannot import name 'exceptions'",
                works="patched True",
            ),
        ),
        Example(
            title="Something that the new module does not have, several things at once",
            before=_OTHER,
            flags=((2, Level.BREAKS), (3, Level.BREAKS), (5, Level.BREAKS)),
        ),
        Example(title="Names that exist on both, and a guarded import that tries the new one first", before=_LEFT),
    ),
)
