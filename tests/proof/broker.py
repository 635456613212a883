"""A real broker on free loopback ports, for probes that publish and subscribe."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import IO

from tests.proof.environments import environment

_CONFIG = """\
per_listener_settings true
connection_messages false
listener {open} 127.0.0.1
allow_anonymous true
listener {closed} 127.0.0.1
allow_anonymous false
"""


_PURE = """\
listeners:
  default:
    type: tcp
    bind: 127.0.0.1:{port}
plugins:
  amqtt.plugins.authentication.AnonymousAuthPlugin:
    allow_anonymous: {anyone}
"""
"""The same for amqtt, a broker in Python, of which each listener is a process."""

_AMQTT = ("amqtt==0.12.1",)


@contextmanager
def broker(folder: Path) -> Iterator[dict[str, str]]:
    """The variables that tell a probe where the broker listens: mosquitto if installed, else amqtt."""
    opened, closed = _free_ports(2)
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    with ExitStack() as stack:
        if program is not None:
            config = _written(folder / "mosquitto.conf", _CONFIG.format(open=opened, closed=closed))
            stack.enter_context(_running([program, "-c", config], b"running"))
        else:
            amqtt = [str(environment(_AMQTT)), "-c", "from amqtt.scripts.broker_script import main; main()"]
            for port, anyone in ((opened, "true"), (closed, "false")):
                config = _written(folder / f"{port}.yaml", _PURE.format(port=port, anyone=anyone))
                stack.enter_context(_running([*amqtt, "-c", config], b"bind to"))
        yield {"MQTT_PORT": str(opened), "MQTT_CLOSED_PORT": str(closed)}


def _written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


@contextmanager
def _running(command: list[str], ready: bytes) -> Iterator[None]:
    """A server, from the line that says it listens until it is told to end. What it says is kept from the pipe."""
    log = Path(command[-1]).with_suffix(".log")
    with log.open("wb") as kept:
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert running.stdout is not None
        drain = Thread(target=_drained, args=(running.stdout, kept, ready, listens := Event()))
        drain.start()
        try:
            assert listens.wait(20), f"the broker does not listen: {log.read_text(encoding='utf-8')}"
            yield
        finally:
            running.terminate()
            drain.join(10)
            running.wait(10)


def _drained(said: IO[bytes], kept: IO[bytes], ready: bytes, listens: Event) -> None:
    for line in iter(said.readline, b""):
        kept.write(line)
        kept.flush()
        if ready in line:
            listens.set()
    said.close()


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(s.getsockname()[1]) for s in held]
    for each in held:
        each.close()
    return ports
