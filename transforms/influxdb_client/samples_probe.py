"""How the services of the examples are run: against an endpoint that keeps the lines that come in."""

from __future__ import annotations

from transforms.influxdb3_python.recording import SERVER
from transforms.rule import Probe

SENDING = SERVER + "\nsend(URL)\nprint(lines)\n"
"""What is appended to a service that sends."""


def writes(lines: str) -> Probe:
    """A probe whose service writes those lines with the old client and, rewritten, with the new one."""
    return Probe(script=SENDING, old=lines, broken="No module named 'influxdb_client'", works=lines)
