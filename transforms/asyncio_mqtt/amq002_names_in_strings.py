"""The package's name inside strings that patch or import it.

https://github.com/empicano/aiomqtt/releases/tag/v1.0.0
"""

from __future__ import annotations

import re

import libcst as cst

from transforms.asyncio_mqtt.modules import home_of, renamed
from transforms.asyncio_mqtt.names import NEW, OLD
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Rewrite, dotted_text, string_value, swap, with_string
from transforms.rule import Example, Probe, Rule, Verdicts

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_IMPORTERS = frozenset({"import_module", "__import__", "find_spec", "importorskip"})
_PATCHERS = frozenset({"patch", "dict", "setattr", "delattr", "setitem", "delitem", "object"})
_MOCKED = "a mock made for the old API may not fit the new one"
_FOLLOWED = "what is used of the module by that way is not looked at"


def find(page: Page) -> Verdicts:
    """Strings that are exactly a dotted name with the old package in it, where they are certainly used as one."""
    if page.tree.is_own(OLD, page.path):
        return
    for text in page.all(cst.SimpleString):
        value = string_value(text) or ""
        if OLD not in value.split(".") or not _DOTTED.fullmatch(value) or _is_own(page, value):
            continue
        note = _note(page, text)
        if note:
            new = _renamed(value)
            message = f'"{value}" → "{new}": {note}'
            yield Rewrite(text, message, (swap(text, with_string(text, new)),), level=Level.CHANGES_SILENTLY)


def _renamed(value: str) -> str:
    """The dotted name with the new package in it, where a module that moved is now."""
    before, _, rest = value.partition(OLD)
    module, _, name = f"{OLD}{rest}".rpartition(".")
    if (home := home_of(module, name)) is not None:
        return f"{before}{home}.{name}"
    return f"{before}{renamed(f'{OLD}{rest}')}".replace(f"{NEW}.error.", f"{NEW}.exceptions.")


def _is_own(page: Page, value: str) -> bool:
    """Whether the old name stands for a module of the service."""
    head, _, _ = f"{value}.".partition(f"{OLD}.")
    return bool(head) and page.tree.find(f"{head}{OLD}", page.path) is not None


def _note(page: Page, text: cst.SimpleString) -> str:
    """What the reviewer must know; empty when the string is not used as a name here."""
    for at in page.above(text):
        match at:
            case cst.Subscript(value=value) if page.resolve(value) == "sys.modules":
                return _MOCKED
            case cst.Call(func=func):
                name = (dotted_text(func) or "").rpartition(".")[2]
                if name in _IMPORTERS:
                    return _FOLLOWED
                if isinstance(func, cst.Attribute) and page.resolve(func.value) == "sys.modules":
                    return _MOCKED
                return _MOCKED if name in _PATCHERS else ""
            case cst.BaseStatement() | cst.Lambda():
                return ""
    return ""


_PATCHED = """\
import importlib
import sys
from unittest.mock import MagicMock, patch

library = importlib.import_module("asyncio_mqtt")


def test_connects():
    with patch("asyncio_mqtt.Client") as client:
        assert library.Client is client
    with patch.dict(sys.modules, {"asyncio_mqtt": MagicMock()}):
        assert sys.modules["asyncio_mqtt"] is not library
    with patch("asyncio_mqtt.error.MqttConnectError"), patch("asyncio_mqtt.client.Client.publish"):
        assert sys.modules.get("asyncio_mqtt.error")


test_connects()
print("patched")
"""

_PROSE = """\
import logging
from unittest.mock import patch

LOG = logging.getLogger("asyncio_mqtt")
NAMES = {"asyncio_mqtt": "the old one"}


def test_own():
    with patch("app.asyncio_mqtt.run"), patch("app.send", "uses asyncio_mqtt."):
        LOG.info("asyncio_mqtt")
"""

RULE = Rule(
    id="AMQ002",
    title="The package's name in patches and imports by name",
    library="asyncio-mqtt",
    link="https://github.com/empicano/aiomqtt/releases/tag/v1.0.0",
    was='`patch("asyncio_mqtt.Client")` and `import_module("asyncio_mqtt")` find the package.',
    now="`ModuleNotFoundError: No module named 'asyncio_mqtt'`",
    proof=Proof.RAN,
    needles=(OLD.encode(),),
    apply=find,
    examples=(
        Example(
            title="patch, sys.modules and import_module",
            before=_PATCHED,
            after=_PATCHED.replace("asyncio_mqtt", "aiomqtt").replace("aiomqtt.error", "aiomqtt.exceptions"),
            notes=(5, 9, 11, 12, 13, 14),
            probe=Probe(old="patched\n", broken="No module named 'asyncio_mqtt'", works="patched\n"),
        ),
        Example(
            title="The name of what a module of the service imported",
            path="tests/test_bus.py",
            before='from unittest.mock import patch\n\nBROKEN = patch("app.bus.asyncio_mqtt.Client")\n',
            after='from unittest.mock import patch\n\nBROKEN = patch("app.bus.aiomqtt.Client")\n',
            others={"app/__init__.py": "", "app/bus.py": "import aiomqtt\n"},
            notes=(3,),
        ),
        Example(
            title="Prose, loggers, keys, and a module of the service",
            before=_PROSE,
            others={"app/__init__.py": "", "app/asyncio_mqtt.py": "def run(): ...\n"},
        ),
    ),
)
