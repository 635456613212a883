"""``--strict-markers`` and ``--strict-config`` in ``addopts`` are ignored by 9.0: they are keys now.

https://docs.pytest.org/en/stable/changelog.html#pytest-9-0-0-2025-11-05
"""

from __future__ import annotations

from transforms.model import Level, Proof
from transforms.pytest_world.config import Configuration
from transforms.pytest_world.edit import can_put, dropping_words, putting
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import in_force
from transforms.rewrites import Flag, TextRewrite
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_KEYS = {"--strict-markers": "strict_markers", "--strict-config": "strict_config", "--strict": "strict_markers"}


def survey(tree: Tree) -> Verdicts:
    """Every configuration in force whose ``addopts`` has one of the words."""
    for configuration in in_force(tree):
        words = [w for w in configuration.words("addopts") if w in _KEYS]
        if words:
            yield _verdict(tree, configuration, words)


def _verdict(tree: Tree, configuration: Configuration, words: list[str]) -> TextRewrite | Flag:
    keys = {_KEYS[word]: "true" for word in words}
    missing = {key: value for key, value in keys.items() if key not in configuration.options}
    line = configuration.options["addopts"].line
    told = " and ".join(f"`{key} = true`" for key in keys)
    if not can_put(configuration, tree.files[configuration.path], missing):
        message = f"pytest 9.0 ignores `{words[0]}` in `addopts`: write {told} instead"
        return Flag(line, message, Level.CHANGES_SILENTLY, configuration.path)
    put, drop = putting(configuration, missing), dropping_words(configuration, "addopts", frozenset(words))
    message = f"`{words[0]}` in `addopts` → {told}: 9.0 reads it only on the command line or as a key"
    return TextRewrite(
        configuration.path, line, message, lambda content: drop(put(content)), Level.CHANGES_SILENTLY
    )


_TEST = "import pytest\n\n\n@pytest.mark.typo\ndef test_one(): ...\n"
_PROBE = Probe(
    old="'typo' not found in `markers`", broken="exit 0", works="'typo' not found in `markers`", command=SUITE
)


def _example(title: str, path: str, before: str, after: str, line: int) -> Example:
    """A configuration and the test that it is to refuse."""
    return Example(
        title,
        _TEST,
        path="test_app.py",
        others={path: before},
        others_after={path: after},
        notes=(line,),
        probe=_PROBE,
    )


RULE = Rule(
    id="PYT002",
    title="Strict options move from `addopts` to keys of their own",
    library="pytest",
    link="https://docs.pytest.org/en/stable/changelog.html#pytest-9-0-0-2025-11-05",
    was="`addopts = --strict-markers`: a mark that is not registered fails the run.",
    now="9.0.2 silently ignores the option there: the misspelled mark passes with a warning. 9.2 reads it again.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    survey=survey,
    examples=(
        _example(
            "in pytest.ini, between other options",
            "pytest.ini",
            "[pytest]\naddopts = -q --strict-markers --tb=short\nmarkers =\n    slow: takes long\n",
            "[pytest]\naddopts = -q --tb=short\nmarkers =\n    slow: takes long\nstrict_markers = true\n",
            2,
        ),
        _example(
            "in pyproject.toml, in a list",
            "pyproject.toml",
            '[tool.pytest.ini_options]\naddopts = [\n    "-q",\n    "--strict-config",\n'
            '    "--strict-markers",\n]\n'
            'testpaths = ["."]\n\n[tool.other]\nkey = 1\n',
            '[tool.pytest.ini_options]\naddopts = [\n    "-q",\n]\n'
            'testpaths = ["."]\nstrict_config = true\nstrict_markers = true\n\n[tool.other]\nkey = 1\n',
            2,
        ),
        _example(
            "the old short form, the only word of tox.ini's addopts",
            "tox.ini",
            "[tox]\nenvlist = py\n\n[pytest]\naddopts = --strict\n\n[flake8]\nmax-line-length = 100\n",
            "[tox]\nenvlist = py\n\n[pytest]\nstrict_markers = true\n\n[flake8]\nmax-line-length = 100\n",
            5,
        ),
        Example(
            "a table that cannot be edited line by line",
            _TEST,
            path="test_app.py",
            others={"pyproject.toml": '[tool]\npytest = {ini_options = {addopts = "--strict-markers"}}\n'},
            flags=(("pyproject.toml", 1, Level.CHANGES_SILENTLY),),
        ),
        Example(
            "a file that is not in force, a comment, and another tool's option",
            _TEST,
            path="test_app.py",
            others={
                "pytest.ini": "[pytest]\naddopts =\n    -q\n    # --strict-markers\n    --strict-data-files\n",
                "setup.cfg": "[tool:pytest]\naddopts = --strict-markers\n\n[mypy]\nstrict = true\n",
            },
        ),
    ),
)
