"""What the table of releases says of the targets is what the index has: installers that demand hashes accept it."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from transforms.manifests.hashes import RELEASES

pytestmark = pytest.mark.proof

ROWS = pytest.mark.parametrize(("name", "version"), RELEASES, ids=lambda said: str(said))
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def uv(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    from uv import find_uv_bin

    python = ("--python", sys.executable)
    return subprocess.run(
        [find_uv_bin(), "pip", *words, *python],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def compiled(folder: Path, line: str, *words: str) -> str:
    """The line with what it needs and everybody's hashes, or nothing when the index has no such thing."""
    (folder / "asked.in").write_text(f"{line}\n")
    done = uv(folder, "compile", "asked.in", "--generate-hashes", "--no-header", "--no-annotate", *words)
    return done.stdout if done.returncode == 0 else ""


@ROWS
def test_the_table_has_every_file_of_the_release_and_no_other(name: str, version: str, tmp_path: Path) -> None:
    found = HASH.findall(compiled(tmp_path, f"{name}=={version}", "--no-deps"))
    assert sorted(found) == sorted(RELEASES[name, version].files)


@ROWS
@pytest.mark.parametrize("spoiled", [False, True])
def test_an_installer_that_demands_hashes_takes_ours_and_no_others(
    name: str, version: str, spoiled: bool, tmp_path: Path
) -> None:
    digests = [d[::-1] if spoiled else d for d in RELEASES[name, version].files]
    told = " ".join([f"{name}=={version}", *(f"--hash=sha256:{d}" for d in digests)])
    (tmp_path / "requirements.txt").write_text(f"{told}\n")
    done = uv(tmp_path, "install", "--require-hashes", "--no-deps", "--target", "site", "-r", "requirements.txt")
    assert (done.returncode == 0) is not spoiled, done.stderr


@ROWS
def test_what_the_table_says_it_needs_is_what_it_needs(name: str, version: str, tmp_path: Path) -> None:
    """Each need of the table, just missed, is a conflict for the resolver."""
    for need in RELEASES[name, version].needs:
        missed = re.match(r"([\w-]+)>=([\d.]+)", need)
        assert missed is not None
        (tmp_path / "missed.txt").write_text(f"{missed[1]}<{missed[2]}\n")
        held = need.partition(";")[2].strip()
        words = ("-c", "missed.txt", *(["--python-version", "3.10"] if "3.11" in held else []))
        assert compiled(tmp_path, f"{name}=={version}", *words) == "", need


@ROWS
def test_the_release_came_on_the_day_that_the_table_says(name: str, version: str, tmp_path: Path) -> None:
    day = RELEASES[name, version].published

    def is_there(until: date) -> bool:
        words = ("--no-deps", "--exclude-newer", f"{until}T00:00:00Z")
        return bool(compiled(tmp_path, f"{name}=={version}", *words))

    assert [is_there(day), is_there(day + timedelta(days=1))] == [False, True]
