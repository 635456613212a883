"""The variable ``PYTHON_DOTENV_DISABLED`` is obeyed now: ``load_dotenv()`` loads nothing when it is true.

https://github.com/theskumar/python-dotenv/releases/tag/v1.2.0
"""

from __future__ import annotations

import re

from transforms.model import Level, Proof
from transforms.python_dotenv.places import lines
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_SET = re.compile(
    rb"""PYTHON_DOTENV_DISABLED["']?\]?\s*[:=,\s]\s*["']?(1|true|t|yes|y)\b""",
    re.IGNORECASE,
)


def find(tree: Tree) -> Verdicts:
    """Lines that set the variable to something true, in any file that is not prose."""
    for path, number, _ in lines(tree, _SET, b"PYTHON_DOTENV_DISABLED"):
        yield Flag(number, "ignored before, obeyed now: with this `load_dotenv()` loads nothing", file=path)


_APP = """\
import os
from io import StringIO

from dotenv import load_dotenv

os.environ["PYTHON_DOTENV_DISABLED"] = "1"
print("loaded", load_dotenv(stream=StringIO("A=1")))
"""

_COMPOSE = """\
services:
  app:
    environment:
      PYTHON_DOTENV_DISABLED: "true"
"""

_LEFT = """\
import os

if os.environ.get("PYTHON_DOTENV_DISABLED"):
    print("disabled")
os.environ["PYTHON_DOTENV_DISABLED"] = "0"
"""

RULE = Rule(
    id="DOT002",
    title="`PYTHON_DOTENV_DISABLED` is obeyed",
    library="python-dotenv",
    link="https://github.com/theskumar/python-dotenv/releases/tag/v1.2.0",
    was="The variable means nothing.",
    now="With `1`, `true`, `t`, `yes` or `y` in it `load_dotenv()` returns False and loads nothing.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    survey=find,
    examples=(
        Example(
            title="Set in code and in a compose file",
            before=_APP,
            others={"docker-compose.yml": _COMPOSE},
            flags=((6, Level.CHANGES_SILENTLY), ("docker-compose.yml", 4, Level.CHANGES_SILENTLY)),
            probe=Probe(old="loaded True", broken="loaded False"),
        ),
        Example(
            title="Only read, set to something false, or told about",
            before=_LEFT,
            others={"README.md": "Set PYTHON_DOTENV_DISABLED=1 to switch it off.\n"},
        ),
    ),
)
