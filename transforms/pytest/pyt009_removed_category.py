"""A warning filter that names a removed category stops pytest.

https://docs.pytest.org/en/stable/changelog.html#pytest-8-4-0-2025-06-02
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.pytest_world.config import Configuration
from transforms.pytest_world.edit import dropping_lines
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import in_force
from transforms.rewrites import Flag, Rewrite, TextRewrite, remove, string_value
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_GONE = "PytestUnhandledCoroutineWarning"


def survey(tree: Tree) -> Verdicts:
    """Filters in the configuration files of the service."""
    for configuration in in_force(tree):
        option = configuration.options.get("filterwarnings")
        if option is not None and any(_GONE in line for line in option.lines):
            yield from _verdicts(tree, configuration)
        addopts = configuration.options.get("addopts")
        if addopts is not None and any(_GONE in word for word in addopts.words):
            yield Flag(addopts.line, f"`{_GONE}` is gone: take this `-W` out of `addopts`", file=configuration.path)


def _verdicts(tree: Tree, configuration: Configuration) -> Iterator[TextRewrite | Flag]:
    option, edit = configuration.options["filterwarnings"], dropping_lines(configuration, "filterwarnings", _GONE)
    message = f"filter of `{_GONE}` dropped: the category is gone"
    if edit(tree.files[configuration.path]) != tree.files[configuration.path]:
        yield TextRewrite(configuration.path, option.line, message, edit)
    else:
        yield Flag(option.line, f"`{_GONE}` is gone: take its filter out", file=configuration.path)


def find(page: Page) -> Verdicts:
    """``pytest.mark.filterwarnings`` and other uses of the category in code."""
    for call in page.calls("pytest.mark.filterwarnings"):
        decorator = page.parent(call)
        if any(_GONE in (string_value(arg.value) or "") for arg in call.args):
            if isinstance(decorator, cst.Decorator):
                yield Rewrite(decorator, f"filter of `{_GONE}` dropped: the category is gone", (remove(decorator),))
            else:
                yield Flag(call, f"`{_GONE}` is gone: take this filter out")
    for name in page.all(cst.Attribute):
        if page.resolve(name) == f"pytest.{_GONE}":
            yield Flag(name, f"`pytest.{_GONE}` is gone: async tests without a plugin fail instead of warning")


_TEST = "def test_one(): ...\n"
_PROBE = Probe(old="1 passed", broken=f"has no attribute '{_GONE}'", works="1 passed", command=SUITE)

RULE = Rule(
    id="PYT009",
    title=f"Filters of `{_GONE}` go",
    library="pytest",
    link="https://docs.pytest.org/en/stable/changelog.html#pytest-8-4-0-2025-06-02",
    was="The category existed, for async tests that no plugin ran.",
    now=f"`AttributeError: module 'pytest' has no attribute '{_GONE}'`: a usage error, exit 4",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(_GONE.encode(),),
    apply=find,
    survey=survey,
    examples=(
        Example(
            "among other filters, in ini",
            _TEST,
            path="test_app.py",
            others={
                "pytest.ini": f"[pytest]\nfilterwarnings =\n    error\n    ignore::pytest.{_GONE}\n"
                "    ignore::ResourceWarning\nasyncio_default_fixture_loop_scope = function\n"
            },
            others_after={
                "pytest.ini": "[pytest]\nfilterwarnings =\n    error\n"
                "    ignore::ResourceWarning\nasyncio_default_fixture_loop_scope = function\n"
            },
        ),
        Example(
            "alone, in TOML",
            _TEST,
            path="test_app.py",
            others={
                "pyproject.toml": '[tool.pytest.ini_options]\nminversion = "6.0"\n'
                f'filterwarnings = [\n    "ignore::pytest.{_GONE}",\n    "default",\n]\n'
            },
            others_after={
                "pyproject.toml": '[tool.pytest.ini_options]\nminversion = "6.0"\n'
                'filterwarnings = [\n    "default",\n]\n'
            },
            probe=_PROBE,
        ),
        Example(
            "on a test, and in code",
            f"import pytest\n\n\n@pytest.mark.filterwarnings('ignore::pytest.{_GONE}')\ndef test_one(): ...\n\n\n"
            f"def test_two():\n    with pytest.warns(pytest.{_GONE}):\n        pass\n",
            "import pytest\n\n\ndef test_one(): ...\n\n\n"
            f"def test_two():\n    with pytest.warns(pytest.{_GONE}):\n        pass\n",
            path="test_app.py",
            flags=((9, Level.BREAKS),),
        ),
        Example(
            "other categories",
            "import pytest\n\n\n@pytest.mark.filterwarnings('ignore::pytest.PytestWarning')\ndef test_one(): ...\n",
            path="test_app.py",
            others={"pytest.ini": f"[pytest]\n# ignore::pytest.{_GONE}\nfilterwarnings = default\n"},
        ),
    ),
)
