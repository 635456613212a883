"""Python environments for jobs: built by uv, kept by what the job's requirement files say, and told nothing.

``python`` and ``pip`` of a job are those of its environment. ``pip`` is a shim to uv, so that ``pip install`` as
written in a workflow really installs, in a fraction of a second once its wheels are in the sandbox's own cache.
A job sees no variable of this machine but the few that reaching the package index takes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from uv import find_uv_bin

from bot.sandbox.runner.workflow import Unsupported

_NETWORK = ("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_INDEX = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_OFFLINE")
_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
_BUSY = ".installing"
_PIP = '''\
"""``pip`` as the sandbox has it: uv, acting on this environment. A broken-off installation leaves its mark."""

import pathlib
import subprocess
import sys

command, arguments = sys.argv[1:2], sys.argv[2:]
if command == ["install"] and "pip" in arguments and all(a.startswith("-") or a == "pip" for a in arguments):
    print("pip is the sandbox's own (uv): nothing to upgrade")
    raise SystemExit(0)
busy = pathlib.Path(sys.prefix, "{busy}")
busy.touch()
code = subprocess.call(["{uv}", "pip", *command, "--python", sys.executable, *arguments])
if code == 0:
    busy.unlink(missing_ok=True)
raise SystemExit(code)
'''
_EXECUTABLE = '#!/bin/sh\nexec "{python}" -m pip "$@"\n'


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment that a job holds for itself while it runs."""

    root: Path

    @property
    def path(self) -> str:
        """``PATH`` of a job."""
        return f"{self.root / 'bin'}:{_SYSTEM_PATH}"


def default_cache() -> Path:
    """Where environments and wheels are kept: the user's cache folder, never uv's own cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "convoy" / "ci"


def interpreter(wanted: str) -> str:
    """The Python to use for a workflow's ``python-version``. Raises Unsupported when this machine has none."""
    if not wanted or _admits(wanted, ".".join(map(str, sys.version_info[:3]))):
        return sys.executable
    command = [find_uv_bin(), "python", "find", "--no-project", "--no-python-downloads", str(_specifier(wanted))]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode:
        raise Unsupported(f"python-version: {wanted} (not on this machine)")
    return found.stdout.strip()


@contextmanager
def held(cache: Path, python: str, sources: bytes) -> Iterator[Environment]:
    """The environment for these sources, nobody else's until it is given back; built when it is not there."""
    key = hashlib.sha256(python.encode() + b"\0" + sources).hexdigest()[:20]
    root = cache / "envs" / key
    root.parent.mkdir(parents=True, exist_ok=True)
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (root / _BUSY).exists() or not (root / "bin" / "pip").exists():
            _build(root, python)
        yield Environment(root)


def variables(environment: Environment, cache: Path, temporary: Path) -> dict[str, str]:
    """The whole environment of a job's processes: nothing of the host but its way to the index."""
    allowed = {
        name: value
        for plain in _NETWORK + _INDEX
        for name in (plain, plain.lower())
        if (value := os.environ.get(name)) and "@" not in value
    }
    return allowed | {
        "PATH": environment.path,
        "VIRTUAL_ENV": str(environment.root),
        "HOME": str(temporary / "home"),
        "TMPDIR": str(temporary / "tmp"),
        "LANG": "C.UTF-8",
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "UV_CACHE_DIR": str(cache / "uv"),
        "UV_NO_CONFIG": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
    }


def _build(root: Path, python: str) -> None:
    shutil.rmtree(root, ignore_errors=True)
    command = [find_uv_bin(), "venv", "--quiet", "--no-project", "--no-config", "--python", python, str(root)]
    subprocess.run(command, check=True, capture_output=True)
    (packages,) = (root / "lib").glob("python*/site-packages")
    (packages / "pip").mkdir()
    (packages / "pip" / "__main__.py").write_text(_PIP.format(uv=find_uv_bin(), busy=_BUSY))
    shim = root / "bin" / "pip"
    shim.write_text(_EXECUTABLE.format(python=root / "bin" / "python"))
    shim.chmod(0o755)


def _admits(wanted: str, version: str) -> bool:
    return _specifier(wanted).contains(version)


def _specifier(wanted: str) -> SpecifierSet:
    """``3.11``, ``3.x`` and ``>=3.11 <3.14``, as setup-python reads them."""
    plain = wanted.strip().removesuffix(".x")
    try:
        return SpecifierSet(f"=={plain}.*" if plain[:1].isdigit() else ",".join(plain.split()))
    except InvalidSpecifier:
        raise Unsupported(f"python-version: {wanted}") from None
