"""The home repository's workflow, its own steps run on a copy of this checkout against the sandbox."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from serving import forge
from voyage import HUB

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
SHIPPED = ("bot", "transforms", "templates", "pyproject.toml", "constraints.txt", "constraints-uv.txt")


def test_it_installs_itself_from_its_checkout_and_looks(tmp_path: Path) -> None:
    (job,) = yaml.safe_load((ROOT / ".github/workflows/convoy.yml").read_text())["jobs"].values()
    with forge(tmp_path) as there:
        for name in SHIPPED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, there.home / name)
        said = ""
        for step in job["steps"]:
            if "run" in step:
                said += run(step["run"], step.get("env", {}), there.home, there.token)
        assert [pull.head_ref for pull in there.state.repo(HUB).pulls.values()] == ["convoy/phase2/hub"]
        assert there.token not in said


def run(script: str, given: dict[str, str], folder: Path, token: str) -> str:
    """One step as a runner on Linux does it; everything that it said."""
    filled = {key: value.replace("${{ steps.app.outputs.token }}", token) for key, value in given.items()}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "CI": "true", **filled}
    command = ["bash", "--noprofile", "--norc", "-e", "-c", script]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
