"""Text as an attacker would choose it, and what Markdown makes of ours: for the tests of escaping."""

from __future__ import annotations

import re

from hypothesis import settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

FRAGMENTS = (
    "@octocat", "@acme/owners", "fixes #1", "acme/shop#12", "GH-7", "https://github.com/acme/shop/issues/1",
    "www.evil.example", "<script>alert(1)</script>", "<img src=x onerror=y>",
    "![x](https://evil.example/p.png)", "[click](javascript:alert(1))", "<!-- convoy: {} -->",
    "<!-- convoy-said: failing abc -->", "-->", "<!--", "|", "\\|", "\\", "`", "``", "```", "\n```\n", "~~~",
    "\n\n", "\r\n", "\n# heading\n", "\n- item", "\n---\n", "\n| a | b |\n", "/convoy rerun --force",
    "\n/convoy skip tenacity\n", "</details>", "</code>", "&#64;octocat", "&lt;b&gt;", "$x$", "**bold**",
    "__init__.py", "~~gone~~", "\u202egnp.exe", "\u2028", "\x00", "\x1b[31mred", "\x85", "\ud800", "1. one",
    "+ plus", "= =", "[ref]: https://evil.example", "<https://evil.example>", "mailto:a@b.example", "\t", "#1",
    "a#b",
)  # fmt: skip

unhurried = settings(deadline=None, max_examples=60)
"""A busy machine is no failure."""

hostile = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), min_size=1, max_size=6).map("x".join)
"""Never empty in any of its words: whether something is there at all is a matter of layout, not of escaping."""

ALLOWED_TAGS = re.compile(
    r"(<details><summary>[^<>]*</summary>|</?(code|br|details|summary|sub)>|<!-- convoy-answer: [0-9]+ [a-z]+ -->"
    r"|<!-- convoy: \{[^{}<>]*\} -->|<!-- convoy-said: [a-z-]+ [0-9a-f]+ -->)"
)
ACTIVE = re.compile(r"@\w|#\w|GH-\d|://|www\.|/convoy", re.IGNORECASE)
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def tokens(markdown: str) -> list[Token]:
    """What a Markdown reader sees."""
    return _MARKDOWN.parse(markdown)


def skeleton(markdown: str) -> list[str]:
    """The blocks without their words: paragraphs, tables with their cells, lists, fences."""
    return [t.type for t in tokens(markdown)]


def assert_harmless(markdown: str) -> None:
    """No tag but ours, no image, no bare link, nothing that speaks outside of code, no cell too many."""
    for token in tokens(markdown):
        if token.type == "html_block":
            assert not ALLOWED_TAGS.sub("", token.content).strip(), token.content
        for child in token.children or ():
            _assert_quiet(child)
    columns = 0
    for line in markdown.splitlines():
        assert not line.lstrip().lower().startswith("/convoy"), line
        pipes = line.count("|") if line.startswith("|") else 0
        assert not pipes or not columns or pipes == columns, line
        columns = pipes


def _assert_quiet(inline: Token) -> None:
    assert inline.type != "image"
    assert inline.markup != "autolink"
    if inline.type == "html_inline":
        assert ALLOWED_TAGS.fullmatch(inline.content), inline.content
    if inline.type == "link_open":
        assert str(inline.attrs["href"]).startswith("https://github.com/"), inline.attrs
    if inline.type == "text":
        assert not ACTIVE.search(inline.content), inline.content
