"""``config.inicfg`` was never public, and is a stand-in now; ``config.args`` takes text only.

https://docs.pytest.org/en/stable/changelog.html#pytest-9-0-2-2025-12-06
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.pytest_world.proving import SUITE
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts


def find(page: Page) -> Verdicts:
    """``….config.inicfg`` and ``config.inicfg``."""
    for site in page.all(cst.Attribute):
        match site:
            case cst.Attribute(
                value=cst.Name(value="config" | "pytestconfig") | cst.Attribute(attr=cst.Name(value="config")),
                attr=cst.Name(value="inicfg"),
            ):
                yield Flag(site, "`config.inicfg` works through a stand-in only: ask `config.getini(name)`")
            case cst.Attribute(
                value=cst.Name(value="config" | "pytestconfig") | cst.Attribute(attr=cst.Name(value="config")),
                attr=cst.Name(value="args"),
            ) if _gets_path(page, site):
                yield Flag(site, "`config.args` is made of text: add `str(path)`", Level.BREAKS)


def _gets_path(page: Page, args: cst.Attribute) -> bool:
    """Whether a ``Path`` is made in the statement that adds to the arguments or replaces them."""
    statement = page.around(args, cst.SimpleStatementLine)
    if statement is None:
        return False
    made = [c for c in page.below(statement, cst.Call) if page.resolve(c.func) == "pathlib.Path"]
    texts = (c for c in page.below(statement, cst.Call) if page.resolve(c.func) == "str" or _is_name(c.func, "str"))
    inside = {c for text in texts for c in page.below(text, cst.Call)}
    match statement.body[0]:
        case cst.Assign() | cst.AugAssign():
            return any(c not in inside for c in made)
        case cst.Expr(value=cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=verb)))):
            adds = owner is args and verb in {"append", "insert", "extend"}
            return adds and any(c not in inside for c in made)
    return False


def _is_name(node: cst.BaseExpression, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


RULE = Rule(
    id="PYT016",
    title="`config.inicfg` is a stand-in, `config.args` is text",
    library="pytest",
    link="https://docs.pytest.org/en/stable/changelog.html#pytest-9-0-2-2025-12-06",
    was="The dictionary of what the configuration file says; a list that could hold paths too.",
    now="A stand-in, `_DeprecatedInicfgProxy`; 9.2 warns: `PytestRemovedIn10Warning: config.inicfg is deprecated`",
    proof=Proof.RAN,
    level=Level.ADVICE,
    needles=(b"inicfg", b"config.args"),
    apply=find,
    examples=(
        Example(
            "read in a hook",
            "def pytest_configure(config):\n    print('inicfg is a', type(config.inicfg).__name__)\n",
            path="conftest.py",
            others={"pytest.ini": "[pytest]\naddopts = -q\n", "test_app.py": "def test_one(): ...\n"},
            flags=((2, Level.ADVICE),),
            probe=Probe(
                old="inicfg is a dict", broken="inicfg is a _DeprecatedInicfgProxy", command=(*SUITE, "-s")
            ),
        ),
        Example(
            "a path among the arguments",
            "from pathlib import Path\n\n\ndef pytest_configure(config):\n"
            "    config.args.append(Path('test_app.py'))\n",
            path="conftest.py",
            others={"test_app.py": "def test_one(): ...\n"},
            flags=((5, Level.BREAKS),),
            probe=Probe(old="1 passed", broken="'PosixPath' object has no attribute 'partition'", command=SUITE),
        ),
        Example(
            "text among the arguments, a path that only chooses, and another object's arguments",
            "from pathlib import Path\n\n\ndef pytest_configure(config):\n"
            "    config.args.append(str(Path('tests')))\n    config.args[:] = ['tests']\n"
            "    print([a for a in config.args if Path(a).exists()])\n    config.parser.args.append(Path('x'))\n",
            path="conftest.py",
        ),
        Example(
            "the public way, and other objects with that attribute",
            "def pytest_configure(config):\n    config.getini('addopts')\n    print(config.reader.inicfg)\n",
            path="conftest.py",
        ),
    ),
)
