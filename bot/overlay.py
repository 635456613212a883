"""A repository's files as they would be after a migration. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from transforms.model import Files


@dataclass(frozen=True, slots=True)
class Overlay(Mapping[str, bytes]):
    """A tree with some files changed, without copying the rest."""

    under: Files
    edits: Mapping[str, bytes]

    def __getitem__(self, path: str) -> bytes:
        return self.edits[path] if path in self.edits else self.under[path]

    def __iter__(self) -> Iterator[str]:
        yield from self.under
        yield from (path for path in self.edits if path not in self.under)

    def __len__(self) -> int:
        return sum(1 for _ in self)
