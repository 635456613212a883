"""The whole tree of one service as rules see it: files, pages parsed at most once, and what several rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, TypeVar

from transforms.model import Files, Problem
from transforms.page import Page
from transforms.source import parse

T = TypeVar("T")

_FOREIGN = frozenset(
    {".git", ".hg", ".tox", ".nox", ".venv", "venv", "node_modules", "site-packages", "__pycache__", ".eggs"}
)


class Tree:
    """The repository's files around one service. ``root`` is the service's folder, empty for the whole repository.

    Rules may read everything and may edit what is inside: below the root, and below no nested service
    (``exclude``).
    """

    def __init__(
        self,
        files: Files,
        root: str = "",
        exclude: Sequence[str] = (),
        exports: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self.files: Files = files
        self.root = root
        self.exclude = tuple(exclude)
        self.exports: Mapping[str, frozenset[str]] = exports or {}
        """What ``from <module> import *`` brings, for the modules that are known."""
        self.problems: dict[str, Problem] = {}
        self._pages: dict[str, Page | None] = {}
        self._once: dict[Any, Any] = {}
        self._roots: dict[str, tuple[str, ...]] = {}

    def inside(self, path: str) -> bool:
        """Whether the file belongs to this service and is its own work (no virtual environment, no vendored
        package).
        """
        return (
            is_below(path, self.root)
            and not any(is_below(path, nested) for nested in self.exclude)
            and _FOREIGN.isdisjoint(PurePosixPath(path).parts)
        )

    def paths(self, *suffixes: str) -> Iterator[str]:
        """The service's own files, sorted, with one of those endings (all when none is given)."""
        return (p for p in sorted(self.files) if (not suffixes or p.endswith(suffixes)) and self.inside(p))

    def page(self, path: str) -> Page | None:
        """A parsed Python file of the repository; None when there is none or it cannot be read (see
        ``problems``).
        """
        if path not in self._pages:
            self._pages[path] = self._parse(path)
        return self._pages[path]

    def _parse(self, path: str) -> Page | None:
        if path not in self.files:
            return None
        result = parse(path, self.files[path])
        if isinstance(result, Problem):
            if self.inside(path):
                self.problems[path] = result
            return None
        return Page(path, result.module, self)

    def pages(self, *needles: bytes) -> Iterator[Page]:
        """The service's Python files that contain one of the needles, parsed."""
        for path in self.paths(".py", ".pyi"):
            content = self.files[path]
            if any(n in content for n in needles) and (page := self.page(path)) is not None:
                yield page

    def advance(self, edits: Mapping[str, bytes]) -> None:
        """Go on from the tree that a step left: files that it did not edit stay parsed, what was shared is
        forgotten.
        """
        if edits:
            self.files = {**self.files, **edits}
            self._pages = {path: page for path, page in self._pages.items() if path not in edits}
            self._once = {}

    def once(self, make: Callable[[Tree], T]) -> T:
        """``make(tree)``, computed when first asked for and then kept: for what several rules share."""
        if make not in self._once:
            self._once[make] = make(self)
        result: T = self._once[make]
        return result

    # ── modules ──────────────────────────────────────────────────────────────────────────────────────────────

    def dotted_package(self, path: str) -> tuple[str, ...]:
        """The package of a file, counted from the first folder above it that is no package."""
        folder = PurePosixPath(path).parent
        parts: list[str] = []
        while str(folder) != "." and f"{folder}/__init__.py" in self.files:
            parts.insert(0, folder.name)
            folder = folder.parent
        return tuple(parts)

    def find(self, module: str, near: str) -> str | None:
        """The file of a dotted module of this repository, as imported from ``near``."""
        tail = module.replace(".", "/")
        for base in self._import_roots(near):
            for candidate in (f"{base}{tail}.py", f"{base}{tail}/__init__.py"):
                if candidate in self.files:
                    return candidate
        return None

    def _import_roots(self, near: str) -> tuple[str, ...]:
        """The folders that are likely on ``sys.path``: where the file's own package stands, the root, its
        ``src``.
        """
        if near not in self._roots:
            above = PurePosixPath(near).parent.parts
            depth = len(above) - len(self.dotted_package(near))
            bases = ["/".join(above[:depth]), self.root, f"{self.root}/src".lstrip("/"), "", "src"]
            self._roots[near] = tuple(dict.fromkeys(f"{b}/" if b else "" for b in bases))
        return self._roots[near]

    def is_own(self, name: str, near: str) -> bool:
        """Whether a top-level name is a module of the service itself, which then hides the library."""
        roots = [b for b in self._import_roots(near) if is_below(b.rstrip("/"), self.root)]
        return any(f"{b}{name}.py" in self.files or f"{b}{name}/__init__.py" in self.files for b in roots)

    def own_modules(self, near: str) -> frozenset[str]:
        """The top-level names that ``near`` imports from the repository itself."""
        names: set[str] = set()
        for base in self._import_roots(near):
            below = (p[len(base) :] for p in self.files if p.startswith(base) and p.endswith(".py"))
            names.update(p.removesuffix(".py") if "/" not in p else p.partition("/")[0] for p in below)
        return frozenset(names)


def is_below(path: str, folder: str) -> bool:
    """Whether a path is the folder or inside it; everything is inside the empty folder."""
    return not folder or path == folder or path.startswith(folder + "/")
