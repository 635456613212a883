"""GitHub's filter patterns, with the examples of its own documentation."""

import time

import pytest

from bot.sandbox.runner.globs import admits, matches

DOCUMENTED = [
    ("*", "README.md", True),
    ("*", "docs/file.txt", False),
    ("*.jsx?", "page.js", True),
    ("*.jsx?", "page.jsx", True),
    ("*.jsx?", "page.jsxx", False),
    ("**", "all/the/files.md", True),
    ("*.js", "js/index.js", False),
    ("**.js", "src/js/app.js", True),
    ("docs/*", "docs/file.txt", True),
    ("docs/*", "docs/mona/file.txt", False),
    ("docs/**", "docs/mona/octocat.txt", True),
    ("docs/**", "docs-old/file.txt", False),
    ("docs/**/*.md", "docs/hello.md", True),
    ("docs/**/*.md", "docs/mona/hello.md", True),
    ("docs/**/*.md", "docs/a/markdown/file.txt", False),
    ("**/docs/**", "dir/docs/my-file.txt", True),
    ("**/docs/**", "docs/hello.md", True),
    ("**/README.md", "README.md", True),
    ("**/README.md", "js/README.md", True),
    ("**/README.md", "js/MYREADME.md", False),
    ("**/*src/**", "a/src/app.js", True),
    ("**/*src/**", "my-src/code/js/app.js", True),
    ("**/migrate-*.sql", "db/sept/migrate-v1.sql", True),
    ("feature/*", "feature/a/b", False),
    ("feature/**", "feature/a/b", True),
    ("v[12].[0-9]+.[0-9]+", "v1.10.1", True),
    ("v[12].[0-9]+.[0-9]+", "v3.0.0", False),
    ("[CB]at", "Cat", True),
    ("[CB]at", "Rat", False),
    (r"release\*", "release*", True),
    (r"release\*", "release-1", False),
    ("a.b", "axb", False),
]


@pytest.mark.parametrize(("pattern", "name", "expected"), DOCUMENTED)
def test_pattern(pattern: str, name: str, *, expected: bool) -> None:
    assert matches(pattern, name) is expected


def test_a_later_exclusion_takes_out_and_a_later_pattern_lets_in_again() -> None:
    patterns = ["sub/**", "!sub/docs/**", "sub/docs/keep.md"]
    assert admits(patterns, "sub/code.py")
    assert not admits(patterns, "sub/docs/guide.md")
    assert admits(patterns, "sub/docs/keep.md")


def test_a_pattern_made_to_be_slow_is_not() -> None:
    started = time.monotonic()
    assert not matches("*a" * 60, "a" * 300 + "!")
    assert time.monotonic() - started < 2
