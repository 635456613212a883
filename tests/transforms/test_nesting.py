"""A file made to exhaust a parser is turned away, and what people write is not."""

import pytest

from transforms.nesting import is_too_deep

MADE = {
    "brackets": "(" * 3000,
    "signs": "x = " + "-" * 5000 + "1",
    "negations": "x = " + "not " * 5000 + "1",
    "functions": "x = " + "lambda: " * 5000 + "1",
    "attributes": "x = a" + ".b" * 5000,
    "terms": "x = 1" + " + 1" * 5000,
    "choices": "x = " + "1 if 2 else " * 5000 + "3",
    "calls": "x = f" + "(1, 2)" * 5000,
    "branches": "if 1: pass\n" + "elif 2: pass\n" * 5000,
    "texts in texts": "x = " + "f'{" * 2000,
}


@pytest.mark.parametrize("form", MADE)
def test_what_could_end_the_process_is_seen_before_it_is_parsed(form: str) -> None:
    assert is_too_deep(MADE[form].encode())


WRITTEN = {
    "a table": "x = [\n" + "    f(1) + 2,\n" * 5000 + "]\n",
    "many lines": "x = a.b(1) + 2\n" * 5000,
    "a long sum": "x = " + " + ".join(["f(1)"] * 1200),
    "brackets in words": "x = '('  # (\n" * 300 + 'y = """((("""\n' * 300 + "z = '\\'('\n" * 300,
    "a map": "x = {\n" + "    'a': 'b',\n" * 5000 + "}\n",
}


@pytest.mark.parametrize("form", WRITTEN)
def test_what_people_write_is_read(form: str) -> None:
    assert not is_too_deep(WRITTEN[form].encode())
