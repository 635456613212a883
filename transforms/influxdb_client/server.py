"""Which InfluxDB a service talks to, as far as its repository says: images in compose files, ``.env``,
configuration.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from transforms.tree import Tree

_IMAGE = re.compile(
    rb"(?<![\w./-])(?:[\w.-]+(?::\d+)?/)*influxdb(?P<three>3[\w-]*)?:(?:\$\{\w+:?-)?(?P<tag>[\w.-]+)"
)
_SETTING = re.compile(rb"(?i)\binflux\w*version[\"']?\s*[:=]\s*[\"']?v?(?P<tag>\d[\w.-]*)")
_STARTED = re.compile(rb"\binfluxdb3[\"']?,?\s+[\"']?serve\b")
_THREE = re.compile(rb"(?:core|enterprise)\b")
"""Tags that only InfluxDB 3 has."""
_ENDINGS = (".yml", ".yaml", ".toml", ".ini", ".cfg", ".conf")


def servers(tree: Tree) -> dict[str, str]:
    """Major version (``2``, ``3``; ``?`` for a tag that does not tell) -> the first place that says so."""
    found: dict[str, str] = {}
    for path in sorted(tree.files):
        if may_tell(path):
            for number, line in enumerate(tree.files[path].splitlines(), start=1):
                if (major := _told(line)) is not None:
                    found.setdefault(major, f"{path}:{number}")
    return found


def is_three(tree: Tree) -> bool:
    """Whether the repository proves an InfluxDB 3 server and names no other."""
    return tree.once(servers).keys() == {"3"}


def may_tell(path: str) -> bool:
    """Whether a file says how a service is deployed."""
    name = PurePosixPath(path).name
    return name.endswith(_ENDINGS) or name.startswith((".env", "Dockerfile")) or name.endswith(".env")


def _told(line: bytes) -> str | None:
    text = line.split(b"#", 1)[0] if line.lstrip().startswith(b"#") else line
    image = _IMAGE.search(text)
    if _STARTED.search(text) or (image is not None and (image["three"] or _THREE.match(image["tag"]))):
        return "3"
    told = image or _SETTING.search(text)
    if told is None:
        return None
    major = re.match(rb"v?(\d+)", told["tag"])
    return major[1].decode() if major is not None else "?"
