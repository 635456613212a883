"""Environments with exact pins, built once by uv and kept by the hash of what is in them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".convoy" / "envs"
UV = Path(sys.executable).with_name("uv")


def environment(pins: tuple[str, ...]) -> Path:
    """The interpreter of an environment with those pins. A half-built one is never left where it would be found."""
    key = hashlib.sha256("\n".join((sys.version, *sorted(pins))).encode()).hexdigest()[:16]
    home = CACHE / key
    if not home.exists():
        draft = CACHE / f"{key}.{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        _uv("venv", "--quiet", "--python", sys.executable, str(draft))
        _uv("pip", "install", "--quiet", "--python", str(draft / "bin" / "python"), *pins)
        try:
            draft.rename(home)
        except OSError:
            shutil.rmtree(draft)
    return home / "bin" / "python"


def _uv(*arguments: str) -> None:
    done = subprocess.run([str(UV), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"uv {arguments[0]} {' '.join(arguments[-3:])}: {done.stderr}"


def run(
    python: Path,
    folder: Path,
    command: tuple[str, ...],
    timeout: float = 60,
    around: Mapping[str, str] | None = None,
) -> str:
    """What the command prints, and how it ended, in a folder of its own and with nothing of ours ``around`` it but
    that.
    """
    words = [str(python) if word == "python" else word for word in command]
    clean = {"PATH": f"{python.parent}:{os.environ['PATH']}", "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    clean |= around or {}
    done = subprocess.run(
        words, cwd=folder, env=clean, capture_output=True, text=True, check=False, timeout=timeout
    )
    return f"{done.stdout}\n{done.stderr}\nexit {done.returncode}\n"
