"""However a library is imported, its old names are found: aliases, stars, guards, types, re-exports, strings."""

from __future__ import annotations

import pytest

from transforms import engine
from transforms.model import Verdict
from transforms.registry import exports, rules
from transforms.tree import Tree

TENACITY = {
    "an alias": (
        "import tenacity as t\n\n\n@t.retry\ndef f(): ...\n\n\nprint(f.retry.statistics)\n",
        "import tenacity as t\n\n\n@t.retry\ndef f(): ...\n\n\nprint(f.statistics)\n",
    ),
    "a star": (
        "from tenacity import *\n\n\n@retry\ndef f(): ...\n\n\nprint(f.retry.statistics)\n",
        "from tenacity import *\n\n\n@retry\ndef f(): ...\n\n\nprint(f.statistics)\n",
    ),
    "a guard": (
        "try:\n    from tenacity._asyncio import AsyncRetrying\nexcept ImportError:\n    AsyncRetrying = None\n",
        "try:\n    from tenacity import AsyncRetrying\nexcept ImportError:\n    AsyncRetrying = None\n",
    ),
    "types only": (
        "from typing import TYPE_CHECKING\n\n"
        "if TYPE_CHECKING:\n    from tenacity._asyncio import AsyncRetrying\n\n\n"
        'def f(r: "AsyncRetrying"): ...\n',
        "from typing import TYPE_CHECKING\n\n"
        "if TYPE_CHECKING:\n    from tenacity import AsyncRetrying\n\n\n"
        'def f(r: "AsyncRetrying"): ...\n',
    ),
    "a lookup by name": (
        'import importlib\n\nprivate = importlib.import_module("tenacity._asyncio")\n',
        'import importlib\n\nprivate = importlib.import_module("tenacity.asyncio")\n',
    ),
}

MQTT = {
    "an alias": (
        'import asyncio_mqtt as mq\n\n\ndef f():\n    return mq.Client("h", client_id="a")\n',
        'import aiomqtt as mq\n\n\ndef f():\n    return mq.Client("h", identifier="a")\n',
    ),
    "a star": (
        'from asyncio_mqtt import *\n\n\ndef f():\n    return Client("h", client_id="a")\n',
        'from aiomqtt import *\n\n\ndef f():\n    return Client("h", identifier="a")\n',
    ),
    "a guard": (
        "try:\n    from asyncio_mqtt import Client\nexcept ImportError:\n    Client = None\n\n\n"
        'def f():\n    return Client("h", client_id="a")\n',
        "try:\n    from aiomqtt import Client\nexcept ImportError:\n    Client = None\n\n\n"
        'def f():\n    return Client("h", identifier="a")\n',
    ),
    "types only, and a member that must be there at run time": (
        "from typing import TYPE_CHECKING\n\nimport asyncio_mqtt\n\n"
        "if TYPE_CHECKING:\n    import asyncio_mqtt as mq\n\n\n"
        'def f(c: "mq.Client"):\n    return c.id, asyncio_mqtt.Client("h", protocol=4)\n',
        "from typing import TYPE_CHECKING\n\nimport aiomqtt\n\n"
        "if TYPE_CHECKING:\n    import aiomqtt as mq\n\n\n"
        'def f(c: "mq.Client"):\n    return c.identifier, '
        'aiomqtt.Client("h", protocol=aiomqtt.ProtocolVersion.V311)\n',
    ),
    "a lookup by name": (
        'import sys\n\nlibrary = sys.modules.get("asyncio_mqtt")\n',
        'import sys\n\nlibrary = sys.modules.get("aiomqtt")\n',
    ),
}

_PYTEST = "@{0}.slow\n@{1}\ndef f(): ...\n\n\ndef test_f(f):\n    with {2}(ValueError{3}): ...\n"


def _suite(head: str, mark: str, fixture: str, raises: str) -> tuple[str, str]:
    """A test module before and after: the mark leaves the fixture, and the empty ``match`` goes."""
    text = f"{head}\n\n\n" + _PYTEST
    before = text.format(mark, fixture, raises, ', match=""')
    return before, text.format(mark, fixture, raises, "").replace(f"@{mark}.slow\n", "")


