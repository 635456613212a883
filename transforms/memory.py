"""What has been read of files, kept while one piece of work lasts.

The services of a repository look at the same conftests, manifests and modules. Inside ``remembering()`` a file that
somebody has read is not read again: results are found by path and content, so an edit is always seen. Outside of
it nothing is kept, and with its end everything is forgotten.

Meanwhile the search for cycles rests: it took a third of the time, walking millions of syntax nodes that stay.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")

_KEPT: ContextVar[dict[Any, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Keep what remembered functions give until the outermost of these blocks ends."""
    if _KEPT.get() is not None:
        yield
        return
    token, collected = _KEPT.set({}), gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        _KEPT.reset(token)
        if collected:
            gc.enable()


def remembered(read: Callable[P, T]) -> Callable[P, T]:
    """Let a pure function of hashable arguments be computed once per block. What raises is not kept."""

    @wraps(read)
    def kept(*args: P.args, **kwargs: P.kwargs) -> T:
        found = _KEPT.get()
        if found is None:
            return read(*args, **kwargs)
        key = (read, args, tuple(kwargs.items()))
        if key not in found:
            found[key] = read(*args, **kwargs)
        result: T = found[key]
        return result

    return kept


def shared(owner: T, make: Callable[[T], R]) -> R:
    """``make(owner)``, computed once per block for this very object: for what is known of a whole tree of files."""
    found = _KEPT.get()
    if found is None:
        return make(owner)
    key = (make, id(owner))
    if key not in found:
        found[key] = (make(owner), owner)  # kept alive, so that nothing else gets its id
    result: R = found[key][0]
    return result
