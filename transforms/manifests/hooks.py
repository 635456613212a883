"""``.pre-commit-config.yaml``: what hooks install beside themselves. Flagged, never edited."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from transforms.manifests.spot import Reading, pep508
from transforms.manifests.text import line_of

NAME = ".pre-commit-config.yaml"
_LIST = re.compile(
    r"^[ \t-]*additional_dependencies[ \t]*:[ \t]*(?:#[^\n]*)?"
    r"(\[[^\]]*\]|(?:\r?\n[ \t]*(?:-[ \t]+[^\n]*|#[^\n]*)?(?=\r?\n|$))+)",
    re.M,
)
_QUOTED = r"([\"'])(?P<quoted>[^\"'\n]+)"
_BLOCK = re.compile(rf"^[ \t]*-[ \t]+(?:{_QUOTED}|(?P<bare>[A-Za-z0-9][^\n\"'#]*))", re.M)
_INLINE = re.compile(rf"[\[,]\s*(?:{_QUOTED}|(?P<bare>[A-Za-z0-9][^\n\"'#\],]*))")
SKIP = "hooks are not edited"


def is_hooks(path: str) -> bool:
    """Whether a file lists hooks: what they install is not part of any service."""
    return posixpath.basename(path) == NAME


def read(path: str, words: str) -> Reading:
    """Every additional dependency of every hook."""
    spots = []
    for listed in _LIST.finditer(words):
        items = _INLINE if listed[1].startswith("[") else _BLOCK
        for item in items.finditer(words, *listed.span(1)):
            which = "quoted" if item["quoted"] else "bare"
            spots.append(pep508(path, line_of(words, item.start(which)), item[which].rstrip(), item.start(which)))
    return Reading(tuple(replace(s, scope=path, skip=SKIP, runtime=False) for s in spots if s))
