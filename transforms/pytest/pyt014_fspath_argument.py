"""Collectors are made with ``path``, not with ``fspath``.

https://docs.pytest.org/en/stable/deprecations.html#fspath-argument-for-node-constructors-replaced-with-pathlib-path
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.pytest_world.proving import SUITE
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts


def find(page: Page) -> Verdicts:
    """Every ``from_parent(…, fspath=…)`` that the rule about hook arguments does not rewrite."""
    for call in page.all(cst.Call):
        if not isinstance(call.func, cst.Attribute) or call.func.attr.value != "from_parent":
            continue
        for arg in call.args:
            if arg.keyword is not None and arg.keyword.value == "fspath" and not _is_hook_argument(page, arg):
                yield Flag(arg, "`fspath=` is refused: pass `path=` with a `pathlib.Path`")


def _is_hook_argument(page: Page, arg: cst.Arg) -> bool:
    if not isinstance(arg.value, cst.Name):
        return False
    return any(binding.kind == "parameter" and binding.name == "path" for binding in page.bindings(arg.value))


RULE = Rule(
    id="PYT014",
    title="Collectors are made with `path`",
    library="pytest",
    link="https://docs.pytest.org/en/stable/deprecations.html"
    "#fspath-argument-for-node-constructors-replaced-with-pathlib-path",
    was="`File.from_parent(parent, fspath=…)` took a `py.path.local`, with a warning.",
    now="`PytestRemovedIn9Warning: The (fspath: py.path.local) argument to … is deprecated`, an error",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"fspath",),
    apply=find,
    examples=(
        Example(
            "made from a legacy path",
            "import pytest\n\n\ndef pytest_collect_file(file_path, parent):\n    if file_path.suffix == '.check':\n"
            "        return CheckFile.from_parent(parent, fspath=parent.config.rootdir / file_path.name)\n\n\n"
            "class CheckFile(pytest.File):\n    def collect(self):\n        return []\n",
            path="conftest.py",
            others={"test_one.check": ""},
            flags=((6, Level.BREAKS),),
            probe=Probe(old="exit 5", broken="argument to CheckFile is deprecated", command=SUITE),
        ),
        Example(
            "the new argument, the attribute, and the hook's own argument",
            "import pytest\n\n\ndef pytest_collect_file(path, parent):\n"
            "    return pytest.Module.from_parent(parent, fspath=path)\n\n\n"
            "def make(parent, file):\n    print(parent.fspath, dict(fspath=file))\n"
            "    return pytest.Module.from_parent(parent, path=file)\n",
            path="conftest.py",
        ),
    ),
)
