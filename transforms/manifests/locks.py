"""Lock files: what they hold of a target library, and the command that moves it. Regenerated, never edited."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from transforms.manifests.spot import Reading, Spot
from transforms.manifests.text import line_of

_TOML = re.compile(r'^name = "(?P<name>[^"\n]+)"\r?\nversion = "(?P<version>[^"\n]+)"', re.M)
_JSON = re.compile(r'^[ \t]*"(?P<name>[\w.-]+)": \{[ \t]*\r?$|^[ \t]*"version": "==(?P<version>[^"\n]+)"', re.M)
_COMMANDS = {
    "uv.lock": ("uv lock", " --upgrade-package "),
    "poetry.lock": ("poetry update", " "),
    "pdm.lock": ("pdm update", " "),
    "Pipfile.lock": ("pipenv upgrade", " "),
}
"""The command, and what stands before each package."""

NAMES = frozenset(_COMMANDS)
"""The lock files that are known."""


def is_lock(path: str) -> bool:
    """Whether a tool writes this file from what people ask for elsewhere."""
    return posixpath.basename(path) in NAMES


def is_refreshed(path: str) -> bool:
    """Whether its tool makes it anew from data alone, so that a codemod may (``relock``)."""
    return posixpath.basename(path) == "uv.lock"


def command(path: str, *targets: str) -> str:
    """What to run to move those distributions in a lock file."""
    verb, before = _COMMANDS[posixpath.basename(path)]
    return verb + "".join(f"{before}{target}" for target in targets)


def read(path: str, words: str) -> Reading:
    """Every locked package."""
    name = posixpath.basename(path)
    found = _pipenv(words) if name == "Pipfile.lock" else ((m, m) for m in _TOML.finditer(words))
    return Reading(tuple(_spot(path, words, named, versioned) for named, versioned in found))


def _pipenv(words: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """Each package's opening line with the version line that follows it."""
    named: re.Match[str] | None = None
    for match in _JSON.finditer(words):
        if match["name"]:
            named = match
        elif named:
            yield named, match
            named = None


def _spot(path: str, words: str, named: re.Match[str], versioned: re.Match[str]) -> Spot:
    name, version = named["name"], versioned["version"]
    return Spot(
        file=path,
        line=line_of(words, named.start("name")),
        span=named.span("name"),
        text=f"{name} {version}",
        name=name,
        name_at=named.span("name"),
        constraint=f"=={version}",
        constraint_at=versioned.span("version"),
        extras_at=(named.end("name"),) * 2,
        scope=path,
        skip=f"a lock file is made anew, not edited: run `{command(path, '{target}')}`",
        lock=True,
        runtime=False,
    )
