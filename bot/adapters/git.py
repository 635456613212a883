"""Git through GitPython: one bare mirror per repository, objects read and written, never a working tree.

Nothing is checked out, so nothing that a repository contains (hooks, filters, symlinks, submodules) can take
effect here. What the forge did not see yet are objects that nobody refers to, until ``push``.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from itertools import takewhile
from pathlib import Path
from typing import IO

import git

from bot.adapters.git_environment import (
    SECONDS,
    Identity,
    local_environment,
    network_environment,
    redacted,
    signature,
)
from bot.adapters.git_tree import TreeFiles, entries
from bot.ports import Commit, ForgeError, Refused, Stale, Unreachable
from transforms.model import Files

_REPO = re.compile(r"(?!\.)[A-Za-z0-9_.-]+/(?!\.{1,2}$)[A-Za-z0-9_.-]+\Z")
_SHA = re.compile(r"[0-9a-f]{40}\Z")
_LOST_RACE = re.compile(
    r"stale info|fetch first|non-fast-forward|cannot lock ref|failed to update ref|already exists"
)
_OPEN = 8
"""How many mirrors keep a reader process running."""


class GitWorkspace:
    """Implements ``bot.ports.Workspace``. ``base_url`` is what comes before ``/owner/name.git``.

    ``token`` is asked before each fetch and push, so an installation token may change in between.
    """

    def __init__(
        self,
        cache: Path,
        base_url: str,
        token: Callable[[], str] = lambda: "",
        identity: Identity | None = None,
    ) -> None:
        self._cache = cache
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._identity = identity or Identity()
        self._mirrors: dict[str, git.Repo] = {}

    def close(self) -> None:
        """Stop the reader processes."""
        for mirror in self._mirrors.values():
            mirror.close()
        self._mirrors.clear()

    # ── the network ──────────────────────────────────────────────────────────────────────────────────────

    def sync(self, repo: str) -> None:
        """Fetch every branch; forget those that are gone."""
        status, _, said = self._talk(
            repo, "fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--", self._url(repo),
            "+refs/heads/*:refs/heads/*",
        )  # fmt: skip
        if status:
            raise Unreachable(f"{repo}: {_last_word(said)}")

    def push(self, repo: str, branch: str, commit: str | None, expected: str | None) -> None:
        """Set or delete a branch that still stands where we saw it."""
        ref = f"refs/heads/{branch}"
        source = _sha(commit) if commit else ""
        status, told, said = self._talk(
            repo, "push", "--porcelain", "--no-verify", f"--force-with-lease={ref}:{expected or ''}", "--",
            self._url(repo), f"{source}:{ref}",
        )  # fmt: skip
        if status:
            raise _push_error(repo, branch, told, said)
        change = (ref, commit) if commit else ("-d", ref)
        self._git(repo).update_ref(*change, with_exceptions=False)

    def _talk(self, repo: str, verb: str, *words: str) -> tuple[int, str, str]:
        token = self._token()
        status, told, said = self._git(repo).execute(
            ["git", verb, *words],
            env=network_environment(self._base_url, token),
            with_extended_output=True,
            with_exceptions=False,
            kill_after_timeout=SECONDS,
        )
        return status, redacted(str(told), token), redacted(str(said), token)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────

    def head(self, repo: str, branch: str) -> str | None:
        """Where the branch stood at the last sync or push."""
        ref = f"refs/heads/{branch}"
        found: str = self._git(repo).show_ref("--verify", "--hash", "--", ref, with_exceptions=False)
        return found or None

    def files(self, repo: str, commit: str) -> Files:
        """The commit's regular files, lazily."""
        return TreeFiles(self._git(repo), _sha(commit))

    def log(self, repo: str, head: str, *, stop: str | None = None, limit: int = 200) -> tuple[Commit, ...]:
        """First-parent history, newest first."""
        found = self._mirror(repo).iter_commits(_sha(head), first_parent=True, max_count=limit)
        return tuple(_told(commit) for commit in takewhile(lambda commit: commit.hexsha != stop, found))

    def commits(self, repo: str, base: str, head: str) -> tuple[Commit, ...]:
        """What ``head`` has and ``base`` has not."""
        found = self._mirror(repo).iter_commits(f"{_sha(base)}..{_sha(head)}", topo_order=True)
        return tuple(_told(commit) for commit in found)

    def merge_base(self, repo: str, one: str, other: str) -> str | None:
        """Where the two histories parted, if they ever were one."""
        bases = self._mirror(repo).merge_base(_sha(one), _sha(other))
        return bases[0].hexsha if bases and bases[0] else None

    def tree(self, repo: str, commit: str) -> str:
        """The sha of the commit's tree."""
        return self._mirror(repo).commit(_sha(commit)).tree.hexsha

    def changed(self, repo: str, old: str, new: str) -> tuple[str, ...]:
        """Paths that differ; a rename is two."""
        told: bytes = self._git(repo).diff_tree(
            "-r", "-z", "--name-only", "--no-renames", _sha(old), _sha(new), stdout_as_string=False
        )
        return tuple(os.fsdecode(path) for path in told.split(b"\0") if path)

    # ── writing objects ──────────────────────────────────────────────────────────────────────────────────

    def commit(self, repo: str, parent: str, edits: Mapping[str, bytes | None], message: str) -> str:
        """One commit on top of ``parent``, dated like it. A file keeps its executable bit."""
        mirror = self._mirror(repo)
        with _scratch() as scratch:
            listing = b"".join(_index_lines(mirror.git, _sha(parent), edits, scratch))
            index = {"GIT_INDEX_FILE": str(scratch / "index")}
            mirror.git.read_tree(parent, env=index)
            with _standard_input(listing) as lines:
                _, _, said = mirror.git.update_index(
                    "-z", "--index-info", istream=lines, env=index, with_extended_output=True
                )
            if said:
                raise Refused(f"{repo}: git will not write this path ({said})")
            tree = mirror.git.write_tree(env=index)
        return self._write(mirror, tree, (parent,), message, mirror.commit(parent).committed_date)

    def revert(self, repo: str, onto: str, merged: str, message: str) -> str | None:
        """What ``git revert`` does (``-m 1`` for a merge), on objects alone.

        Reverting is the three-way merge of ``onto`` and the state before ``merged``, with ``merged`` as their base.
        ``merge-tree`` finds its base in the history, so the three states are given a history that says just that.
        None when it conflicts, or when nothing of it is left to take back.
        """
        mirror = self._mirror(repo)
        ours, undone = mirror.commit(_sha(onto)), mirror.commit(_sha(merged))
        if not undone.parents:
            return None
        base = self._write(mirror, undone.tree.hexsha, (), "base", 0)
        trees = (ours.tree.hexsha, undone.parents[0].tree.hexsha)
        sides = [self._write(mirror, tree, (base,), "side", 0) for tree in trees]
        status, told, _ = mirror.git.merge_tree(
            "--write-tree", "--name-only", *sides, with_extended_output=True, with_exceptions=False
        )
        tree = str(told).partition("\n")[0]
        if status or tree == ours.tree.hexsha:
            return None
        return self._write(mirror, tree, (onto,), message, ours.committed_date)

    def _write(self, mirror: git.Repo, tree: str, parents: tuple[str, ...], message: str, seconds: int) -> str:
        words = [word for parent in parents for word in ("-p", parent)]
        author = signature(self._identity, seconds)
        with _standard_input(message.encode()) as text:
            return str(mirror.git.commit_tree(tree, *words, "-F", "-", istream=text, env=author))

    # ── mirrors ──────────────────────────────────────────────────────────────────────────────────────────

    def _url(self, repo: str) -> str:
        return f"{self._base_url}/{repo}.git"

    def _git(self, repo: str) -> git.Git:
        return self._mirror(repo).git

    def _mirror(self, repo: str) -> git.Repo:
        mirror = self._mirrors.pop(repo, None) or self._opened(repo)
        self._mirrors[repo] = mirror
        for idle in list(self._mirrors.values())[:-_OPEN]:
            idle.git.clear_cache()
        return mirror

    def _opened(self, repo: str) -> git.Repo:
        if not _REPO.match(repo):
            raise Unreachable(f"{repo!r} is not a repository's name")
        path = self._cache / f"{repo}.git"
        environment = local_environment(path.absolute(), self._base_url)
        if not (path / "HEAD").exists():
            path.mkdir(parents=True, exist_ok=True)
            command = git.Git(path)
            command.update_environment(**environment)
            command.init("--bare", "--quiet", "--template=")
        mirror = git.Repo(path)
        mirror.git.update_environment(**environment)
        return mirror


