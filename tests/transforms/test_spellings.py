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

SPELLINGS = [
    pytest.param(library, before, after, id=f"{library}: {name}")
    for library, spellings in (("tenacity", TENACITY), ("asyncio-mqtt", MQTT))
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
