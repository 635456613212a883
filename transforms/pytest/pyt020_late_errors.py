"""Errors in ``__del__`` that come after the last test make pytest exit with 1, where warnings are errors.

https://docs.pytest.org/en/stable/changelog.html#pytest-8-4-0-2025-06-02
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.pytest_world.filters import PLAIN, Warning, fails
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import in_force
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_WARNING = Warning(
    (PLAIN - {"UserWarning"}) | {"pytest.PytestUnraisableExceptionWarning"}, "Exception ignored in: <function"
)
_MESSAGE = (
    "an error raised here after the last test makes pytest exit with 1 although all tests passed, since warnings "
    "are errors: raise nothing in `__del__`"
)


def survey(tree: Tree) -> Verdicts:
    """Every ``raise`` in a ``__del__`` of a service whose tests run with warnings as errors."""
    if not any(fails(configuration, _WARNING) for configuration in in_force(tree)):
        return
    for page in tree.pages(b"def __del__("):
        for function in page.all(cst.FunctionDef):
            if function.name.value == "__del__":
                raised = (r for r in page.below(function, cst.Raise) if _leaves(page, r))
                yield from (Flag(r, _MESSAGE, file=page.path) for r in raised)


def _leaves(page: Page, statement: cst.Raise) -> bool:
    """Whether the error gets out of the method: no ``try`` stands around it."""
    for at in page.above(statement):
        if isinstance(at, cst.FunctionDef):
            return at.name.value == "__del__"
        if isinstance(at, (cst.Try, cst.TryStar)):
            return False
    return False


_LOUD = """\
class Loud:
    def __init__(self):
        self.itself = self

    def __del__(self):
        raise RuntimeError("late")
"""
_CALM = """\
class Calm:
    def __del__(self):
        try:
            raise RuntimeError("late")
        except RuntimeError:
            print("caught")

    def close(self):
        raise RuntimeError("early")
"""
_TEST = "\n\ndef test_one():\n    Loud()\n"
_STRICT = "[pytest]\nfilterwarnings =\n    error\n    ignore:The configuration option\n"

RULE = Rule(
    id="PYT020",
    title="Errors after the last test, where warnings are errors",
    library="pytest",
    link="https://docs.pytest.org/en/stable/changelog.html#pytest-8-4-0-2025-06-02",
    was="`1 passed`, exit 0: errors that come when pytest ends are only printed.",
    now="`1 passed`, and then `PytestUnraisableExceptionWarning`, exit 1.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    survey=survey,
    examples=(
        Example(
            "an object in a cycle, which goes at the very end",
            _LOUD + _TEST,
            path="test_app.py",
            others={"pytest.ini": _STRICT},
            flags=((6, Level.CHANGES_SILENTLY),),
            probe=Probe(old="exit 0", broken="exit 1", command=SUITE),
        ),
        Example("where warnings stay warnings", _LOUD + _TEST, path="test_app.py"),
        Example(
            "errors that are caught, and other methods",
            _CALM,
            others={"pytest.ini": _STRICT, "test_app.py": "def test_one(): ...\n"},
        ),
    ),
)
