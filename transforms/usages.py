"""Where code uses a target library: by its own imports, told apart from a local module of the same name.

A filter on raw bytes comes first, so that a file which cannot hold a library's name is never parsed.
"""

from __future__ import annotations

import ast
import posixpath
import re
import tokenize
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO

from transforms.manifests.tree import owned
from transforms.memory import remembered
from transforms.model import Files, Problem, Upgrade, Usage
from transforms.older import parsed

LARGEST = 2_000_000
"""Bytes. A Python file beyond this was generated; it is named and not parsed."""

_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")
_TRACES = {
    "pytest": re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]+test_|^class[ \t]+Test", re.M),
    "pytest-asyncio": re.compile(rb"mark\.asyncio|^[ \t]*async[ \t]+def[ \t]+test_", re.M),
}
"""Tools are used without an import: by test functions, by marks."""
_HINTS = (b"test_", b"Test", b"mark.asyncio")
"""What those have in common, to be looked for first: a plain search is far quicker than a pattern."""
_BY_NAME = (b"import_module", b"__import__", b"importorskip")


def find_usages(
    files: Files, root: str, upgrades: Sequence[Upgrade], exclude: Sequence[str] = ()
) -> tuple[tuple[Usage, ...], tuple[Problem, ...]]:
    """Every import of a target library below ``root``, and the files that could not be read."""
    usages: list[Usage] = []
    problems: list[Problem] = []
    modules = {module: u for u in upgrades for module in u.imports}
    wanted = _wanted(modules, upgrades)
    hints = (*(module.encode() for module in modules), *_HINTS, b"\0")
    for path in owned(files, root, exclude):
        if not path.endswith((".py", ".pyi", ".ipynb")):
            continue
        data = files[path]
        if not any(hint in data for hint in hints) or (wanted.search(data) is None and b"\0" not in data):
            continue
        imported = _imported(path, data)
        if isinstance(imported, _Unreadable):
            problems.append(Problem(path, imported.line, imported.message))
            usages += _glimpsed(files, root, path, modules)
            continue
        usages += [
            Usage(modules[m].library, path, n)
            for m, n in imported
            if m in modules and not _is_local(files, root, path, m)
        ]
        usages += _traces(path, data, upgrades)
    return tuple(dict.fromkeys(usages)), tuple(problems)


class _Unreadable(Exception):
    """A file that cannot be parsed. ``message`` says what and how to mend it."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.line = message, line


def _wanted(modules: Sequence[str] | dict[str, Upgrade], upgrades: Sequence[Upgrade]) -> re.Pattern[bytes]:
    names = [rf"\b{re.escape(m)}\b" for m in modules]
    traces = [rf"(?:{t.pattern.decode()})" for u in upgrades if (t := _TRACES.get(u.library))]
    return re.compile("|".join([*names, *traces]).encode() or rb"(?!)", re.M)


@remembered
def _imported(path: str, data: bytes) -> tuple[tuple[str, int], ...] | _Unreadable:
    """Top-level module and line of every absolute import, each once, or why the file cannot be read."""
    try:
        return tuple(dict.fromkeys(_imports(path, data)))
    except _Unreadable as error:
        return error


def _imports(path: str, data: bytes) -> Iterator[tuple[str, int]]:
    """Imports in the order of the tree's levels, those by name (``import_module("x")``) included."""
    if len(data) > LARGEST:
        raise _Unreadable(f"{len(data):,} bytes: too large to be written by a person, not read")
    if path.endswith(".ipynb"):
        raise _Unreadable("mentions a target library; notebooks are not migrated, look at it by hand")
    module = _parsed(data)
    for node in ast.walk(module) if any(name in data for name in _BY_NAME) else _statements(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0], node.lineno
        elif isinstance(node, ast.Call) and (name := _imported_by_name(node)):
            yield name.partition(".")[0], node.lineno


def _statements(module: ast.Module) -> Iterator[ast.AST]:
    """Like ``ast.walk``, without looking into expressions: most of a tree, and no place for a statement."""
    todo: deque[ast.AST] = deque([module])
    while todo:
        node = todo.popleft()
        yield node
        for block in ("body", "handlers", "orelse", "finalbody", "cases"):
            below = getattr(node, block, None)
            if isinstance(below, list):
                todo.extend(below)


def _glimpsed(files: Files, root: str, path: str, modules: Mapping[str, Upgrade]) -> Iterator[Usage]:
    """The import lines of a file that cannot be parsed: enough to know that the library is in use there."""
    for module, upgrade in modules.items():
        line = re.compile(rb"(?:^|\")[ \t]*(?:from|import)[ \t]+" + re.escape(module).encode() + rb"\b", re.M)
        match = line.search(files[path])
        if match and not _is_local(files, root, path, module):
            yield Usage(upgrade.library, path, files[path].count(b"\n", 0, match.end()) + 1)


def _parsed(data: bytes) -> ast.Module:
    _decoded(data)
    try:
        return parsed(data)
    except SyntaxError as error:
        raise _Unreadable(f"not valid Python: {error.msg}; mend it and run again", error.lineno or None) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise _Unreadable(f"not readable as Python: {error}; mend it and run again") from None


def _decoded(data: bytes) -> str:
    """The source by its own declaration (a byte order mark, a PEP 263 cookie), else UTF-8."""
    encoding = "utf-8"
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Unreadable(f"not {encoding.upper()}: declare its encoding or save it as UTF-8", line) from None
    except SyntaxError as error:
        raise _Unreadable(f"{error.msg}: correct the declaration or save it as UTF-8", 1) from None


def _imported_by_name(call: ast.Call) -> str | None:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name not in {"import_module", "__import__", "importorskip"} or not call.args:
        return None
    first = call.args[0]
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _is_local(files: Files, root: str, path: str, module: str) -> bool:
    """Whether a module of the tree takes the library's place: one that stands where this file's imports begin."""
    folders = {_source_root(files, path), root, posixpath.join(root, "src"), "", "src"}
    places = [posixpath.join(folder, module) for folder in sorted(folders)]
    return any(f"{p}.py" in files or f"{p}/__init__.py" in files for p in places)


def _source_root(files: Files, path: str) -> str:
    """The first folder upwards that is no package: what Python has on its path when it runs the file."""
    folder = posixpath.dirname(path)
    while folder and posixpath.join(folder, "__init__.py") in files:
        folder = posixpath.dirname(folder)
    return folder


def _traces(path: str, data: bytes, upgrades: Sequence[Upgrade]) -> Iterator[Usage]:
    """A test file uses the test tools even when it imports none of them."""
    if not _TEST_FILE.search(path):
        return
    for upgrade in upgrades:
        trace = _TRACES.get(upgrade.library)
        match = trace.search(data) if trace else None
        if match:
            first = match.start() + len(match[0]) - len(match[0].lstrip())
            yield Usage(upgrade.library, path, data.count(b"\n", 0, first) + 1)
