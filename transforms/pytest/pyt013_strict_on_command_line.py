"""``--strict`` on the command line means every strict mode now, not markers alone.

https://docs.pytest.org/en/stable/changelog.html#pytest-9-0-0-2025-11-05
"""

from __future__ import annotations

import re
from collections.abc import Callable

from transforms.model import Level, Proof
from transforms.pytest_world.commands import Command, mentioning
from transforms.pytest_world.edit import whole_lines
from transforms.rewrites import Flag, TextRewrite
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_CALL = re.compile(r"((?<![\w.-])(?:pytest|py\.test)(?![\w.-])[^|;&#\n]*?\s)--strict(?=[\s'\"]|$)")


def survey(tree: Tree) -> Verdicts:
    """Every line of the service's scripts that calls pytest with the option."""
    for command in mentioning(tree.files, "--strict"):
        if not tree.inside(command.path) or not _CALL.search(command.text) or command.path.endswith(".py"):
            continue
        message = "`--strict` → `--strict-markers`: the short form turns on all strict modes now"
        if "/workflows/" in command.path:
            new = _CALL.sub(r"\1--strict-markers", command.text)
            yield Flag(command.line, f"{message}; the line becomes `{new}`", file=command.path)
        else:
            yield TextRewrite(command.path, command.line, message, whole_lines(_on_line(command)))


def _on_line(command: Command) -> Callable[[str], str]:
    def to(text: str) -> str:
        lines = text.splitlines(keepends=True)
        found = [i for i, line in enumerate(lines) if line.strip() == command.text]
        for at in found:
            lines[at] = _CALL.sub(r"\1--strict-markers", lines[at])
        return "".join(lines)

    return to


_TEST = "import pytest\n\n\n@pytest.mark.xfail\ndef test_one(): ...\n"

RULE = Rule(
    id="PYT013",
    title="`--strict` on the command line is `--strict-markers`",
    library="pytest",
    link="https://docs.pytest.org/en/stable/changelog.html#pytest-9-0-0-2025-11-05",
    was="An old name of `--strict-markers`.",
    now="All strict modes at once: an expected failure that passes, for one, fails the run.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    survey=survey,
    examples=(
        Example(
            "in a script, a Makefile and an image",
            _TEST,
            path="test_app.py",
            others={
                "run.sh": "set -e\npython -m pytest --strict -q\n",
                "Makefile": "test:\n\tpy.test -x --strict tests && mypy --strict .\n",
                "Dockerfile": 'CMD sh -c "pytest --strict"\n',
            },
            others_after={
                "run.sh": "set -e\npython -m pytest --strict-markers -q\n",
                "Makefile": "test:\n\tpy.test -x --strict-markers tests && mypy --strict .\n",
                "Dockerfile": 'CMD sh -c "pytest --strict-markers"\n',
            },
            probe=Probe(old="1 xpassed", broken="XPASS(strict)", works="1 xpassed", command=("sh", "run.sh")),
        ),
        Example(
            "in a workflow",
            _TEST,
            path="test_app.py",
            others={".github/workflows/ci.yml": "jobs:\n  test:\n    steps:\n      - run: pytest --strict\n"},
            flags=((".github/workflows/ci.yml", 4, Level.CHANGES_SILENTLY),),
        ),
        Example(
            "other programs, other options, and comments",
            _TEST,
            path="test_app.py",
            others={
                "Makefile": "test:\n\tpytest --strict-config -q\n\tmypy --strict tests\n\t# pytest --strict\n",
                "tox.ini": "[testenv]\ncommands = mypy --strict\n    pytest-lint --strict\n",
            },
        ),
    ),
)
