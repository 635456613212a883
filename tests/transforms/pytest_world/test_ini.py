"""The ini dialect of pytest: read with line numbers, edited without touching a byte elsewhere."""

import pytest

from transforms.pytest_world import ini

TEXT = """\
# top
[tox]
envlist = py311

[pytest]
addopts =
    -q
    # kept quiet
    --strict-markers
asyncio_mode: auto
markers = slow: takes long

[flake8]
max-line-length = 100
"""


def test_values_keep_their_lines_and_comments_are_no_values():
    section = ini.parse(TEXT).section("pytest")
    assert {k: (e.value, e.line, e.last) for k, e in section.items()} == {
        "addopts": ("\n-q\n--strict-markers", 6, 9),
        "asyncio_mode": ("auto", 10, 10),
        "markers": ("slow: takes long", 11, 11),
    }


def test_a_new_key_goes_behind_the_sections_last_one():
    after = ini.put(TEXT, "pytest", {"strict_markers": "true"})
    assert after == TEXT.replace("takes long\n", "takes long\nstrict_markers = true\n")


def test_an_existing_key_keeps_its_spelling():
    assert ini.put(TEXT, "pytest", {"asyncio_mode": "strict"}) == TEXT.replace("auto", "strict")


def test_a_value_over_several_lines_is_replaced_whole():
    after = ini.put(TEXT, "pytest", {"addopts": "-q"})
    assert after == TEXT.replace("addopts =\n    -q\n    # kept quiet\n    --strict-markers\n", "addopts = -q\n")


def test_a_missing_section_is_appended():
    assert ini.put("[tox]\nenvlist = a\n", "pytest", {"a": "b"}) == "[tox]\nenvlist = a\n\n[pytest]\na = b\n"
    assert ini.put("", "pytest", {"a": "b"}) == "[pytest]\na = b\n"


def test_windows_line_ends_stay():
    assert ini.put("[pytest]\r\na = 1\r\n", "pytest", {"b": "2"}) == "[pytest]\r\na = 1\r\nb = 2\r\n"


def test_a_dropped_key_takes_its_continuation_along():
    assert "strict-markers" not in ini.drop(TEXT, "pytest", "addopts")
    assert ini.drop(TEXT, "pytest", "absent") == TEXT


@pytest.mark.parametrize("line", ["[half", "= 1", "word", "\tdeep = 1"])
def test_lines_that_no_reader_accepts_are_passed_over(line):
    assert ini.put(f"[pytest]\n{line}\n", "pytest", {"a": "1"}).count("a = 1") == 1
