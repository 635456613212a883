"""A world on disk: ``forge.json`` beside the bare repositories, so that another process can go on from there.

Tokens are not saved. Check runs that had not finished start again when the world is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from bot.sandbox import checks
from bot.sandbox.ci import CI
from bot.sandbox.clock import SandboxClock, VirtualClock
from bot.sandbox.records import World
from bot.sandbox.state import ForgeState, locked

FILE = "forge.json"


@locked
def save(state: ForgeState) -> Path:
    """Write the world below the state's root, whole or not at all."""
    state.world.now = state.now()
    target = state.root / FILE
    scratch = target.with_suffix(".part")
    scratch.write_bytes(_adapter().dump_json(state.world, indent=1))
    scratch.replace(target)
    return target


def load(root: Path, ci: CI, clock: Callable[[datetime], SandboxClock] = VirtualClock) -> ForgeState:
    """The world that was saved in this folder; ``clock`` makes one that starts at the moment of saving."""
    world = _adapter().validate_json((root / FILE).read_bytes())
    state = ForgeState(root, clock(world.now), ci, world)
    checks.resume(state)
    return state


@cache
def _adapter() -> TypeAdapter[World]:
    return TypeAdapter(World)
