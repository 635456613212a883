"""A commit's tree as a lazy mapping: names from one ``ls-tree``, contents from a running ``cat-file --batch``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import git

REGULAR = (b"100644", b"100755")
"""Modes of what we read and write: no symlink, no submodule."""


class TreeFiles(Mapping[str, bytes]):
    """Regular files only, each read when asked for and not kept. Names that are not UTF-8 are left out."""

    def __init__(self, command: git.Git, commit: str) -> None:
        self._command = command
        self._commit = commit
        self._found: dict[str, str] | None = None

    def __getitem__(self, path: str) -> bytes:
        return self._command.get_object_data(self._blobs[path])[3]

    def __contains__(self, path: object) -> bool:
        return path in self._blobs

    def __iter__(self) -> Iterator[str]:
        return iter(self._blobs)

    def __len__(self) -> int:
        return len(self._blobs)

    @property
    def _blobs(self) -> dict[str, str]:
        if self._found is None:
            self._found = {path: sha for path, (mode, sha) in entries(self._command, self._commit).items()}
        return self._found


def entries(command: git.Git, commit: str) -> dict[str, tuple[str, str]]:
    """Mode and blob of every regular file."""
    listing = command.ls_tree("-r", "-z", "--full-tree", commit, stdout_as_string=False)
    found = {}
    for entry in listing.split(b"\0"):
        stat, _, path = entry.partition(b"\t")
        if stat[:6] in REGULAR and (name := _decoded(path)):
            mode, _, sha = stat.decode().split(" ")
            found[name] = (mode, sha)
    return found


def _decoded(path: bytes) -> str | None:
    try:
        return path.decode()
    except UnicodeDecodeError:
        return None
