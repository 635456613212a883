"""Which file configures pytest, and what it says.

pytest takes exactly one file: the first, in the order of ``NAMES``, in the nearest folder at or above the common
ancestor of its arguments. A ``pytest.ini`` counts even when empty; the others only with their section.
"""

from __future__ import annotations

import posixpath
import shlex
import tomllib
from dataclasses import dataclass
from typing import Any

from transforms.model import Files
from transforms.pytest_world import ini

NAMES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_ALWAYS = frozenset({"pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"})
_SECTIONS = {
    "pytest.toml": ("pytest",),
    ".pytest.toml": ("pytest",),
    "pytest.ini": ("pytest",),
    ".pytest.ini": ("pytest",),
    "pyproject.toml": ("tool.pytest", "tool.pytest.ini_options"),
    "tox.ini": ("pytest",),
    "setup.cfg": ("tool:pytest",),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One key of the configuration: its value as pytest sees it, and the line where it stands."""

    value: str | tuple[str, ...]
    line: int
    raw: object = None

    @property
    def words(self) -> list[str]:
        """The value as a list of shell words, the way ``addopts`` is read."""
        if isinstance(self.value, tuple):
            return list(self.value)
        try:
            return shlex.split(self.value)
        except ValueError:
            return self.value.split()

    @property
    def lines(self) -> list[str]:
        """The value as a list of lines, the way ``filterwarnings`` and ``markers`` are read."""
        raw = list(self.value) if isinstance(self.value, tuple) else self.value.splitlines()
        return [line.strip() for line in raw if line.strip()]


@dataclass(frozen=True, slots=True)
class Configuration:
    """A file that configures pytest. ``section`` is the table or section; native means TOML-typed values."""

    path: str
    section: str
    options: dict[str, Option]

    @property
    def folder(self) -> str:
        """The folder that becomes pytest's root directory when this file is in force."""
        return posixpath.dirname(self.path)

    @property
    def native(self) -> bool:
        """Whether values are TOML types (pytest 9's own tables) and not strings."""
        return self.path.endswith(".toml") and not self.section.endswith("ini_options")

    def text(self, key: str) -> str | None:
        """A key's value as one string, or None where it is not set."""
        option = self.options.get(key)
        if option is None:
            return None
        return option.value if isinstance(option.value, str) else " ".join(option.value)

    def words(self, key: str) -> list[str]:
        """A key's value as shell words, empty where it is not set."""
        return self.options[key].words if key in self.options else []


def decoded(content: bytes) -> str | None:
    """The text of a file, or None where it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def read(path: str, content: bytes) -> Configuration | None:
    """The pytest configuration in one file, or None where it holds none or cannot be read."""
    name = posixpath.basename(path)
    text = decoded(content)
    if name not in _SECTIONS or text is None:
        return None
    if name.endswith(".toml"):
        return _read_toml(path, name, text)
    section = _SECTIONS[name][0]
    parsed = ini.parse(text)
    if section not in parsed.sections and name not in _ALWAYS:
        return None
    entries = parsed.section(section)
    return Configuration(path, section, {k: Option(e.value, e.line) for k, e in entries.items()})


def _read_toml(path: str, name: str, text: str) -> Configuration | None:
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    for section in reversed(_SECTIONS[name]):
        table: Any = document
        for part in section.split("."):
            table = table.get(part) if isinstance(table, dict) else None
        if isinstance(table, dict) and (table.keys() - {"ini_options"} or section != "tool.pytest"):
            lines = _toml_lines(text, section)
            options = {k: _toml_option(v, lines.get(k, 1)) for k, v in table.items() if k != "ini_options"}
            return Configuration(path, section, options)
    return Configuration(path, "pytest", {}) if name in _ALWAYS else None


def _toml_option(value: object, line: int) -> Option:
    if isinstance(value, list):
        return Option(tuple(str(v) for v in value), line, value)
    return Option(str(value), line, value)


def _toml_lines(text: str, section: str) -> dict[str, int]:
    """Key -> line for the simple case of a table with one key a line; the header's line is under ``""``."""
    lines: dict[str, int] = {}
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("[") and stripped.split("#")[0].rstrip().strip("[] ").replace(" ", "") == section:
            inside = True
            lines.setdefault("", number)
        elif stripped.startswith("[") and not line[0].isspace() and stripped.split("#")[0].rstrip().endswith("]"):
            inside = False
        elif inside and "=" in stripped and stripped[0] not in "#'\"[]{}":
            lines.setdefault(stripped.partition("=")[0].strip(), number)
    return lines


def in_folder(files: Files, folder: str) -> Configuration | None:
    """The file in ``folder`` that pytest would take, or None."""
    for name in NAMES:
        path = posixpath.join(folder, name)
        if path in files and (found := read(path, files[path])) is not None:
            return found
    return None


def above(folder: str) -> list[str]:
    """``folder`` and every folder above it, nearest first, the repository's root (the empty string) last."""
    chain = [folder]
    while chain[-1]:
        chain.append(posixpath.dirname(chain[-1]))
    return chain


def nearest(files: Files, folder: str) -> Configuration | None:
    """The file that is in force when pytest is pointed at ``folder``."""
    return next((c for f in above(folder) if (c := in_folder(files, f)) is not None), None)
