"""Command lines that start pytest: what they add to the configuration file.

CI workflows, tox, nox, Dockerfiles, Makefiles and scripts pass options that no configuration file shows. They are
searched for as text: which of them runs is not knowable here, so what is found only ever makes a rule more careful.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.model import Files
from transforms.pytest_world.config import decoded

_ENDINGS = (".ini", ".cfg", ".toml", ".yml", ".yaml", ".sh", ".bash", ".mk", ".bat", ".ps1", ".env", ".nix")
_NAMES = re.compile(
    r"(?i)^(dockerfile|containerfile|makefile|gnumakefile|justfile|taskfile|jenkinsfile|noxfile\.py|tasks\.py)"
)
_MODE = re.compile(r"--asyncio-mode(?:\s*=\s*|['\"]?\s*,\s*['\"]|\s+)['\"]?(\w+)")
_FOLDERS_OF_ALL = (".github", ".gitlab", ".circleci", "ci", ".ci", "scripts", "docker", "deploy")
LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Command:
    """A line of a file that is not Python code under test."""

    path: str
    line: int
    text: str

    @property
    def folder(self) -> str:
        """The folder whose tests the line may run: that of its file, or the one around a folder of scripts."""
        parts = posixpath.dirname(self.path).split("/")
        cut = next((i for i, part in enumerate(parts) if part in _FOLDERS_OF_ALL), len(parts))
        return "/".join(parts[:cut])

    @property
    def mode(self) -> str | None:
        """The value of ``--asyncio-mode``."""
        found = _MODE.search(self.text)
        return found.group(1) if found else None


def may_hold_commands(path: str) -> bool:
    """Whether a file of that name commonly starts tests."""
    name = posixpath.basename(path)
    return name.endswith(_ENDINGS) or _NAMES.match(name) is not None


def mentioning(files: Files, needle: str) -> Iterator[Command]:
    """Every line with ``needle`` that is not a comment."""
    wanted = needle.encode()
    for path, content in files.items():
        if len(content) > LARGEST or wanted not in content or not may_hold_commands(path):
            continue
        for number, line in enumerate((decoded(content) or "").splitlines(), start=1):
            if needle in line and not line.lstrip().startswith(("#", ";", "//", "REM ")):
                yield Command(path, number, line.strip())
