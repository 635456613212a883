"""Which warnings are errors: ``filterwarnings``, ``-W`` in ``addopts`` and ``PYTHONWARNINGS``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.pytest_world import commands, config
from transforms.pytest_world.config import Configuration
from transforms.pytest_world.world import World


@dataclass(frozen=True, slots=True)
class Warning:
    """A warning that may be raised: the names of its category and its bases, and the start of its text."""

    categories: frozenset[str]
    text: str


DEPRECATION = frozenset(
    {"", "Warning", "DeprecationWarning", "pytest.PytestWarning", "pytest.PytestDeprecationWarning"}
    | {"_pytest.warning_types.PytestDeprecationWarning", "_pytest.warning_types.PytestWarning"}
)
PLAIN = frozenset({"", "Warning", "UserWarning", "pytest.PytestWarning", "_pytest.warning_types.PytestWarning"})


def fails(configuration: Configuration | None, warning: Warning) -> bool:
    """Whether the configuration turns the warning into an error. The last filter that fits decides."""
    verdict = False
    for line in _filters(configuration) if configuration else ():
        action, message, category, *rest = [*(part.strip() for part in line.split(":")), "", "", ""][:5]
        if category in warning.categories and not any(rest) and _fits(message, warning.text):
            verdict = action == "error"
    return verdict


def _fits(pattern: str, text: str) -> bool:
    try:
        return re.match(pattern, text, re.IGNORECASE) is not None
    except re.error:
        return False


def _filters(configuration: Configuration) -> Iterator[str]:
    if "filterwarnings" in configuration.options:
        yield from configuration.options["filterwarnings"].lines
    words = configuration.words("addopts")
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word == "-W":
            yield following
        elif word.startswith("-W"):
            yield word[2:]


def interpreter_fails(world: World, folder: str) -> commands.Command | None:
    """A line that makes the interpreter itself treat warnings as errors, for the tests of a folder."""
    above = set(config.above(folder))
    found = (*world.mentioning("PYTHONWARNINGS"), *world.mentioning("python -W"))
    return next((c for c in found if c.folder in above and re.search(r"(=|:|-W)\s*['\"]?error\b", c.text)), None)
