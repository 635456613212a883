"""Scripts that name a file twice, or a parameter without its test, get something else now.

https://docs.pytest.org/en/stable/changelog.html#pytest-9-0-0-2025-11-05
"""

from __future__ import annotations

import re
from collections import Counter

from transforms.model import Level, Proof
from transforms.pytest_world.commands import mentioning
from transforms.pytest_world.proving import SUITE
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_CALL = re.compile(r"(?<![\w.-])(?:pytest|py\.test)(?![\w.-])(?P<words>[^|;&#\n]*)")


def survey(tree: Tree) -> Verdicts:
    """Every line of the service's scripts that calls pytest with files."""
    for command in mentioning(tree.files, ".py"):
        found = _CALL.search(command.text) if tree.inside(command.path) else None
        if found is None or command.path.endswith(".py"):
            continue
        words = [word.strip("'\"") for word in found["words"].split()]
        if bare := next((w for w in words if re.fullmatch(r"[\w./-]+\.py\[[^\]]*\]", w)), None):
            message = f"`{bare}` is refused: name the test too, as in `{bare.replace('[', '::test[', 1)}`"
            yield Flag(command.line, message, Level.BREAKS, command.path)
        files = Counter(w for w in words if re.fullmatch(r"[\w./-]+\.py", w))
        twice = next((w for w, n in files.items() if n > 1), None)
        if twice is not None and "--keep-duplicates" not in words:
            message = f"`{twice}` is named twice and runs once now: `--keep-duplicates` runs it twice"
            yield Flag(command.line, message, file=command.path)


_TEST = "import pytest\n\n\n@pytest.mark.parametrize('n', ['a'])\ndef test_one(n): ...\n"

RULE = Rule(
    id="PYT017",
    title="Files named twice, and parameters without a test, on the command line",
    library="pytest",
    link="https://docs.pytest.org/en/stable/changelog.html#pytest-9-0-0-2025-11-05",
    was="`pytest a.py a.py` ran the file twice; `pytest a.py[x]` ran the file.",
    now="It runs once; `a.py[x]` is a usage error, exit 4.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    survey=survey,
    examples=(
        Example(
            "a file named twice",
            _TEST,
            path="test_app.py",
            others={"run.sh": "python -m pytest -q test_app.py test_app.py\n"},
            flags=(("run.sh", 1, Level.CHANGES_SILENTLY),),
            probe=Probe(old="2 passed", broken="1 passed", command=(*SUITE, "test_app.py", "test_app.py")),
        ),
        Example(
            "a parameter without its test",
            _TEST,
            path="test_app.py",
            others={"Makefile": "test:\n\tpytest 'test_app.py[a]' -q\n"},
            flags=(("Makefile", 2, Level.BREAKS),),
            probe=Probe(old="1 passed", broken="exit 4", command=(*SUITE, "test_app.py[a]")),
        ),
        Example(
            "different files, whole node ids, and two calls",
            _TEST,
            path="test_app.py",
            others={
                "run.sh": "pytest test_app.py 'test_app.py::test_one[a]'\npytest a.py && pytest a.py\n"
                "pytest --keep-duplicates a.py a.py\n# pytest a.py a.py\n"
            },
        ),
    ),
)
