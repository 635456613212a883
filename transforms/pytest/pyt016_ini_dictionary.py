"""``config.inicfg`` was never public, and is a stand-in now.

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


RULE = Rule(
    id="PYT016",
    title="`config.inicfg` is a stand-in",
    library="pytest",
    link="https://docs.pytest.org/en/stable/changelog.html#pytest-9-0-2-2025-12-06",
    was="The dictionary of what the configuration file says.",
    now="A stand-in, `_DeprecatedInicfgProxy`; 9.2 warns: `PytestRemovedIn10Warning: config.inicfg is deprecated`",
    proof=Proof.RAN,
    level=Level.ADVICE,
    needles=(b"inicfg",),
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
            "the public way, and other objects with that attribute",
            "def pytest_configure(config):\n    config.getini('addopts')\n    print(config.reader.inicfg)\n",
            path="conftest.py",
        ),
    ),
)
