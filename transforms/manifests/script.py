"""Inline script metadata (PEP 723): what a script of one file lists in its own comments. Edited in place."""

from __future__ import annotations

import ast
import re
import tomllib
import warnings
from dataclasses import replace

from transforms.manifests.spot import Reading, pep508
from transforms.manifests.text import blank, line_of
from transforms.manifests.toml import literals
from transforms.model import Problem

OPENING = b"# /// script"
_BLOCK = re.compile(r"^# /// script[ \t]*\r?\n(?P<said>(?:#(?: [^\n]*)?\r?\n)*?)# ///[ \t]*\r?$", re.M)


def read(path: str, words: str) -> Reading:
    """Every requirement of the script's block, with its offsets in the file."""
    block = _BLOCK.search(words)
    if block is None or _is_quoted(words, line_of(words, block.start())):
        return Reading()
    start, end = block.span("said")
    said = re.sub(r"^#", " ", words[start:end], flags=re.M)
    before = re.sub(r"[^\n]+", lambda m: blank(m[0]), words[:start])
    try:
        found = literals(before + said)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message = f"its script metadata is not valid TOML: {error}; mend it and run again"
        return Reading(problems=(Problem(path, line_of(words, start), message),))
    items = (x for x in found if len(x.path) == 2 and x.path[0] == "dependencies")
    read = (pep508(path, line_of(words, x.raw[0]), x.value, x.span[0]) for x in items if x.plain)
    return Reading(tuple(replace(s, scope=path, runtime=False) for s in read if s))


def _is_quoted(words: str, line: int) -> bool:
    """Whether the line stands inside a string, as in the tests of a tool that runs scripts."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(words)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    strings = (n for n in ast.walk(tree) if isinstance(n, (ast.Constant, ast.JoinedStr)))
    return any(n.lineno <= line <= (n.end_lineno or n.lineno) for n in strings)
