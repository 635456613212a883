"""Which files, classes and functions pytest collects, by the configuration in force."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property

from transforms.pytest_world.config import Configuration
from transforms.pytest_world.source import Class, Function, Module

FILES = ("test_*.py", "*_test.py")
FUNCTIONS = ("test",)
CLASSES = ("Test",)
SKIPPED = ("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}")
UNITTEST = ("unittest.TestCase", "unittest.IsolatedAsyncioTestCase", "unittest.case.TestCase")


@dataclass(frozen=True)
class Collection:
    """What is collected under one configuration (None: pytest's defaults)."""

    configuration: Configuration | None

    def _patterns(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        words = self.configuration.words(key) if self.configuration else []
        return tuple(words) or default

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The patterns of test files."""
        return self._patterns("python_files", FILES)

    @cached_property
    def _testpaths(self) -> tuple[str, ...]:
        folder = self.configuration.folder if self.configuration else ""
        return tuple(
            posixpath.normpath(posixpath.join(folder, p))
            for p in self._patterns("testpaths", ())
            if not p.startswith("/")
        )

    def has_file(self, path: str) -> bool:
        """Whether the file is a test module of this configuration."""
        return self._named(path) and self._reached(path) and not self._skipped(path)

    def _named(self, path: str) -> bool:
        name = posixpath.basename(path)
        return any(fnmatch(path if "/" in pattern else name, _anchored(pattern)) for pattern in self.files)

    def _reached(self, path: str) -> bool:
        return not self._testpaths or any(_under(path, place) for place in self._testpaths)

    def _skipped(self, path: str) -> bool:
        folders = posixpath.dirname(path).split("/")
        return any(
            fnmatch(f, pattern) for f in folders if f for pattern in self._patterns("norecursedirs", SKIPPED)
        )

    def has_function(self, module: Module, function: Function) -> bool:
        """Whether a function of a test module is a test: by its name and by the classes around it."""
        if function.owner:
            owner = module.owner(function.owner)
            if owner is None or not self._class_is_run(module, owner):
                return False
            if is_unittest(module, owner):
                return function.name.startswith("test")
        return _matches(function.name, self._patterns("python_functions", FUNCTIONS))

    def _class_is_run(self, module: Module, owner: Class) -> bool:
        return any(self._has_class(module, c) for c in (owner, *subclasses(module, owner)))

    def _has_class(self, module: Module, owner: Class) -> bool:
        if owner.test_flag is False:
            return False
        outer = module.owner(owner.owner)
        if outer is not None and not self._has_class(module, outer):
            return False
        if is_unittest(module, owner):
            return True
        return not owner.has_init and _matches(owner.name, self._patterns("python_classes", CLASSES))


def _under(path: str, place: str) -> bool:
    """Whether ``path`` is ``place`` or below it; ``place`` may be a glob."""
    if place == ".":
        return True
    parts = path.split("/")
    return any(fnmatch("/".join(parts[:n]), place) for n in range(1, len(parts) + 1))


def _anchored(pattern: str) -> str:
    return f"*{pattern}" if "/" in pattern else pattern


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(name.startswith(p) or (re.search(r"[*?\[]", p) is not None and fnmatch(name, p)) for p in patterns)


def bases(module: Module, owner: Class, seen: frozenset[str] = frozenset()) -> list[Class]:
    """The classes of the same module that a class inherits from, nearest first."""
    found: list[Class] = []
    for name in owner.bases:
        base = next((c for c in module.classes if c.name == name and name not in seen and c is not owner), None)
        if base is not None:
            found += [base, *bases(module, base, seen | {name})]
    return found


def subclasses(module: Module, owner: Class) -> list[Class]:
    """The classes of the same module that inherit from a class."""
    return [c for c in module.classes if owner in bases(module, c)]


def ancestry(module: Module, owner: Class) -> set[str]:
    """Every base's dotted name, through the classes of the same module."""
    return {name for c in (owner, *bases(module, owner)) for name in c.bases}


def is_unittest(module: Module, owner: Class) -> bool:
    """Whether unittest runs the class: pytest then passes no fixtures to its methods."""
    return any(name in UNITTEST or name.rpartition(".")[2].endswith("TestCase") for name in ancestry(module, owner))
