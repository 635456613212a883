"""Which workflows an event starts: ``on``, ``branches`` and ``paths``, as GitHub evaluates them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.ci import Event
from bot.sandbox.runner.globs import admits
from bot.sandbox.runner.workflow import Invalid, Unsupported

_HANDLED = ("push", "pull_request")
_ELSEWHERE = {"workflow_dispatch", "workflow_call", "repository_dispatch", "schedule", "release"}
"""Events that nothing in the sandbox sends: a workflow may name them, they start nothing."""
_BRANCHES = ("branches", "branches-ignore")
_FILTERS = (*_BRANCHES, "paths", "paths-ignore")
_TAGS = ("tags", "tags-ignore")


def started(on: object, event: Event) -> bool:
    """Whether this ``on`` lets the event start the workflow. Raises Unsupported for what cannot be evaluated."""
    events = _events(on)
    if unknown := [name for name in events if name not in _HANDLED and name not in _ELSEWHERE]:
        raise Unsupported(f"on.{unknown[0]}")
    if event.kind not in events:
        return False
    filters = _filters(events[event.kind], event.kind)
    if any(key in filters for key in _TAGS) and not any(key in filters for key in _BRANCHES):
        return False
    return _branch(filters, event.branch) and _paths(filters, event.changed)


def _events(on: object) -> Mapping[str, Any]:
    if isinstance(on, str):
        return {on: None}
    if isinstance(on, list):
        return dict.fromkeys(on)
    if isinstance(on, dict):
        return on
    raise Invalid("`on` names no event")


def _filters(raw: object, kind: str) -> Mapping[str, Sequence[str]]:
    if raw in (None, ""):
        return {}
    if not isinstance(raw, dict):
        raise Invalid(f"on.{kind} is not a mapping")
    known = _FILTERS + _TAGS if kind == "push" else _FILTERS
    if unknown := [key for key in raw if key not in known]:
        raise Unsupported(f"on.{kind}.{unknown[0]}")
    for name in ("branches", "paths", "tags"):
        if name in raw and f"{name}-ignore" in raw:
            raise Invalid(f"on.{kind} has both {name} and {name}-ignore")
    return {key: _patterns(value, f"on.{kind}.{key}") for key, value in raw.items()}


def _patterns(value: object, where: str) -> Sequence[str]:
    patterns = [value] if isinstance(value, str) else value
    if not isinstance(patterns, list) or not all(isinstance(p, str) for p in patterns):
        raise Invalid(f"{where} is not a list of patterns")
    return patterns


def _branch(filters: Mapping[str, Sequence[str]], branch: str) -> bool:
    if "branches" in filters:
        return admits(filters["branches"], branch)
    return not admits(filters.get("branches-ignore", ()), branch)


def _paths(filters: Mapping[str, Sequence[str]], changed: Sequence[str]) -> bool:
    if "paths" in filters:
        return any(admits(filters["paths"], path) for path in changed)
    if "paths-ignore" in filters:
        return any(not admits(filters["paths-ignore"], path) for path in changed)
    return True