PYTEST = {
    "an alias": _suite("import pytest as p", "p.mark", "p.fixture", "p.raises"),
    "a star": _suite("from pytest import *", "mark", "fixture", "raises"),
    "aliases": (
        _suite("from pytest import fixture as fx, mark as m, raises as r", "m", "fx", "r")[0],
        _suite("from pytest import fixture as fx, raises as r", "m", "fx", "r")[1],
    ),
    "a guard": _suite(
        "try:\n    import pytest\nexcept ImportError:\n    pytest = None",
        "pytest.mark",
        "pytest.fixture",
        "pytest.raises",
    ),
    "types only": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import pytest\n\n\n"
        'def pytest_ignore_collect(path, config: "pytest.Config"): ...\n',
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import pytest\n\n\n"
        'def pytest_ignore_collect(collection_path, config: "pytest.Config"): ...\n',
    ),
}

_TIMED = "\n\n\ndef f():\n    return {}(host=URL, timeout=5)\n"
_LIMITS = "\n\n\ndef f():\n    return {}(host=URL, write_timeout=5, query_timeout=5)\n"
_OLD_ERRORS = "from influxdb_client_3.write_client.client.exceptions import InfluxDBError"
_TYPED = 'from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    {}\n\n\ndef f(e: "InfluxDBError"): ...\n'
_NEW_ERRORS = "from influxdb_client_3.exceptions import InfluxDBError"

INFLUX3 = {
    "an alias": (
        "import influxdb_client_3 as i" + _TIMED.format("i.InfluxDBClient3"),
        "import influxdb_client_3 as i" + _LIMITS.format("i.InfluxDBClient3"),
    ),
    "a star": (
        "from influxdb_client_3 import *" + _TIMED.format("InfluxDBClient3"),
        "from influxdb_client_3 import *" + _LIMITS.format("InfluxDBClient3"),
    ),
    "a guard": (
        f"try:\n    {_OLD_ERRORS}\nexcept ImportError:\n    InfluxDBError = OSError\n",
        f"try:\n    {_NEW_ERRORS}\nexcept ImportError:\n    InfluxDBError = OSError\n",
    ),
    "types only": (
        _TYPED.format(_OLD_ERRORS),
        _TYPED.format(_NEW_ERRORS),
    ),
    "a lookup by name": (
        'import importlib\n\nm = importlib.import_module("influxdb_client_3.write_client.client.exceptions")\n',
        'import importlib\n\nm = importlib.import_module("influxdb_client_3.exceptions")\n',
    ),
}

_WRITES = (
    '\n\n\ndef f():\n    c = {}(url="http://h:8086", token="t", org="o")\n'
    '    return c.write_api(write_options=SYNCHRONOUS).write("b", "o", "m f=1")\n'
)
_WRITTEN = (
    '\n\n\ndef f():\n    c = {}(host="http://h:8086", token="t", org="o")\n'
    '    return c.write(database="b", record="m f=1")\n'
)
_SYNC = "\nfrom influxdb_client.client.write_api import SYNCHRONOUS"

INFLUX = {
    "an alias": (
        "import influxdb_client as i" + _SYNC + _WRITES.format("i.InfluxDBClient"),
        "import influxdb_client_3 as i" + _WRITTEN.format("i.InfluxDBClient3"),
    ),
    "an alias of the class": (
        "from influxdb_client import InfluxDBClient as C" + _SYNC + _WRITES.format("C"),
        "from influxdb_client_3 import InfluxDBClient3 as C" + _WRITTEN.format("C"),
    ),
    "a guard": (
        "try:\n    from influxdb_client import Point\nexcept ImportError:\n    Point = None\n",
        "try:\n    from influxdb_client_3 import Point\nexcept ImportError:\n    Point = None\n",
    ),
    "types only": (
        "from typing import TYPE_CHECKING\n\nfrom influxdb_client import Point\n\nif TYPE_CHECKING:\n"
        '    from influxdb_client import InfluxDBClient\n\n\ndef f(c: "InfluxDBClient"):\n    return Point("m")\n',
        "from typing import TYPE_CHECKING\n\nfrom influxdb_client_3 import Point\n\nif TYPE_CHECKING:\n"
        "    from influxdb_client_3 import InfluxDBClient3\n\n\n"
        'def f(c: "InfluxDBClient3"):\n    return Point("m")\n',
    ),
}

