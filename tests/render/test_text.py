"""Repository text stands in our Markdown as written and does nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.text import Md, clip, code, escape, fence, link, one_line, plain, prose
from tests.render.hostile import ACTIVE, assert_harmless, hostile, skeleton, tokens, unhurried


def shown(markdown: str) -> str:
    """What a reader would see of one paragraph, without zero-width spaces."""
    children = [c for t in tokens(markdown) if t.type == "inline" for c in t.children or ()]
    return "".join(c.content for c in children if c.type in ("text", "code_inline")).replace("\u200b", "")


@unhurried
@given(hostile | st.text())
def test_escaped_text_is_one_quiet_paragraph_that_reads_as_written(text: str):
    markdown = escape(text)
    assert_harmless(markdown)
    assert skeleton(markdown) in ([], ["paragraph_open", "inline", "paragraph_close"])
    assert shown(markdown) == one_line(text)


@unhurried
@given(hostile | st.text())
def test_a_code_span_holds_what_it_was_given(text: str):
    markdown = code(text)
    assert_harmless(markdown)
    assert "\n" not in markdown
    assert "|" not in markdown
    assert shown(markdown) == one_line(text)


@unhurried
@given(hostile | st.text())
def test_a_fence_is_one_block_whatever_the_log_says(text: str):
    markdown = fence(text)
    assert skeleton(markdown) == ["fence"]
    assert "<!--" not in markdown
    assert "/convoy" not in markdown.lower()


@unhurried
@given(hostile | st.text(), hostile | st.text())
def test_a_link_goes_to_http_or_nowhere(words: str, url: str):
    opened = [c for t in tokens(f"({link(words, url)})") for c in t.children or () if c.type == "link_open"]
    assert all(str(c.attrs["href"]).startswith(("http://", "https://")) for c in opened)
    assert shown(link(words, "javascript:alert(1)")) == one_line(words)


@unhurried
@given(hostile | st.text())
def test_a_commit_message_line_mentions_nobody_and_stays_one_line(text: str):
    line = plain(text)
    assert len(line.splitlines()) <= 1
    assert not ACTIVE.search(line.replace("/convoy", ""))
    line.encode()


@unhurried
@given(hostile | st.text())
def test_a_rules_sentence_may_hold_code_and_nothing_else(text: str):
    markdown = prose(text)
    assert_harmless(markdown)
    assert skeleton(f"x {markdown}") == ["paragraph_open", "inline", "paragraph_close"]


def test_a_rules_sentence_shows_its_names_as_code():
    assert prose("`iter()` is a <coroutine>") == "`iter()` is a &lt;coroutine&gt;"


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("requests[socks]>=2,<3", "requests\\[socks\\]&gt;=2,&lt;3"),
        ("8.2.3", "8.2.3"),
        ("ask @octocat", "ask @&#8203;octocat"),
        ("fixes acme/shop#12", "fixes acme/shop#&#8203;12"),
        ("see https://x.example", "see https:&#8203;//x.example"),
        ("- item", "&#8203;- item"),
        ("a\n\nb", "a b"),
    ],
)
def test_escaping_changes_what_would_act_and_leaves_the_rest_readable(text: str, markdown: str):
    assert escape(text) == markdown


def test_names_and_specifiers_are_plain_backtick_spans():
    assert code("tenacity>=8.2,<10") == "`tenacity>=8.2,<10`"


def test_a_long_log_is_cut_and_says_by_how_much():
    assert fence("\n".join(map(str, range(30))), lines=3) == "```text\n0\n1\n2\n… 27 more lines\n```"


def test_colours_leave_a_log_without_a_trace():
    assert fence("\x1b[31mFAILED\x1b[0m \x1b]8;;https://evil.example\x07here") == "```text\nFAILED here\n```"


def test_a_link_keeps_our_own_markdown():
    assert link(Md("`a.py:3`"), "https://github.com/a/b c") == "[`a.py:3`](https://github.com/a/b%20c)"


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "/relative", "https://", "http://[::1", "ftp://x.example/"]
)
def test_an_address_that_is_none_is_left_out(url: str):
    assert link("run", url) == "run"


def test_clipping_says_that_something_is_gone():
    assert clip("abcdef", 4) == "abc…"
    assert clip("abcd", 4) == "abcd"
