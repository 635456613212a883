"""``importorskip`` skips only where the module is missing, from pytest 9.1 on; other import errors fail.

https://docs.pytest.org/en/stable/deprecations.html#pytest-importorskip-default-behavior-regarding-importerror
"""

from __future__ import annotations

import re

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.pytest_world.proving import SUITE
from transforms.rewrites import Edit, Rewrite, argument, string_value
from transforms.rule import Example, Probe, Rule, Verdicts

_RAISES = re.compile(rb"^\s*raise ImportError\b", re.MULTILINE)


def find(page: Page) -> Verdicts:
    """Every call for a module of the tree that raises ``ImportError`` itself: for others nobody can say."""
    for call in page.calls("pytest.importorskip"):
        name = argument(call, "modname", 0)
        path = page.tree.find(string_value(name.value) or "", page.path) if name is not None else None
        if path is None or argument(call, "exc_type", 3) is not None or any(a.star for a in call.args):
            continue
        if _RAISES.search(page.tree.files[path]):
            message = "`exc_type=ImportError` added: from 9.1 on, an import error of the module itself fails"
            yield Rewrite(call, message, (Edit(call, _with_type),), level=Level.ADVICE)


def _with_type(now: cst.Call) -> cst.Call:
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    arg = cst.Arg(cst.Name("ImportError"), keyword=cst.Name("exc_type"), equal=equal)
    return now.with_changes(args=(*now.args, arg))


_MODULE = (
    'try:\n    import nothing_of_that_name\nexcept ModuleNotFoundError:\n    raise ImportError("no support")\n'
)

RULE = Rule(
    id="PYT015",
    title="`importorskip` is told which errors to skip",
    library="pytest",
    link="https://docs.pytest.org/en/stable/deprecations.html"
    "#pytest-importorskip-default-behavior-regarding-importerror",
    was="It skipped whatever kept the module from being imported.",
    now="The same, with a warning: `Module 'extra' was found, but when imported by pytest it raised`; "
    "from 9.1 on the error is raised",
    proof=Proof.RAN,
    needles=(b"importorskip",),
    apply=find,
    examples=(
        Example(
            "a module of the tree that raises the error itself",
            "import pytest\n\nextra = pytest.importorskip('extra', reason='x')\n\n\ndef test_one(): ...\n",
            "import pytest\n\nextra = pytest.importorskip('extra', reason='x', exc_type=ImportError)\n\n\n"
            "def test_one(): ...\n",
            path="test_app.py",
            others={"extra.py": _MODULE},
            notes=(3,),
            probe=Probe(
                old="1 skipped, 1 warning",
                broken="was found, but when imported by pytest it raised",
                works="1 skipped in",
                command=SUITE,
            ),
        ),
        Example(
            "modules from elsewhere, one that only catches the error, and one whose errors are told",
            "import pytest\n\nnumpy = pytest.importorskip('numpy')\nplain = pytest.importorskip('plain')\n"
            "extra = pytest.importorskip('extra', exc_type=ImportError)\n",
            path="test_app.py",
            others={"extra.py": _MODULE, "plain.py": "try:\n    import nothing\nexcept ImportError:\n    pass\n"},
        ),
    ),
)
