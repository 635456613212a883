"""A sandbox with one repository, as most stories need it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.world import Sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """``acme/shop`` with its first commit checked and settled."""
    made = Sandbox(tmp_path)
    made.add_repository("acme/shop", {"api/app.py": "old\n", "README.md": "shop\n"})
    made.settle()
    return made
