"""The sample fleet: our own small services in real repositories, and what people do in the demo.

The repositories stand under ``repos/`` as they are pushed; what people commit on a branch stands under
``people/<service>/``. Nothing here is imported by the bot: the services are data, only the sandbox's CI runs them.
"""

from __future__ import annotations

from pathlib import Path

OWNER = "harbour-energy"
"""The organisation that owns every repository of the fleet. ``config.yaml`` names it too."""

CONFIG = Path(__file__).with_name("config.yaml")
"""The demo's own configuration."""

_REPOS = Path(__file__).with_name("repos")


def repositories() -> dict[str, dict[str, bytes]]:
    """Every repository of the fleet, ``owner/name`` -> path -> content."""
    return {f"{OWNER}/{folder.name}": _files(folder) for folder in sorted(_REPOS.iterdir()) if folder.is_dir()}


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
