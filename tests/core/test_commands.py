"""What counts as a command in a comment, and what does not (issue 4, Comments)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import MOST, Command, Mistake, Verb, parse


@pytest.mark.parametrize("verb", [v for v in Verb if v is not Verb.SKIP])
def test_every_command_is_understood_on_a_line_of_its_own(verb: Verb) -> None:
    assert parse(f"/convoy {verb}") == (Command(verb),)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("/convoy rerun --force", Command(Verb.RERUN, force=True)),
        ("/convoy skip pytest-asyncio", Command(Verb.SKIP, upgrade="pytest-asyncio")),
        ("/convoy   HOLD  ", Command(Verb.HOLD)),
        ("/Convoy hold", Command(Verb.HOLD)),
        ("/convoy\thold", Command(Verb.HOLD)),
        ("/convoy", Command(Verb.HELP)),
        ("Not yet.\n\n/convoy hold\n\nThanks!", Command(Verb.HOLD)),
        ("Not yet.\r\n/convoy hold\r\n", Command(Verb.HOLD)),
        ("> what about the timeouts?\n\n/convoy hold", Command(Verb.HOLD)),
        ("```\nlog\n```\n/convoy hold", Command(Verb.HOLD)),
        ("~~~ python\n```\n~~~\n/convoy hold", Command(Verb.HOLD)),
        ("see `a` and ``b ` c``\n/convoy hold", Command(Verb.HOLD)),
        ("a lone ` tick\n\n/convoy hold", Command(Verb.HOLD)),
        ("<!-- hidden -->\n/convoy hold", Command(Verb.HOLD)),
        ("```inline``` is no fence\n/convoy hold", Command(Verb.HOLD)),
    ],
)
def test_a_line_that_begins_with_our_name_is_a_command(body: str, wanted: Command) -> None:
    assert parse(body) == (wanted,)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "please /convoy hold",
        "/convoyhold",
        "/convoy-hold",
        "//convoy hold",
        "\\/convoy hold",
        " /convoy hold",
        "    /convoy hold",
        "\t/convoy hold",
        "- /convoy hold",
        "> /convoy hold",
        ">/convoy hold",
        "  > > /convoy hold",
        "> you could say\n/convoy hold",
        "`/convoy hold`",
        "try `this:\n/convoy hold\nor that`",
        "``a\n/convoy hold\nb``",
        "```\n/convoy hold\n```",
        "```\n/convoy hold",
        "````\n```\n/convoy hold\n````",
        "~~~\n```\n/convoy hold\n~~~",
        "   ```sh\n/convoy hold\n   ```",
        "<!--\n/convoy hold\n-->",
        "<!-- never closed\n\n/convoy hold",
        "<pre>\n/convoy hold\n</pre>",
        "<PRE class=x>\n\n/convoy hold\n\n</PRE>",
        "<blockquote>\n\n/convoy hold\n</blockquote>",
        "a\u2028/convoy hold",
        "a\x0b/convoy hold",
        "<!-- x -->/convoy hold",
        "\u200b/convoy hold",
        "／convoy hold",
    ],
)
def test_what_is_quoted_shown_as_code_hidden_or_said_in_passing_is_no_command(body: str) -> None:
    assert parse(body) == ()


@pytest.mark.parametrize(
    ("said", "nearest"),
    [
        ("hodl", "hold"),
        ("re-run", "rerun"),
        ("retry", "retry-ci"),
        ("merg", "merge"),
        ("xyzzy", ""),
        ("hold until monday", "hold"),
        ("merge when green", "merge"),
        ("rerun -force", "rerun --force"),
        ("rerun now", "rerun"),
        ("skip", "skip UPGRADE"),
        ("skip pytest tenacity", "skip UPGRADE"),
    ],
)
def test_what_is_not_understood_to_the_last_word_is_not_obeyed_and_gets_the_nearest_command(
    said: str, nearest: str
) -> None:
    assert parse(f"/convoy {said}") == (Mistake(said, nearest),)


def test_several_lines_are_several_commands_in_their_order() -> None:
    body = "/convoy skip pytest\nbecause of the plugin\n/convoy rerun\n\n/convoy hodl\n"
    wanted = (Command(Verb.SKIP, upgrade="pytest"), Command(Verb.RERUN), Mistake("hodl", "hold"))
    assert parse(body) == wanted


def test_a_comment_full_of_commands_is_cut_short() -> None:
    assert len(parse("/convoy hold\n" * 5000)) == MOST


def test_a_mistake_repeats_at_most_a_little_of_what_was_said() -> None:
    [found] = parse("/convoy " + "x" * 5000)
    assert isinstance(found, Mistake)
    assert len(found.said) <= 80


@pytest.mark.parametrize(
    "shape", ["`" * 60_000, "` `` " * 12_000, "<!--" * 15_000, "<pre>" * 12_000, "> \n" * 20_000]
)
def test_hostile_text_takes_no_time(shape: str) -> None:
    began = time.process_time()
    assert parse(shape + "\n> /convoy hold") == ()
    assert time.process_time() - began < 2


@given(st.lists(st.sampled_from(["/convoy hold", "`", "```", "> ", "\n", "\n\n", "x", "<!--", "-->", "~~~", " "])))
def test_nothing_that_is_put_together_raises_or_obeys_more_than_it_says(parts: list[str]) -> None:
    body = "".join(parts)
    assert len(parse(body)) <= body.count("/convoy hold")


@given(st.text())
def test_a_fence_around_a_comment_silences_it(text: str) -> None:
    assert parse("`" * 80 + "\n" + text.replace("`", "'") + "\n/convoy hold") == ()
