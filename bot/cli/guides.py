"""Writes the guides: ``python -m bot.cli.guides FOLDER``, which ``make docs`` does."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.render.guide import guide
from transforms.registry import upgrades


def guides() -> dict[str, str]:
    """File name to text, one for each library."""
    return {f"{upgrade.library}.md": guide(upgrade.library) for upgrade in upgrades()}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in guides().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
