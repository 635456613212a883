"""Tests that mock the client as it was: the mock answers to names that the client lost.

https://github.com/empicano/aiomqtt/releases/tag/v2.0.0
"""

from __future__ import annotations

import libcst as cst

from transforms.asyncio_mqtt.names import NEW, OLD, full_name, handed_on, is_moving
from transforms.mocks import Mocked, mocked
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag, argument, dotted_text, string_value
from transforms.rule import Example, Probe, Rule, Verdicts

_GONE = ("connect", "disconnect", "force_disconnect", "id", "filtered_messages", "unfiltered_messages")
_SPECS = frozenset({"create_autospec", "AsyncMock", "MagicMock", "Mock", "NonCallableMock"})


def find(page: Page) -> Verdicts:
    """Patches of methods that are gone, and uses of the old shape beside a mocked client."""
    places = list(mocked(page))
    for place in places:
        owner, _, name = place.target.rpartition(".")
        if name in _GONE and _is_client(page, owner):
            yield Flag(place.call, f"aiomqtt 2's client has no `{name}` to put a mock in the place of")
    if is_moving(page.tree) and (any(_is_client(page, p.target) for p in places) or _has_spec(page)):
        yield from _old_shapes(page, places)


def _is_client(page: Page, target: str) -> bool:
    """Whether a dotted name is the library's client, also where a module of the service imported it."""
    names = {target, handed_on(page, target)}
    return bool(names & {f"{OLD}.Client", f"{NEW}.Client", f"{OLD}.client.Client", f"{NEW}.client.Client"}) or (
        target.rpartition(".")[2] == "Client" and {OLD, NEW} & set(target.split(".")) != set()
    )


def _has_spec(page: Page) -> bool:
    calls = (c for c in page.all(cst.Call) if (dotted_text(c.func) or "").rpartition(".")[2] in _SPECS)
    return any(
        (full_name(page, arg.value) or "").endswith(".Client")
        for call in calls
        for arg in (argument(call, "spec", 0),)
        if arg is not None
    )


def _old_shapes(page: Page, places: list[Mocked]) -> Verdicts:
    """``mock.messages.return_value``, ``mock.filtered_messages``, and calls asserted with ``client_id``."""
    patched = {place.call for place in places}
    for site in page.all(cst.Attribute):
        match site:
            case cst.Attribute(
                value=cst.Attribute(attr=cst.Name(value="messages")),
                attr=cst.Name(value="return_value" | "side_effect"),
            ):
                yield Flag(site, "`messages` is no call any more: give the mock `messages.__aiter__`")
            case cst.Attribute(attr=cst.Name(value="filtered_messages" | "unfiltered_messages" as name)):
                if page.parent(site) not in patched:
                    yield Flag(site, f"the client has no `{name}` any more")
    for call in page.all(cst.Call):
        method = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
        asserted = argument(call, "client_id") if method.startswith("assert_") else None
        if asserted is not None:
            yield Flag(asserted, "the client is made with `identifier=` now")
    for item in page.all(cst.Subscript):
        match item:
            case cst.Subscript(
                value=cst.Attribute(attr=cst.Name(value="kwargs")),
                slice=[cst.SubscriptElement(slice=cst.Index(value=key))],
            ) if string_value(key) == "client_id":
                yield Flag(item, "the client is made with `identifier=` now")


_METHOD = """\
from unittest.mock import AsyncMock, patch


def test_connects():
    with patch("aiomqtt.Client.connect", AsyncMock()) as connect:
        assert connect.await_count == 0


test_connects()
print("patched")
"""

_SHAPE = """\
from unittest.mock import patch

import app


def test_reads():
    with patch("app.Client") as made:
        client = made.return_value.__aenter__.return_value
        client.messages.return_value.__aenter__.return_value.__aiter__.return_value = ["a"]
        client.filtered_messages.return_value = None
        app.read()
        made.assert_called_once_with("broker", client_id="x")
        assert made.call_args.kwargs["client_id"] == "x"
"""

_NEW = """\
from unittest.mock import MagicMock, patch

import app


def test_reads():
    with patch("app.Client") as made, patch("app.store.connect"):
        client = made.return_value.__aenter__.return_value
        client.messages.__aiter__.return_value = ["a"]
        made.assert_called_once_with("broker", identifier="x")
"""

_OTHER = """\
from unittest.mock import patch


def test_others():
    with patch("app.store") as store:
        store.messages.return_value = []
        store.connect.assert_called_once_with(client_id="x")
"""

_APP = {"app.py": "from asyncio_mqtt import Client\n\nimport store\n"}

RULE = Rule(
    id="AMQ014",
    title="Mocks in the shape of the old client",
    library="asyncio-mqtt",
    link="https://github.com/empicano/aiomqtt/releases/tag/v2.0.0",
    was='`patch("asyncio_mqtt.Client.connect")`, `client.messages.return_value.__aenter__` stand for the client.',
    now="`AttributeError: ... does not have the attribute 'connect'`; other mocks pass and prove nothing.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"mock", b"patch"),
    apply=find,
    examples=(
        Example(
            title="A method that is gone",
            before=_METHOD,
            flags=((5, Level.BREAKS),),
            probe=Probe(old="patched\n", broken="does not have the attribute 'connect'"),
        ),
        Example(
            title="The old shape",
            path="tests/test_app.py",
            before=_SHAPE,
            others=_APP,
            flags=((9, Level.BREAKS), (10, Level.BREAKS), (12, Level.BREAKS), (13, Level.BREAKS)),
        ),
        Example(title="The new shape", path="tests/test_app.py", before=_NEW, others=_APP),
        Example(title="Mocks of something else", path="tests/test_app.py", before=_OTHER, others=_APP),
    ),
)
