"""The summary of expected failures words the reason of a test that was not run in another way.

https://docs.pytest.org/en/stable/changelog.html#pytest-8-4-0-2025-06-02
"""

from __future__ import annotations

import re

from transforms.model import Level, Proof
from transforms.pytest_world.commands import LARGEST, may_hold_commands
from transforms.pytest_world.proving import SUITE
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_TEXT = re.compile(rb"reason: \\*\[NOTRUN")


def survey(tree: Tree) -> Verdicts:
    """Every line of the service's scripts and code that looks for the old text."""
    for path in tree.paths():
        content = tree.files[path]
        if len(content) > LARGEST or not (path.endswith(".py") or may_hold_commands(path)):
            continue
        for number, line in enumerate(content.splitlines() if b"NOTRUN" in content else (), start=1):
            if _TEXT.search(line) and not line.lstrip().startswith(b"#"):
                yield Flag(number, "the summary says `[NOTRUN] …` now, without `reason: ` before it", file=path)


_TEST = "import pytest\n\n\n@pytest.mark.xfail(run=False, reason='slow')\ndef test_one(): ...\n"

RULE = Rule(
    id="PYT019",
    title="`reason: [NOTRUN]` in the summary",
    library="pytest",
    link="https://docs.pytest.org/en/stable/changelog.html#pytest-8-4-0-2025-06-02",
    was="`-rx` prints `reason: [NOTRUN] why` for a test under `xfail(run=False, reason='why')`.",
    now="It prints `[NOTRUN] why`.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    survey=survey,
    examples=(
        Example(
            "a script that looks for it",
            _TEST,
            path="test_app.py",
            others={"count.sh": "pytest -rx | grep -c 'reason: \\[NOTRUN\\]'\n"},
            flags=(("count.sh", 1, Level.CHANGES_SILENTLY),),
            probe=Probe(old="reason: [NOTRUN] slow", broken="- [NOTRUN] slow", command=(*SUITE, "-rx")),
        ),
        Example(
            "the word alone, which is there on both, and comments",
            _TEST,
            path="test_app.py",
            others={"count.sh": "pytest -rx | grep -c NOTRUN\n# reason: [NOTRUN]\n"},
        ),
    ),
)
