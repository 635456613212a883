"""A made-up monorepo: services that pin and use the libraries among many files that do not. The same every time."""

from __future__ import annotations

from pathlib import Path

SERVICES = 20
PLAIN = 40
"""Files of a service that nobody looks for, as most files of a real tree are."""

_PINS = (
    "tenacity==8.2.3\npytest==8.3.3\npytest-asyncio==0.23.8\npython-dotenv==1.0.1\n"
    "asyncio-mqtt==0.16.2\npaho-mqtt<2\n"
)

_CALLS = '''\
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt({n}))
def fetch():
    """Something that may fail."""
    return {n}


def report():
    fetch()
    return fetch.retry.statistics["attempt_number"]
'''

_BRIDGE = """\
import asyncio_mqtt


async def main():
    async with asyncio_mqtt.Client("broker", client_id="service-{n}") as client:
        async with client.messages() as messages:
            await client.subscribe("sensors/{n}/#")
            async for message in messages:
                print(message.topic, message.payload)
"""

_TESTS = """\
import pytest

from service_{n}.calls import fetch


@pytest.mark.asyncio(scope="module")
async def test_it_answers(event_loop):
    assert fetch() == {n}


@pytest.mark.parametrize("number", range(3))
def test_it_counts(number):
    assert fetch() >= number - {n}
"""

_PLAIN = '''\
"""Rows and what they come to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row{i}:
    name: str
    amount: int

    def doubled(self) -> int:
        return self.amount * 2


def total(rows: list[Row{i}]) -> dict[str, int]:
    found: dict[str, int] = {{}}
    for row in rows:
        if row.amount > {i}:
            found[row.name] = found.get(row.name, 0) + row.doubled()
    return {{name: amount for name, amount in sorted(found.items()) if amount}}
'''


def plant(root: Path) -> None:
    """Write the tree."""
    for path, text in sorted(_files().items()):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def _files() -> dict[str, str]:
    found = {"conftest.py": "import pytest\n\n\n@pytest.fixture\ndef number():\n    return 1\n"}
    for n in range(SERVICES):
        home = f"services/service_{n}"
        found[f"{home}/requirements.txt"] = _PINS
        found[f"{home}/service_{n}/calls.py"] = _CALLS.format(n=n)
        found[f"{home}/service_{n}/bridge.py"] = _BRIDGE.format(n=n)
        found[f"{home}/tests/test_calls.py"] = _TESTS.format(n=n)
        for i in range(PLAIN):
            found[f"{home}/service_{n}/rows_{i}.py"] = "\n\n".join(_PLAIN.format(i=i * 100 + k) for k in range(10))
    return found
