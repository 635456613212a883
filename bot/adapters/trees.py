"""A local checkout as ``Files``: read when asked for, never executed, never left through a symlink.

In a git checkout git's own ignore rules say what belongs to the tree (libgit2 reads them: no hook, no filter and no
configured command of the checkout ever runs). Elsewhere everything does, save folders of other people's code.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.checkout import NoCheckout, checkout
from transforms.model import Problem

MAX_BYTES = 5 * 1024 * 1024

_STAGED = ".convoy-"
"""How the name begins of a file that is about to replace another; the process follows."""

FOREIGN = frozenset((".git", ".hg", ".svn", ".venv", "venv", "node_modules", "site-packages", ".eggs"))
CACHES = frozenset((".cache", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".tox", ".nox", "__pycache__"))


@dataclass(frozen=True)
class Tree(Mapping[str, bytes]):
    """The regular files below ``root``. ``problems`` are files that are there and were left out."""

    root: Path
    paths: Mapping[str, None]
    problems: tuple[Problem, ...] = ()
    _read: dict[str, bytes] = field(default_factory=dict, repr=False)

    def __getitem__(self, path: str) -> bytes:
        if path not in self.paths:
            raise KeyError(path)
        if path not in self._read:
            self._read[path] = _content(self.root / path)
        return self._read[path]

    def __contains__(self, path: object) -> bool:
        return path in self.paths

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


def directory(path: Path) -> Tree:
    """The tree of a local folder. Raises OSError when the folder itself cannot be listed."""
    root = path.resolve(strict=True)
    os.listdir(root)  # a folder that cannot be read is an error; one inside it is a problem
    problems: list[Problem] = []
    found = sorted(_walk(root, "", _ignores(root), problems))
    return Tree(root, dict.fromkeys(found), tuple(sorted(problems, key=lambda p: p.file)))


def _ignores(root: Path) -> Callable[[str], bool]:
    try:
        found = checkout(root)
    except NoCheckout:
        found = None
    return found.ignores() if found else lambda path: False


def _walk(root: Path, folder: str, ignored: Callable[[str], bool], problems: list[Problem]) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError as error:
        problems.append(Problem(folder, None, f"the folder cannot be listed: {error.strerror}"))
        return
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        if not entry.name.isprintable():
            problems.append(
                Problem(_visible(path), None, "left out: the name holds characters that cannot be shown")
            )
        elif entry.is_symlink():
            if (fault := _stray(root, entry)) and not ignored(path):
                problems.append(Problem(path, None, fault))
        elif entry.is_dir(follow_symlinks=False):
            if _belongs(entry) and not ignored(f"{path}/"):
                yield from _walk(root, path, ignored, problems)
        elif entry.is_file(follow_symlinks=False) and not entry.name.startswith(_STAGED) and not ignored(path):
            if fault := _fault(entry):
                problems.append(Problem(path, None, fault))
            else:
                yield path


def _stray(root: Path, link: os.DirEntry[str]) -> str | None:
    """What is wrong with a symbolic link. One that stays inside needs no word: its target is in the tree itself."""
    try:
        target = Path(link.path).resolve(strict=True)
    except FileNotFoundError:
        return None
    except (OSError, RuntimeError):
        return "left out: a symbolic link that leads in a circle"
    return None if target.is_relative_to(root) else "left out: a symbolic link that leads out of the tree"


def _belongs(folder: os.DirEntry[str]) -> bool:
    """Not a cache, not an environment, not another repository (a submodule has one of its own)."""
    inside = ("pyvenv.cfg", ".git")
    return folder.name not in FOREIGN | CACHES and not any(
        os.path.lexists(os.path.join(folder.path, f)) for f in inside
    )


def _fault(file: os.DirEntry[str]) -> str | None:
    if file.stat(follow_symlinks=False).st_size > MAX_BYTES:
        return f"left out: larger than {MAX_BYTES // 1024 // 1024} MiB"
    return None if os.access(file.path, os.R_OK) else "left out: permission denied"


def _visible(path: str) -> str:
    return path.encode("unicode_escape", "backslashreplace").decode("ascii")


def _content(path: Path) -> bytes:
    """The file's bytes, only while it is still the regular file that was listed."""
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise FileNotFoundError(f"{path} is no longer a regular file")
        return file.read(MAX_BYTES)


def write(tree: Tree, edits: Mapping[str, bytes]) -> None:
    """Replace files whole, all or none as far as a file system allows, keeping their modes.

    Everything is written beside its target first; only when all of it is on disk are the files moved into place,
    and what was moved is put back when a later one fails. Raises OSError.
    """
    before = {path: tree.get(path) for path in edits}
    for path, seen in before.items():
        _guard(tree.root, path, seen)
    _sweep({(tree.root / path).parent for path in edits})
    staged: dict[str, Path] = {}
    moved: list[str] = []
    try:
        for path, content in edits.items():
            staged[path] = _stage(tree.root / path, content)
        for path, temporary in staged.items():
            os.replace(temporary, tree.root / path)
            moved.append(path)
    except BaseException:
        _put_back(tree.root, {path: before[path] for path in moved})
        raise
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)


def _sweep(folders: Iterable[Path]) -> None:
    """Remove what a run that was killed in the middle left beside its targets."""
    for folder in folders:
        for left in folder.glob(f"{_STAGED}*-*"):
            pid = left.name.removeprefix(_STAGED).partition("-")[0]
            if pid.isdecimal() and not _is_running(int(pid)):
                left.unlink(missing_ok=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _guard(root: Path, path: str, seen: bytes | None) -> None:
    """The file is inside the tree and still what was read."""
    target = root / path
    if target.parent.resolve() != target.parent or not target.is_relative_to(root):
        raise OSError(f"{path} leads out of the tree through a symbolic link")
    if (_content(target) if os.path.lexists(target) else None) != seen:
        raise OSError(f"{path} changed while it was being migrated; nothing was written")


def _stage(target: Path, content: bytes) -> Path:
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o644
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{_STAGED}{os.getpid()}-", dir=target.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            os.fchmod(handle, mode)
            os.fsync(handle)
    except BaseException:
        os.unlink(name)
        raise
    return Path(name)


def _put_back(root: Path, before: Mapping[str, bytes | None]) -> None:
    for path, content in before.items():
        if content is None:
            (root / path).unlink(missing_ok=True)
        else:
            os.replace(_stage(root / path, content), root / path)
