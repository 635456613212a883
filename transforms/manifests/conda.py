"""``environment.yml``: conda's own words for a version, and the pip list inside. Flagged, never edited."""

from __future__ import annotations

import re
from dataclasses import replace

from transforms.manifests.spot import Dialect, Reading, Spot, pep508
from transforms.manifests.text import line_of

_ITEM = re.compile(r"^[ \t]*-[ \t]+([\"']?)(?:[\w.-]+(?:/[\w.-]+)?::)?(?P<spec>[A-Za-z0-9][^\n#\"']*)", re.M)
_CONDA = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)(?P<constraint>[ \t]*=(?!=)[ \t]*[^=\s]+)(?P<build>=\S+)?$")
_SKIP = "a conda environment is not edited"


def read(path: str, words: str) -> Reading:
    """Every dependency of the environment, pip's own list included."""
    if "dependencies:" not in words:
        return Reading()
    found = (_spot(path, words, m.start("spec"), m["spec"].rstrip()) for m in _ITEM.finditer(words))
    return Reading(tuple(replace(s, skip=_SKIP, scope=path, runtime=False) for s in found if s))


def _spot(path: str, words: str, at: int, spec: str) -> Spot | None:
    line = line_of(words, at)
    match = _CONDA.match(spec)
    if match is None:
        return pep508(path, line, spec, at)
    name_end = at + match.end("name")
    return Spot(
        file=path,
        line=line,
        span=(at, at + len(spec)),
        text=spec,
        name=match["name"],
        name_at=(at, name_end),
        constraint=match["constraint"],
        constraint_at=(at + match.start("constraint"), at + len(spec)),
        extras_at=(name_end, name_end),
        dialect=Dialect.CONDA,
    )
