"""Keys and words of pytest's configuration, set and dropped without touching a byte elsewhere."""

import tomllib

import pytest

from transforms.pytest_world import config
from transforms.pytest_world.edit import can_put, dropping_words, putting

PYPROJECT = """\
[project]
name = "a"

[tool.pytest.ini_options]
addopts = "-q"  # quiet
markers = [
    "slow: takes long",
    "[odd]: looks like a header",
]

# about ruff
[tool.ruff]
line-length = 100
"""


def put(path, text, **values):
    configuration = config.read(path, text.encode()) or config.Configuration(path, SECTION[path], {})
    return putting(configuration, values)(text.encode()).decode()


SECTION = {"pyproject.toml": "tool.pytest.ini_options", "pytest.ini": "pytest"}


def test_a_toml_key_goes_behind_the_tables_last_one_and_not_into_the_next_table():
    after = put("pyproject.toml", PYPROJECT, strict_markers="true")
    assert after == PYPROJECT.replace("]\n\n# about", "]\nstrict_markers = true\n\n# about")


def test_a_toml_key_is_replaced_where_it_stands_and_its_comment_stays():
    after = put("pyproject.toml", PYPROJECT, addopts="-v")
    assert after == PYPROJECT.replace('"-q"', '"-v"')


def test_a_missing_toml_table_is_appended():
    after = put("pyproject.toml", "[project]\nname = 'a'\n", asyncio_mode="auto")
    assert after == "[project]\nname = 'a'\n\n[tool.pytest.ini_options]\nasyncio_mode = \"auto\"\n"


def test_a_missing_last_line_break_stays_missing_and_windows_stays_windows():
    text = "[tool.pytest.ini_options]\r\naddopts = '-q'"
    assert put("pyproject.toml", text, a="b") == text + '\r\na = "b"'


def test_a_byte_order_mark_stays():
    configuration = config.Configuration("pytest.ini", "pytest", {})
    assert putting(configuration, {"a": "b"})(b"\xef\xbb\xbf[pytest]\n") == b"\xef\xbb\xbf[pytest]\na = b\n"


@pytest.mark.parametrize(
    "text", ['[tool]\npytest = {ini_options = {addopts = "-q"}}\n', "[tool.pytest]\nini_options.addopts = '-q'\n"]
)
def test_a_table_in_an_odd_spelling_is_left_as_it_is_and_that_is_known_before(text):
    configuration = config.read("pyproject.toml", text.encode())
    assert configuration is not None
    assert put("pyproject.toml", text, a="b") == text
    assert not can_put(configuration, text.encode(), {"a": "b"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('addopts = "-q --strict-markers"', 'addopts = "-q"'),
        ('addopts = "--strict-markers -q"', 'addopts = "-q"'),
        ('addopts = "-q --strict-markers --cov"', 'addopts = "-q --cov"'),
        ('addopts = "--strict-markers"', None),
        ("addopts = '''\n    -q\n    --strict-markers\n'''", "addopts = '''\n    -q\n'''"),
        ('addopts = ["-q", "--strict-markers"]', 'addopts = ["-q"]'),
        ('addopts = ["--strict-markers", "-q"]', 'addopts = ["-q"]'),
        ('addopts = ["--strict-markers"]', None),
        ('addopts = [\n    "-q",\n    "--strict-markers",\n]', 'addopts = [\n    "-q",\n]'),
        ('addopts = "-q --strict-markers-not"', 'addopts = "-q --strict-markers-not"'),
    ],
)
def test_a_word_leaves_addopts_in_toml(before, after):
    def document(line):
        return (
            "[tool.pytest.ini_options]\n" + (f"{line}\n" if line else "") + 'markers = ["a"]\n\n[tool.x]\ny = 1\n'
        )

    configuration = config.read("pyproject.toml", document(before).encode())
    assert configuration is not None
    edited = dropping_words(configuration, "addopts", frozenset({"--strict-markers"}))(document(before).encode())
    assert edited.decode() == document(after)
    tomllib.loads(edited.decode())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("addopts = -q --strict-markers\n", "addopts = -q\n"),
        ("addopts = --strict-markers -q\n", "addopts = -q\n"),
        ("addopts=--strict-markers -q\n", "addopts=-q\n"),
        ("addopts = --strict-markers\n", ""),
        ("addopts =\n    -q\n    --strict-markers\n    --cov\n", "addopts =\n    -q\n    --cov\n"),
        ("addopts =\n    -q\n    # --strict-markers\n", "addopts =\n    -q\n    # --strict-markers\n"),
    ],
)
def test_a_word_leaves_addopts_in_ini(before, after):
    document = "[pytest]\n{}markers = a\n"
    configuration = config.read("pytest.ini", document.format(before).encode())
    assert configuration is not None
    edit = dropping_words(configuration, "addopts", frozenset({"--strict-markers"}))
    assert edit(document.format(before).encode()).decode() == document.format(after)