def _sha(text: str) -> str:
    if not _SHA.match(text):
        raise ValueError(f"{text!r} is not a commit")
    return text


def _index_lines(
    command: git.Git, parent: str, edits: Mapping[str, bytes | None], scratch: Path
) -> Iterator[bytes]:
    """What ``update-index --index-info`` wants: removals first, so that a file may become a folder."""
    known = entries(command, parent)
    for path, content in edits.items():
        if content is None:
            yield _index_line("0", "0" * 40, path)
    written = {path: content for path, content in edits.items() if content is not None}
    for (path, _), sha in zip(written.items(), _blobs(command, written.values(), scratch), strict=True):
        yield _index_line(known[path][0] if path in known else "100644", sha, path)


def _index_line(mode: str, sha: str, path: str) -> bytes:
    return f"{mode} {sha}\t".encode() + os.fsencode(path) + b"\0"


def _blobs(command: git.Git, contents: Iterable[bytes], scratch: Path) -> list[str]:
    """Store contents as they are, all in one process."""
    files = []
    for number, content in enumerate(contents):
        files.append(scratch / str(number))
        files[-1].write_bytes(content)
    with _standard_input("".join(f"{file}\n" for file in files).encode()) as names:
        told: str = command.hash_object("-w", "--no-filters", "--stdin-paths", istream=names)
    return told.split()


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="convoy-") as folder:
        yield Path(folder)


@contextmanager
def _standard_input(content: bytes) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        yield file


def _told(found: git.Commit) -> Commit:
    message = found.message if isinstance(found.message, str) else found.message.decode("utf-8", "replace")
    return Commit(
        sha=found.hexsha,
        parents=tuple(parent.hexsha for parent in found.parents),
        author=found.author.email or "",
        committer=found.committer.email or "",
        message=message,
        committed_at=found.committed_datetime.astimezone(UTC),
    )


def _push_error(repo: str, branch: str, told: str, said: str) -> ForgeError:
    """Which of the three it was: the lease lost, the forge's own refusal, or no conversation at all."""
    reasons = [line.split("\t")[-1] for line in told.splitlines() if line.startswith("!")]
    remote = [line.removeprefix("remote:").strip() for line in said.splitlines() if line.startswith("remote:")]
    if any(_LOST_RACE.search(reason) for reason in reasons) or "remote ref does not exist" in said:
        return Stale(f"{repo}: {branch} is no longer where it was seen")
    if reasons:
        return Refused(f"{repo}: {' '.join([*filter(None, remote), *reasons])}")
    return Unreachable(f"{repo}: {_last_word(said)}")


def _last_word(said: str) -> str:
    lines = [line for line in said.splitlines() if line.startswith(("fatal:", "error:"))] or said.splitlines()
    return lines[0] if lines else "git said nothing"
