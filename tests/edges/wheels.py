"""Wheels of our own making, in an index of our own."""

from __future__ import annotations

import zipfile
from pathlib import Path


def wheel(folder: Path, name: str, version: str, *requires: str, python: str = ">=3.8") -> None:
    """A released wheel, in the smallest form that an installer accepts, listed in a PEP 503 index."""
    home = folder / name.replace("_", "-")
    home.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {r}\n" for r in requires)
    with zipfile.ZipFile(home / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Python: {python}\n{needs}",
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    links = "".join(
        f'<a href="{w.name}" data-requires-python="{python}">{w.name}</a>\n' for w in sorted(home.glob("*.whl"))
    )
    (home / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")
