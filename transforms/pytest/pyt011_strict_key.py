"""The key ``strict`` means something now: all strict modes at once.

https://docs.pytest.org/en/stable/changelog.html#pytest-9-0-0-2025-11-05
"""

from __future__ import annotations

from transforms.model import Level, Proof
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import in_force
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_TRUE = frozenset({"true", "1", "yes", "on"})


def survey(tree: Tree) -> Verdicts:
    """Every configuration in force that has the key, and no native table, which is new by itself."""
    for configuration in in_force(tree):
        value = (configuration.text("strict") or "").lower()
        if value in _TRUE and not configuration.native:
            message = (
                "`strict` was an unknown key; now it turns on strict configuration, markers, xfail and ids: "
                "drop it if that is not meant"
            )
            yield Flag(configuration.options["strict"].line, message, file=configuration.path)


RULE = Rule(
    id="PYT011",
    title="The key `strict` turns strict mode on",
    library="pytest",
    link="https://docs.pytest.org/en/stable/changelog.html#pytest-9-0-0-2025-11-05",
    was="`PytestConfigWarning: Unknown config option: strict`",
    now="All strict modes are on: a mark that is not registered, for one, fails the run.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    survey=survey,
    examples=(
        Example(
            "in an ini file",
            "[pytest]\nstrict = true\n",
            path="pytest.ini",
            others={"test_app.py": "import pytest\n\n\n@pytest.mark.typo\ndef test_one(): ...\n"},
            flags=((2, Level.CHANGES_SILENTLY),),
            probe=Probe(old="1 passed", broken="'typo' not found in `markers`", command=SUITE),
        ),
        Example(
            "other keys, and other tools",
            "[pytest]\nstrict_markers = true\nxfail_strict = true\n\n[mypy]\nstrict = true\n",
            path="tox.ini",
        ),
    ),
)
