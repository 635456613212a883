"""Compose files as far as order is concerned: what is built where, from which image, and who waits for whom.

Pure and suspicious: a repository wrote these files. What cannot be read is a ``Problem`` with its line.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot import yamltext
from bot.places import aside
from transforms.model import Files, Problem

NAMES = re.compile(r"(?:.*/)?(?:docker-)?compose(?:[.-](?!tests?\b)[^/]*)?\.ya?ml")
"""``docker-compose.test.yml`` is left out: what a test brings up says nothing about the order in production."""
VARIABLE = re.compile(r"\$\{\w+:?-([^${}]*)\}")


@dataclass(frozen=True, slots=True)
class Need:
    """One entry of ``depends_on``."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Setting:
    """One value under ``environment``."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Node:
    """A service as compose means it. ``context`` is the folder it is built from, inside the repository."""

    name: str
    file: str
    line: int
    context: str | None
    image: str | None
    needs: tuple[Need, ...]
    environment: tuple[Setting, ...] = ()

    @property
    def project(self) -> str:
        """Where its name means something: the compose files of one folder are read together."""
        return posixpath.dirname(self.file)


def nodes(files: Files) -> tuple[tuple[Node, ...], tuple[Problem, ...]]:
    """Every compose service of the tree, file by file. Files for tests and development containers do not count."""
    found: list[Node] = []
    problems: list[Problem] = []
    for path in sorted(path for path in files if NAMES.fullmatch(path) and not aside(posixpath.dirname(path))):
        try:
            document = yamltext.parse(files[path].decode("utf-8-sig"), local_tags=True)
        except yamltext.YamlError as error:
            problems.append(Problem(path, error.mark.line if error.mark else None, f"not read: {error.message}"))
        except UnicodeDecodeError as error:
            line = files[path].count(b"\n", 0, error.start) + 1
            problems.append(Problem(path, line, "not read: not UTF-8"))
        else:
            found += _File(files, path, document, problems).nodes()
    return tuple(found), tuple(problems)


@dataclass(frozen=True, slots=True)
class _File:
    files: Files
    path: str
    document: yamltext.Document
    problems: list[Problem]

    def nodes(self) -> Iterator[Node]:
        data = self.document.data
        services = data.get("services") if isinstance(data, dict) else None
        if isinstance(data, dict) and not isinstance(services, dict | None):
            self._complain("services must be a mapping", "services")
        for name, body in services.items() if isinstance(services, dict) else ():
            if isinstance(body, dict):
                yield self._node(name, body)
            elif body is not None:
                self._complain(f"the service {name} must be a mapping", "services", name)

    def _node(self, name: str, body: Mapping[str, object]) -> Node:
        image = body.get("image")
        return Node(
            name,
            self.path,
            self._line("services", name),
            self._context(name, body.get("build")),
            image if isinstance(image, str) else None,
            tuple(self._needs(name, body.get("depends_on"))),
            tuple(self._settings(name, body.get("environment"))),
        )

    def _context(self, name: str, build: object) -> str | None:
        where = build.get("context", ".") if isinstance(build, dict) else build
        if not isinstance(where, str):
            return None
        folder = VARIABLE.sub(r"\1", where)
        if "$" in folder:
            self._complain(f"{name} is built from {folder}, which only the environment knows", "services", name)
            return None
        if "://" in folder or folder.startswith(("git@", "/", "~")):
            return None
        context = self._inside(posixpath.join(posixpath.dirname(self.path), folder))
        dockerfile = build.get("dockerfile") if isinstance(build, dict) else None
        if context is not None and isinstance(dockerfile, str):
            return self._beside(context, dockerfile)
        return context

    def _beside(self, context: str, dockerfile: str) -> str:
        """Built from a shared root with a Dockerfile elsewhere: that one's folder, if it has requirements."""
        folder = self._inside(posixpath.join(context, posixpath.dirname(dockerfile)))
        if folder and any(
            posixpath.join(folder, name) in self.files for name in ("requirements.txt", "pyproject.toml")
        ):
            return folder
        return context

    def _needs(self, name: str, depends: object) -> Iterator[Need]:
        if depends is None:
            return
        if not isinstance(depends, list | dict):
            self._complain(f"depends_on of {name} must be a list or a mapping", "services", name, "depends_on")
            return
        for key, need in enumerate(depends) if isinstance(depends, list) else ((n, n) for n in depends):
            if isinstance(need, str):
                yield Need(need, self._line("services", name, "depends_on", key))

    def _settings(self, name: str, found: object) -> Iterator[Setting]:
        """Only text is kept; what else stands there is compose's business, not the order's."""
        pairs = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
        for key, text in pairs:
            if isinstance(text, str):
                yield Setting(text, self._line("services", name, "environment", key))

    def _inside(self, folder: str) -> str | None:
        path = posixpath.normpath(folder)
        return None if path.startswith("..") else "" if path == "." else path

    def _line(self, *path: str | int) -> int:
        mark = self.document.keys.get(path) or self.document.values.get(path)
        return mark.line if mark else 1

    def _complain(self, message: str, *path: str | int) -> None:
        self.problems.append(Problem(self.path, self._line(*path), message))
