"""Which repositories to look at again: many wakes, one look. Losing one delays work until the next full look."""

from __future__ import annotations

import threading


class Wakes:
    """A set of repositories that coalesces, filled from any thread and emptied by whoever ticks."""

    def __init__(self) -> None:
        self._repos: set[str] = set()
        self._changed = threading.Condition()
        self._closed = False

    def add(self, repo: str) -> None:
        """Look at this repository again."""
        with self._changed:
            self._repos.add(repo)
            self._changed.notify_all()

    def take(self) -> frozenset[str]:
        """Everything that was woken since, and none of it twice."""
        with self._changed:
            taken = frozenset(self._repos)
            self._repos.clear()
            return taken

    def wait(self, seconds: float) -> bool:
        """Until there is something to take, at most so long; whether there is."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._repos) or self._closed, seconds)
            return bool(self._repos)

    def close(self) -> None:
        """Nobody waits any more, now or later."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
