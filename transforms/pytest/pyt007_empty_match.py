"""``match=""`` matches everything, and warns.

https://docs.pytest.org/en/stable/changelog.html#pytest-8-4-0-2025-06-02
"""

from __future__ import annotations

import re

from transforms.model import Proof
from transforms.page import Page
from transforms.pytest_world.proving import failing_on
from transforms.rewrites import Rewrite, argument, drop_argument, string_value
from transforms.rule import Example, Probe, Rule, Verdicts


def find(page: Page) -> Verdicts:
    """Every ``pytest.raises(…, match="")``."""
    for call in page.calls("pytest.raises"):
        match = argument(call, "match")
        if match is not None and string_value(match.value) == "":
            message = '`match=""` dropped: it matches every text; to expect an empty one write `match="^$"`'
            yield Rewrite(call, message, drop_argument(call, match))


RULE = Rule(
    id="PYT007",
    title='`match=""` goes',
    library="pytest",
    link="https://docs.pytest.org/en/stable/changelog.html#pytest-8-4-0-2025-06-02",
    was="It matched every text.",
    now="The same, with `PytestWarning: matching against an empty string will *always* pass`, which fails where "
    "warnings are errors",
    proof=Proof.RAN,
    needles=(re.compile(rb"""\bmatch\s*=\s*[(rRuU\s]*(?:""|'')"""),),
    apply=find,
    examples=(
        Example(
            "with an exception",
            'import pytest\n\n\ndef test_one():\n    with pytest.raises(ValueError, match=""):\n'
            '        raise ValueError("text")\n',
            "import pytest\n\n\ndef test_one():\n    with pytest.raises(ValueError):\n"
            '        raise ValueError("text")\n',
            path="test_app.py",
            probe=Probe(
                old="1 passed",
                broken="matching against an empty string",
                works="1 passed",
                command=failing_on("matching against"),
            ),
        ),
        Example(
            "other texts, and other things that match",
            'import pytest\nimport re\n\n\ndef test_one():\n    with pytest.raises(ValueError, match="^$"):\n'
            '        raise ValueError\n    assert not dict(match="")\n    assert re.match("", "a")\n',
            path="test_app.py",
        ),
    ),
)
