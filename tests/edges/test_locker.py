"""A uv.lock is made anew as uv itself would in the project, and nothing of the project can act while it is."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.locker import UvLocker
from tests.edges.index import Index, served
from tests.edges.wheels import wheel

PROJECT = """\
[project]
name = "My_Svc"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["runner==8.3", "other[more]>=1"]

[project.optional-dependencies]
nice = ['third; sys_platform == "linux"']

[dependency-groups]
dev = ["plugin", { include-group = "lint" }]
lint = ["third>=1"]

[tool.uv]
constraint-dependencies = ["third<3"]
"""
MOVED = PROJECT.replace("runner==8.3", "runner==9.0.2")
BUILT = '[build-system]\nrequires = []\nbuild-backend = "evil"\nbackend-path = ["."]\n'


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    folder = tmp_path / "wheels"
    wheel(folder, "runner", "8.3")
    wheel(folder, "runner", "9.0.2", "fresh")
    wheel(folder, "fresh", "1.0")
    wheel(folder, "plugin", "1.0", "runner>=8")
    wheel(folder, "other", "1.0")
    wheel(folder, "third", "1.0")
    with served(folder) as index:
        yield index


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout of the project."""
    made = tmp_path / "checkout"
    made.mkdir()
    return made


def uv(root: Path, index: Index, *words: str) -> int:
    """What a person runs in the project."""
    from uv import find_uv_bin

    command = [find_uv_bin(), *words, "--python", sys.executable, "--default-index", index.url]
    return subprocess.run(command, cwd=root, capture_output=True, check=False, timeout=60).returncode


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def locked(root: Path, index: Index, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """The project as a person locked it, and then with its pins moved."""
    write(root, before)
    assert uv(root, index, "lock") == 0
    write(root, after)


def versions(lock: bytes | None) -> dict[str, str]:
    assert lock is not None
    return {p["name"]: p.get("version", "") for p in tomllib.loads(lock.decode())["package"]}


def release_more(index: Index) -> None:
    """What was locked is not the newest any more."""
    for name in ("other", "third", "plugin"):
        wheel(index.folder, name, "1.5")


PLAIN = ({"pyproject.toml": PROJECT}, {"pyproject.toml": MOVED})
OWN_BACKEND = """\
import pathlib, tomllib

def prepare_metadata_for_build_editable(folder, settings=None):
    needs = tomllib.loads(pathlib.Path("pyproject.toml").read_text())["project"]["dependencies"]
    info = pathlib.Path(folder, "my_svc-7.dist-info")
    info.mkdir()
    extra = "Provides-Extra: nice\\nRequires-Dist: third; sys_platform == 'linux' and extra == 'nice'\\n"
    lines = "".join(f"Requires-Dist: {need}\\n" for need in needs)
    head = "Metadata-Version: 2.1\\nName: my-svc\\nVersion: 7\\nRequires-Python: >=3.11\\n"
    (info / "METADATA").write_text(head + lines + extra)
    return info.name

prepare_metadata_for_build_wheel = prepare_metadata_for_build_editable
"""
UNVERSIONED = tuple(
    {
        "pyproject.toml": text.replace('version = "1.0"', 'dynamic = ["version"]', 1) + BUILT,
        "evil.py": OWN_BACKEND,
    }
    for text in (PROJECT, MOVED)
)
PACKAGED = tuple(
    {"pyproject.toml": f'{t}package = true\nresolution = "highest"\nenvironments = ["sys_platform == \'linux\'"]\n'}
    for t in (PROJECT, MOVED)
)
MEMBERS = {
    "libs/a/pyproject.toml": '[project]\nname = "a"\nversion = "1"\ndependencies = ["third"]\n',
    "libs/b/pyproject.toml": '[project]\nname = "b"\nversion = "1"\ndependencies = ["a", "other"]\n'
    "[tool.uv.sources]\na = { workspace = true }\n",
}
WORKSPACE = tuple(
    {"pyproject.toml": f'{t}[tool.uv.workspace]\nmembers = ["libs/*"]\n', **MEMBERS} for t in (PROJECT, MOVED)
)


@pytest.mark.parametrize("project", [PLAIN, UNVERSIONED, PACKAGED, WORKSPACE])
def test_the_lock_is_byte_for_byte_what_uv_makes_in_the_project(
    project: tuple[dict[str, str], dict[str, str]], root: Path, index: Index
) -> None:
    locked(root, index, *project)
    release_more(index)
    ours = UvLocker(index.url).lock(tree(root), "uv.lock", ["runner"], None)
    assert versions(ours).items() >= {"runner": "9.0.2", "fresh": "1.0", "third": "1.0", "plugin": "1.0"}.items()
    stale = (root / "uv.lock").read_bytes()
    assert uv(root, index, "lock", "--check") != 0
    (root / "uv.lock").write_bytes(ours or b"")
    assert uv(root, index, "lock", "--check") == 0
    (root / "uv.lock").write_bytes(stale)
    assert uv(root, index, "lock", "--upgrade-package", "runner") == 0
    assert (root / "uv.lock").read_bytes() == ours


def test_releases_after_the_date_do_not_count_and_the_date_leaves_no_trace(root: Path, index: Index) -> None:
    locked(root, index, *PLAIN)
    wheel(index.folder, "fresh", "2.0")
    index.dates["2.0"] = "2026-06-01T00:00:00Z"
    files, locker = tree(root), UvLocker(index.url)
    early = locker.lock(files, "uv.lock", ["runner"], datetime(2026, 1, 1, tzinfo=UTC))
    late = locker.lock(files, "uv.lock", ["runner"], datetime(2026, 7, 1, tzinfo=UTC))
    assert [versions(lock)["fresh"] for lock in (early, late)] == ["1.0", "2.0"]
    (root / "uv.lock").write_bytes(early or b"")
    assert uv(root, index, "lock", "--check") == 0


def test_what_is_locked_already_is_never_too_new(root: Path, index: Index) -> None:
    index.dates["1.0"] = index.dates["9.0.2"] = "2026-06-01T00:00:00Z"
    locked(root, index, *PLAIN)
    ours = UvLocker(index.url).lock(tree(root), "uv.lock", ["runner"], datetime(2026, 1, 1, tzinfo=UTC))
    assert versions(ours)["third"] == "1.0"


def test_a_lock_that_would_go_back_is_for_a_person(root: Path, index: Index) -> None:
    wheel(index.folder, "plugin", "2.0", "runner<9")
    locked(root, index, *PLAIN)
    assert UvLocker(index.url).lock(tree(root), "uv.lock", ["runner"], None) is None


def test_what_was_locked_once_is_given_again_without_the_index(root: Path, index: Index, tmp_path: Path) -> None:
    locked(root, index, *PLAIN)
    locker = UvLocker(index.url, shelf=tmp_path / "shelf")
    first = locker.lock(tree(root), "uv.lock", ["runner"], None)
    wheel(index.folder, "fresh", "2.0")
    index.asked.clear()
    assert first is not None
    assert locker.lock(tree(root), "uv.lock", ["runner"], None) == first
    assert index.asked == []


@pytest.mark.parametrize("fault", ["silent", "slow"])
def test_an_index_that_does_not_answer_leaves_the_lock_to_a_person(fault: str, root: Path, index: Index) -> None:
    locked(root, index, *PLAIN)
    files = tree(root)
    if fault == "slow":
        assert UvLocker(index.url, timeout=0.001).lock(files, "uv.lock", ["runner"], None) is None
        return
    gone = "http://127.0.0.1:1/simple"
    files["uv.lock"] = files["uv.lock"].replace(index.url.encode(), gone.encode())
    assert UvLocker(gone).lock(files, "uv.lock", ["runner"], None) is None


# ── hostile projects ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """The file that hostile code would leave behind."""
    return tmp_path / "it-ran"


def evil(root: Path, mark: Path, project: str) -> None:
    write(
        root,
        {"pyproject.toml": project, "evil.py": f"open({str(mark)!r}, 'w').close()\n", "setup.py": "import evil\n"},
    )


def test_a_hostile_build_backend_never_runs(root: Path, index: Index, mark: Path) -> None:
    locked(root, index, *PLAIN)
    evil(root, mark, MOVED + BUILT)
    assert "runner" in versions(UvLocker(index.url).lock(tree(root), "uv.lock", ["runner"], None))
    assert not mark.exists()


def test_metadata_that_only_a_build_tells_are_for_a_person(root: Path, index: Index, mark: Path) -> None:
    """And what this protects against is real."""
    locked(root, index, *PLAIN)
    evil(root, mark, '[project]\nname = "my-svc"\nversion = "1.0"\ndynamic = ["dependencies"]\n' + BUILT)
    assert UvLocker(index.url).lock(tree(root), "uv.lock", ["runner"], None) is None
    assert not mark.exists()
    uv(root, index, "lock")
    assert mark.exists()


TRICKS = {
    "another index": 'index-url = "{elsewhere}"',
    "an index of its own": '[[tool.uv.index]]\nname = "x"\nurl = "{elsewhere}"\ndefault = true',
    "links": 'find-links = ["{elsewhere}"]',
    "a source that is an address": '[tool.uv.sources]\nrunner = {{ url = "{elsewhere}/runner-9.0.2.whl" }}',
    "a source that is a path": '[tool.uv.sources]\nrunner = {{ path = "/" }}',
    "a source in git": '[tool.uv.sources]\nrunner = {{ git = "{elsewhere}/x.git" }}',
    "a requirement with an address": 'override-dependencies = ["fresh @ {elsewhere}/fresh-1.0-py3-none-any.whl"]',
    "settings of a package's build": '[tool.uv.extra-build-dependencies]\nrunner = ["evil"]',
    "something that uv may learn one day": 'surprise = "{elsewhere}"',
    "a project that uv does not keep": "managed = false",
    "another uv": 'required-version = "==0.0.1"',
    "a line break in a name": '[tool.uv.sources]\n"run\\nner" = {{ workspace = true }}',
    "a member outside": '[tool.uv.workspace]\nmembers = ["../*", "evil"]',
}


@pytest.mark.parametrize("trick", TRICKS)
def test_what_asks_for_more_than_released_packages_is_for_a_person(
    trick: str, root: Path, index: Index, tmp_path: Path
) -> None:
    locked(root, index, *PLAIN)
    with served(tmp_path / "elsewhere") as elsewhere:
        extra = TRICKS[trick].format(elsewhere=elsewhere.url)
        write(root, {"pyproject.toml": f"{MOVED}{extra}\n", "evil/pyproject.toml": '[project]\nname = "evil"\n'})
        assert UvLocker(index.url).lock(tree(root), "uv.lock", ["runner"], None) is None
        assert elsewhere.asked == []


SOURCES = (
    '{ registry = "http://127.0.0.1:1/simple" }',
    '{ registry = "../wheels" }',
    '{ git = "https://git.invalid/x?rev=1#1" }',
    '{ url = "https://files.invalid/x-1.0.whl" }',
    '{ path = "/etc/passwd" }',
    '{ directory = "." }',
    '{ editable = "../../x" }',
    '{ virtual = "/x" }',
    '"x"',
)


@pytest.mark.parametrize("source", SOURCES)
def test_a_lock_with_a_package_from_elsewhere_is_for_a_person(source: str, root: Path, index: Index) -> None:
    locked(root, index, *PLAIN)
    lock = (root / "uv.lock").read_text()
    asked = len(index.asked)
    write(root, {"uv.lock": f'{lock}\n[[package]]\nname = "x"\nversion = "1.0"\nsource = {source}\n'})
    assert UvLocker(index.url).lock(tree(root), "uv.lock", ["runner"], None) is None
    assert len(index.asked) == asked


@pytest.mark.parametrize(
    "lock", ["", "version = 2\n", "version = 1\n", "a = [", "a = " + "[" * 9000, " " * 6_000_000]
)
def test_a_lock_that_is_none_is_for_a_person(lock: str, root: Path, index: Index) -> None:
    write(root, {"pyproject.toml": MOVED, "uv.lock": lock})
    assert UvLocker(index.url).lock(tree(root), "uv.lock", ["runner"], None) is None


def test_a_token_in_the_index_is_neither_in_the_lock_nor_in_the_way(
    root: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked(root, index, *PLAIN)
    monkeypatch.setitem(os.environ, "UV_DEFAULT_INDEX", index.url.replace("://", "://user:secret@"))
    ours = UvLocker().lock(tree(root), "uv.lock", ["runner"], None)
    assert versions(ours)["runner"] == "9.0.2"
    assert b"secret" not in (ours or b"")
