"""Makes a ``uv.lock`` anew with ``uv`` itself, without letting a repository near it (DESIGN.md §6).

uv sees an empty folder with a project that we wrote from the repository's data (``transforms.manifests.relock``),
no configuration and no build: nothing in it can run or name another host. Any doubt gives no lock, and a person
runs the command. What was found is kept by content, so that the same question has the same answer tomorrow.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from packaging.specifiers import SpecifierSet

from bot.adapters.resolver import environment, index_of
from transforms.manifests.relock import Project, parsed, project, went_back
from transforms.model import Files

_PUBLIC = f"https://{'.'.join(('pypi', 'org'))}/simple"
"""What uv asks when nobody names an index."""
_OPTIONS = ("--no-build", "--no-config", "--no-progress", "--no-python-downloads", "--color", "never")
_DATED = re.compile(r'^exclude-newer = "[^"\n]*"\n', re.M)
_EMPTY = re.compile(r"^\[options\]\n\n", re.M)
_MINORS = range(20, 7, -1)


@dataclass(frozen=True, slots=True)
class UvLocker:
    """A ``bot.ports.Locker``. ``index`` None means what the environment says, or uv's default.

    ``shelf`` is the folder in which locks are kept by content; None: they are not.
    """

    index: str | None = None
    shelf: Path | None = None
    timeout: float = 120.0

    def lock(self, files: Files, path: str, moved: Collection[str], until: datetime | None) -> bytes | None:
        """The ``uv.lock`` at ``path`` made anew for its project in ``files``; None where that is for a person."""
        try:
            return self._lock(files, path, moved, until)
        except OSError:
            return None

    def _lock(self, files: Files, path: str, moved: Collection[str], until: datetime | None) -> bytes | None:
        index = index_of(self.index, os.environ)
        told = project(files, path, _shown(index or _PUBLIC))
        python = _python(told.python) if told else None
        if told is None or python is None or not _admits(told.uv.required):
            return None
        words = [*told.uv.options, *_cutoff(told, until), *_upgrades(moved)]
        kept = self.shelf / f"{_key(told, words)}.lock" if self.shelf else None
        if kept is not None and kept.is_file():
            return kept.read_bytes()
        text = self._asked(told, index, python, words)
        if text is None:
            return None
        content = text.encode("utf-8")
        if kept is not None:
            _keep(kept, content)
        return content

    def _asked(self, told: Project, index: str | None, python: str, words: list[str]) -> str | None:
        """uv's lock, if all of it is from the index, nothing went back, and it holds for the project as it is."""
        with tempfile.TemporaryDirectory(prefix="convoy-lock-") as empty:
            for name, text in told.files:
                place = Path(empty, name)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
            found = Path(empty, "uv.lock")
            if not self._run(empty, index, python, words):
                return None
            text = _undated(found.read_text(encoding="utf-8"), told)
            found.write_text(text, encoding="utf-8")
            if not self._run(empty, index, python, [*told.uv.options, "--check", "--offline"]):
                return None
        lock = parsed(text, told.index, told.members)
        return None if lock is None or went_back(told, lock) else _unversioned(text, told)

    def _run(self, folder: str, index: str | None, python: str, words: list[str]) -> bool:
        from uv import find_uv_bin

        try:
            done = subprocess.run(
                [find_uv_bin(), "lock", *_OPTIONS, "--python", python, *words],
                cwd=folder,
                env=environment(index, os.environ, folder),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self.timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def _shown(index: str) -> str:
    """The index as a lock names it: without who asks."""
    parts = urlsplit(index)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])).rstrip("/")


def _admits(required: str) -> bool:
    """Whether the project can be locked by the uv that is here."""
    return SpecifierSet(required).contains(version("uv"))


def _cutoff(told: Project, until: datetime | None) -> list[str]:
    """Nothing that was locked already is too new, whatever the date."""
    if until is None or told.uv.is_dated:
        return []
    latest = max(until, told.newest + timedelta(seconds=1)) if told.newest else until
    return ["--exclude-newer", latest.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")]


def _upgrades(moved: Collection[str]) -> Iterator[str]:
    for name in sorted(moved):
        yield from ("--upgrade-package", name)


def _key(told: Project, words: list[str]) -> str:
    return hashlib.sha256(repr((version("uv"), told.index, told.files, words)).encode()).hexdigest()


def _keep(place: Path, content: bytes) -> None:
    """Whole or not at all; a full disk costs only time."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
            file.write(content)
        os.replace(file.name, place)
    except OSError:
        return


def _undated(text: str, told: Project) -> str:
    """The lock without our date, which would make it void in a project that has none."""
    if told.uv.is_dated:
        return text
    head, package, rest = text.partition("[[package]]")
    return _EMPTY.sub("", _DATED.sub("", head)) + package + rest


def _unversioned(text: str, told: Project) -> str:
    """The lock without the versions that we gave to packages which have none until they are built."""
    for name in told.unversioned:
        text = text.replace(f'[[package]]\nname = "{name}"\nversion = "0"\n', f'[[package]]\nname = "{name}"\n')
    return text


@cache
def _python(wanted: str) -> str | None:
    """A Python of this machine for which the project is meant; uv asks for one to lock, too."""
    allowed = SpecifierSet(wanted)
    if allowed.contains(".".join(map(str, sys.version_info[:3]))):
        return sys.executable
    minors = [minor for minor in _MINORS if allowed.contains(f"3.{minor}.99")]
    found = (shutil.which(f"python3.{minor}") for minor in minors)
    return next((python for python in found if python and _works(python)), None)


def _works(python: str) -> bool:
    try:
        return (
            subprocess.run([python, "-I", "-c", ""], capture_output=True, timeout=20, check=False).returncode == 0
        )
    except (subprocess.TimeoutExpired, OSError):
        return False
