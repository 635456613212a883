"""The time inside the sandbox: one clock that stories turn by hand, one that runs by itself.

Whatever happens late on a forge (CI that finishes, mergeability, delayed events) is handed to ``after``. With the
virtual clock nothing happens until somebody advances it, and then in order of time, in the caller's thread.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Protocol

Task = Callable[[], None]
NOW = timedelta(0)
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class SandboxClock(Protocol):
    """A clock on which things can be scheduled. ``bot.ports.Clock`` is its ``now``."""

    def now(self) -> datetime: ...

    def after(self, delay: timedelta, task: Task) -> None:
        """Run the task once, not before ``delay`` has passed, never inside this call."""


class VirtualClock:
    """Time that stands still until it is advanced."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._queue: list[tuple[datetime, int, Task]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        return self._now

    def after(self, delay: timedelta, task: Task) -> None:
        """Put the task on the timeline. Tasks due at the same moment run in the order they were given."""
        heapq.heappush(self._queue, (self._now + max(delay, NOW), next(self._order), task))

    def advance(self, delta: timedelta = NOW) -> None:
        """Let time pass, and everything that falls due on the way happen at its own moment."""
        end = self._now + delta
        while self._queue and self._queue[0][0] <= end:
            self._now, _, task = heapq.heappop(self._queue)
            task()
        self._now = end

    def run_until_idle(self) -> None:
        """Advance from one scheduled thing to the next until nothing is left."""
        while self._queue:
            self.advance(self._queue[0][0] - self._now)


class RealClock:
    """The machine's time. Tasks run on a few worker threads; ``skip`` pretends that time has passed."""

    def __init__(self, start: datetime | None = None, workers: int = 2) -> None:
        self._offset = max(start - datetime.now(UTC), NOW) if start else NOW
        self._queue: list[tuple[datetime, int, Task]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._running = 0
        self._closed = False
        self._failures: list[BaseException] = []
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="sandbox")
        self._timer = threading.Thread(target=self._dispatch, name="sandbox-clock", daemon=True)
        self._timer.start()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def after(self, delay: timedelta, task: Task) -> None:
        """Hand the task to a worker when its time has come. Nothing is accepted after ``close``."""
        with self._changed:
            if not self._closed:
                heapq.heappush(self._queue, (self.now() + max(delay, NOW), next(self._order), task))
                self._changed.notify_all()

    def skip(self, delta: timedelta) -> None:
        """Move the clock forward; what falls due by that starts at once."""
        with self._changed:
            self._offset += delta
            self._changed.notify_all()

    def wait_until_idle(self, timeout: timedelta) -> bool:
        """Block until no task runs or waits, or the timeout is over. Raises what a task raised."""
        with self._changed:
            idle = self._changed.wait_for(self._is_idle, timeout.total_seconds())
            if self._failures:
                raise self._failures.pop(0)
            return idle

    def close(self) -> None:
        """Forget what is scheduled and wait for what is running."""
        with self._changed:
            self._closed = True
            self._queue.clear()
            self._changed.notify_all()
        self._timer.join()
        self._pool.shutdown()

    def _is_idle(self) -> bool:
        return not self._queue and not self._running

    def _dispatch(self) -> None:
        with self._changed:
            while not self._closed:
                due = self._queue[0][0] if self._queue else None
                if due is not None and due <= self.now():
                    self._running += 1
                    self._pool.submit(self._run, heapq.heappop(self._queue)[2])
                else:
                    self._changed.wait((due - self.now()).total_seconds() if due else None)

    def _run(self, task: Task) -> None:
        try:
            task()
        except BaseException as failure:
            self._failures.append(failure)
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()
