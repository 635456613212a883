"""The boxes of the dashboard issue: task-list lines that carry a hidden mark. A tick is a wish. Pure.

Who may edit the issue's first words may tick: on GitHub that is everybody with write access to the home repository,
for the words are ours. Whatever else somebody writes there means nothing.
"""

from __future__ import annotations

import hashlib
import re

STOP, GO, LOOK = "stop", "go", "look"
_AGAIN = "again-"
_BOX = re.compile(
    r"^(?P<lead>[-*] \[)(?P<tick>[ xX])"
    r"(?P<rest>\] .*<!-- convoy-box: (?P<box>[a-z]+(?:-[0-9a-f]{12})?) -->[ \t]*\r?)$",
    re.MULTILINE,
)


def again(service: str) -> str:
    """The box that asks for a service to be tried again. Of a hash, so that no name can be more than a name."""
    return _AGAIN + hashlib.sha256(service.encode("utf-8", "replace")).hexdigest()[:12]


def is_again(box: str) -> bool:
    """Whether a box is about one service."""
    return box.startswith(_AGAIN)


def mark(box: str) -> str:
    """What makes a line a box."""
    return f"<!-- convoy-box: {box} -->"


def ticked(body: str) -> frozenset[str]:
    """The boxes with a tick in them."""
    return frozenset(found["box"] for found in _BOX.finditer(body or "") if found["tick"] != " ")


def untick(body: str, done: frozenset[str]) -> str:
    """The same words without these ticks."""
    return _BOX.sub(lambda m: f"{m['lead']} {m['rest']}" if m["box"] in done else m[0], body or "")
