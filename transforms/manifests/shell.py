"""``pip install`` in shell words: Dockerfiles (edited), workflows, scripts and makefiles (flagged)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from transforms.manifests.spot import WORKFLOWS, Include, Reading, Spot, merged, pep508, variable
from transforms.manifests.text import Span, blank, joined, line_of

_FULL_COMMENT = re.compile(r"^[ \t]*#[^\n]*\n?", re.M)
_COMMENT = re.compile(r"(?<=[ \t])#[^\n]*", re.M)
_PIP = re.compile(
    r"\b(?:pip[0-9.]*[ \t]+(?:-[^\s]+[ \t]+)*install|pipx[ \t]+(?:install|inject)|uv[ \t]+tool[ \t]+install"
    r"|(?:uv|pdm|poetry)[ \t]+add)\b(?=[ \t])"
)
_PIP_LIST = re.compile(r"""["']pip[0-9.]*["']\s*,\s*["']install["']""")
_WORD = re.compile(r"""[ \t]*("[^"\n]*"|'[^'\n]*'|[^\s;&|()"'`]+)""")
_LISTED = re.compile(r"""\s*,\s*("[^"\n]*"|'[^'\n]*')""")
_VALUED = re.compile(
    r"-[rceiftp]|--(?:requirement|constraint|editable|index-url|extra-index-url|find-links|target|trusted-host"
    r"|prefix|root|platform|python-version|only-binary|no-binary|cache-dir|src|python|progress-bar|timeout|retries"
    r"|proxy|cert|upgrade-strategy|report|log|use-feature)"
)
_INCLUDING = frozenset({"-r", "--requirement", "-c", "--constraint"})
_FLAGGED = (
    (re.compile(r"^\.github/"), WORKFLOWS),
    (
        re.compile(r"(?:^|/)(?:\.[\w-]+-ci\.ya?ml|\.travis\.yml|azure-pipelines[^/]*\.ya?ml|\.circleci/[^/]+)$"),
        "CI files are not edited",
    ),
)


def read_dockerfile(path: str, words: str) -> Reading:
    """What an image installs by name."""
    return _read(path, words, None)


def read_flagged(path: str, words: str) -> Reading:
    """What a workflow, script or makefile installs by name; none of it is edited."""
    reason = next((why for pattern, why in _FLAGGED if pattern.search(path)), "scripts are not edited")
    reading = _read(path, words, reason)
    return replace(reading, spots=tuple(replace(s, runtime=False) for s in reading.spots))


def _read(path: str, words: str, skip: str | None) -> Reading:
    masked = _FULL_COMMENT.sub(lambda m: blank(m[0]), words)
    masked = joined(_COMMENT.sub(lambda m: blank(m[0]), masked))
    return merged(_command(path, words, masked, command, skip) for command in _commands(masked))


def _commands(masked: str) -> Iterator[list[Span]]:
    """The words of every ``pip install``, as spans with their quotes."""
    for opening, word in ((_PIP, _WORD), (_PIP_LIST, _LISTED)):
        match = opening.search(masked)
        while match is not None:
            spans: list[Span] = []
            at = match.end()
            while (found := word.match(masked, at)) is not None:
                spans.append(found.span(1))
                at = found.end()
            yield spans
            match = opening.search(masked, at)


def _command(path: str, words: str, masked: str, found: list[Span], skip: str | None) -> Reading:
    parts: list[Reading] = []
    option = ""
    for span in found:
        quoted = masked[span[0]] in "\"'"
        inner = (span[0] + 1, span[1] - 1) if quoted else span
        word, line = masked[slice(*inner)], line_of(words, inner[0])
        if option:
            parts.append(_value(option, word, line))
            option = ""
        elif word.startswith("-"):
            name, _, value = word.partition("=")
            option = name if _VALUED.fullmatch(name) and not value else ""
            parts.append(_value(name, value, line) if value else Reading())
        else:
            spot = None if re.match(r"[./$]", word) else _requirement(path, line, word, inner[0])
            scope, why = f"{path}:{found[0]}", skip or (spot.skip if spot else None)
            done = replace(spot, scope=scope, skip=why, quote=not quoted) if spot else None
            parts.append(Reading((done,)) if done else Reading(partial=True))
    return merged(parts)


def _requirement(path: str, line: int, word: str, at: int) -> Spot | None:
    return pep508(path, line, word, at) or variable(path, line, word, at)


def _value(option: str, value: str, line: int) -> Reading:
    if option in _INCLUDING:
        return Reading(includes=(Include(value, line, option in {"-c", "--constraint"}, sure=False),))
    return Reading(partial=option in {"-e", "--editable"})
