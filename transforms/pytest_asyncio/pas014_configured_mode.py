"""A configuration that switches the plugin off, or asks for a mode that is gone, fails async tests.

https://pytest-asyncio.readthedocs.io/en/stable/reference/configuration.html
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from transforms.model import Level, Proof
from transforms.pytest_world.config import Configuration
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import in_force
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree


def survey(tree: Tree) -> Verdicts:
    """Every configuration of the service that is in force."""
    for configuration in in_force(tree):
        yield from _verdicts(configuration)


def _verdicts(configuration: Configuration) -> Iterator[Flag]:
    options = configuration.options
    if "asyncio_mode" in options and options["asyncio_mode"].value == "legacy":
        message = "`legacy` is no mode any more: `auto` takes every async test, `strict` only marked ones"
        yield Flag(options["asyncio_mode"].line, message, file=configuration.path)
    words = configuration.words("addopts")
    pairs = list(pairwise(words))
    if ("-p", "no:asyncio") in pairs or "-pno:asyncio" in words:
        message = "the plugin is switched off here: async tests were skipped, and now they fail"
        yield Flag(options["addopts"].line, message, file=configuration.path)


RULE = Rule(
    id="PAS014",
    title="The plugin switched off, or in legacy mode",
    library="pytest-asyncio",
    link="https://pytest-asyncio.readthedocs.io/en/stable/reference/configuration.html",
    was="With `-p no:asyncio` async tests were skipped.",
    now="They fail: `async def functions are not natively supported.` "
    "`asyncio_mode = legacy` is a usage error: `'legacy' is not a valid asyncio_mode`.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    survey=survey,
    examples=(
        Example(
            "switched off",
            "[pytest]\naddopts = -q -p no:asyncio\n",
            path="pytest.ini",
            others={"test_app.py": "async def test_one(): ...\n"},
            flags=((2, Level.BREAKS),),
            probe=Probe(old="exit 0", broken="async def functions are not natively supported", command=SUITE),
        ),
        Example(
            "a mode of before 0.19",
            "[tool:pytest]\nasyncio_mode = legacy\n",
            path="setup.cfg",
            flags=((2, Level.BREAKS),),
        ),
        Example(
            "the two modes, and another plugin switched off",
            "[pytest]\nasyncio_mode = auto\naddopts = -p no:cacheprovider -p no:asyncio_cooperative\n",
            path="pytest.ini",
            others={"other/pytest.ini": "[pytest]\nasyncio_mode = strict\n"},
        ),
    ),
)