SPELLINGS = [
    pytest.param(library, before, after, id=f"{library}: {name}")
    for library, spellings in (
        ("tenacity", TENACITY),
        ("asyncio-mqtt", MQTT),
        ("pytest", PYTEST),
        ("influxdb3-python", INFLUX3),
        ("influxdb-client", INFLUX),
    )
    for name, (before, after) in spellings.items()
]


def migrated(library: str, files: dict[str, str]) -> dict[str, str]:
    tree = Tree({path: text.encode() for path, text in files.items()}, exports=exports())
    result = engine.run(tree, rules(library))
    assert not [f for f in result.findings if f.verdict is Verdict.FLAGGED]
    return {**files, **{path: content.decode() for path, content in result.edits.items()}}


@pytest.mark.parametrize(("library", "before", "after"), SPELLINGS)
def test_a_spelling_is_seen_through(library: str, before: str, after: str) -> None:
    assert migrated(library, {"app.py": before}) == {"app.py": after}


@pytest.mark.parametrize(
    "head",
    [
        "import dotenv as d\n\nload = d.load_dotenv",
        "from dotenv import *\n\nload = load_dotenv",
        "from dotenv import load_dotenv as load",
        "try:\n    from dotenv import load_dotenv as load\nexcept ImportError:\n    load = None",
        "from dotenv.main import load_dotenv as load",
    ],
    ids=["an alias", "a star", "an alias of the function", "a guard", "the module inside"],
)
def test_a_spelling_of_a_call_that_only_a_person_can_change_is_seen_through(head: str) -> None:
    module, _, kept = head.partition("\n\nload = ")
    files = {"app.py": f"{module}\n\n\n{kept or 'load'}()\n".encode(), "pytest.ini": b"[pytest]\naddopts = --cov\n"}
    result = engine.run(Tree(files, exports=exports()), rules("python-dotenv"))
    assert [(f.rule, f.verdict) for f in result.findings] == [("DOT001", Verdict.FLAGGED)]


@pytest.mark.parametrize(
    "said",
    [
        'sys.modules.get("influxdb_client")',
        '"influxdb_client" in sys.modules',
        'importlib.import_module("influxdb_client")',
    ],
)
def test_where_the_old_influx_client_is_looked_up_by_its_name_nothing_is_rewritten(said: str) -> None:
    text = (
        f'import importlib\nimport sys\n\nfrom influxdb_client import Point\n\nfound = {said}\npoint = Point("m")\n'
    )
    result = engine.run(Tree({"app.py": text.encode()}, exports=exports()), rules("influxdb-client"))
    assert (result.edits, [f.verdict for f in result.findings]) == ({}, [Verdict.FLAGGED])


def test_a_thing_that_another_module_hands_on_is_still_the_librarys() -> None:
    files = {
        "bus/__init__.py": "from .low import Client\n",
        "bus/low.py": "from asyncio_mqtt import Client\n",
        "app.py": 'from bus import Client as C\n\n\ndef f():\n    return C("h", client_id="a")\n',
    }
    after = migrated("asyncio-mqtt", files)
    assert after["bus/low.py"] == "from aiomqtt import Client\n"
    assert after["app.py"].endswith('return C("h", identifier="a")\n')


def test_a_wrapped_function_that_a_package_hands_on_is_still_wrapped() -> None:
    files = {
        "net/__init__.py": "",
        "net/calls.py": "from tenacity import retry\n\n\n@retry\ndef f(): ...\n",
        "app.py": "import net.calls as calls\nfrom net import calls as again\n\n"
        "print(calls.f.retry.statistics, again.f.retry.statistics)\n",
    }
    assert migrated("tenacity", files)["app.py"].endswith("print(calls.f.statistics, again.f.statistics)\n")
