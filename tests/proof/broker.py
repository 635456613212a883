"""A real mosquitto on free loopback ports, for probes that publish and subscribe."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_CONFIG = """\
per_listener_settings true
connection_messages false
listener {open} 127.0.0.1
allow_anonymous true
listener {closed} 127.0.0.1
allow_anonymous false
"""


@contextmanager
def broker(folder: Path) -> Iterator[dict[str, str]]:
    """The variables that tell a probe where the broker listens."""
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("mosquitto is not installed (apt-get install mosquitto)")
    opened, closed = _free_ports(2)
    config = folder / "mosquitto.conf"
    config.write_text(_CONFIG.format(open=opened, closed=closed), encoding="utf-8")
    running = subprocess.Popen([program, "-c", str(config)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert running.stdout is not None
        said = next((line for line in iter(running.stdout.readline, b"") if b"running" in line), b"nothing")
        assert b"running" in said, "the broker ended before it listened"
        yield {"MQTT_PORT": str(opened), "MQTT_CLOSED_PORT": str(closed)}
    finally:
        running.terminate()
        running.communicate(timeout=10)


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(s.getsockname()[1]) for s in held]
    for each in held:
        each.close()
    return ports
