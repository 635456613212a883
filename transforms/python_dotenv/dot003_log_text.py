"""The warning about a line that cannot be parsed begins with a small letter now.

https://github.com/theskumar/python-dotenv/releases/tag/v1.1.0
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.python_dotenv.places import is_test
from transforms.rewrites import Edit, Flag, Rewrite, string_value
from transforms.rule import Example, Probe, Rule, Verdicts

OLD = "Python-dotenv could not"
NEW = "python-dotenv could not"
_BEGINS = "Python-dotenv"


_Text = cst.SimpleString | cst.FormattedStringText


def find(page: Page) -> Verdicts:
    """Strings with the old text: rewritten in tests, flagged where code looks for it in its own logs."""
    texts: list[_Text] = [*page.all(cst.SimpleString), *page.all(cst.FormattedStringText)]
    for text in texts:
        if isinstance(page.parent(text), cst.Expr) or not (OLD in text.value or _is_beginning(page, text)):
            continue
        if is_test(page.path):
            edit = Edit(text, lambda now: now.with_changes(value=now.value.replace(_BEGINS, _BEGINS.lower())))
            yield Rewrite(text, f"`{NEW}…`", (edit,))
        else:
            yield Flag(text, f"the message reads `{NEW}…` now")


def _is_beginning(page: Page, text: _Text) -> bool:
    """``message.startswith("Python-dotenv")``."""
    call = page.parent(page.parent(text) or text)
    asked = call.func.attr.value if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute) else ""
    return asked == "startswith" and string_value(text) == _BEGINS


_TEST = """\
import logging
from io import StringIO

from dotenv import dotenv_values


class Kept(logging.Handler):
    lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def test_bad_line():
    logging.getLogger("dotenv").addHandler(Kept())
    dotenv_values(stream=StringIO("a b c"))
    assert "Python-dotenv could not parse statement starting at line 1" in Kept.lines
    assert f"Python-dotenv could not parse statement starting at line {1}" in Kept.lines
    assert Kept.lines[0].startswith("Python-dotenv")
"""

_FILTER = """\
import logging


class Quiet(logging.Filter):
    def filter(self, record):
        return not record.getMessage().startswith('Python-dotenv could not parse statement')
"""

_LEFT = '''\
"""Python-dotenv could not parse statement: that is what the log said."""
import logging

logging.warning("Python-dotenv is used")
'''

RULE = Rule(
    id="DOT003",
    title="The text of a warning",
    library="python-dotenv",
    link="https://github.com/theskumar/python-dotenv/releases/tag/v1.1.0",
    was="`Python-dotenv could not parse statement starting at line 1`.",
    now="`python-dotenv could not parse statement starting at line 1`.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    needles=(_BEGINS.encode(),),
    apply=find,
    examples=(
        Example(
            title="Asserted in a test",
            path="test_env.py",
            before=_TEST,
            after=_TEST.replace("Python-", "python-"),
            probe=Probe(
                command=("python", "test_env.py"),
                script="test_bad_line()\nprint('fine')",
                old="fine",
                broken="AssertionError",
                works="fine",
            ),
        ),
        Example(title="Looked for by code", before=_FILTER, flags=((6, Level.CHANGES_SILENTLY),)),
        Example(title="Prose, and another message", before=_LEFT),
    ),
)
