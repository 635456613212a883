"""Commits, trees, blobs and refs, read from git."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pygit2

from bot.sandbox.git_store import WEB, entries
from bot.sandbox.http.shapes import users
from bot.sandbox.http.shapes.words import Json, api, node_id, page, stamp
from bot.sandbox.records import Repo
from bot.sandbox.state import ForgeState

_STATES = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}
_UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def full(state: ForgeState, repo: Repo, sha: str) -> Json:
    """``GET /commits/{ref}``."""
    commit = state.store(repo.name).commit(sha)
    return {
        "sha": sha,
        "node_id": node_id("Commit", sha),
        "url": api(state, repo.name, f"commits/{sha}"),
        "html_url": page(state, repo.name, f"commit/{sha}"),
        "comments_url": api(state, repo.name, f"commits/{sha}/comments"),
        "commit": {
            **_content(state, repo, commit),
            "url": api(state, repo.name, f"git/commits/{sha}"),
            "comment_count": 0,
        },
        "author": _account(state, commit.author),
        "committer": _account(state, commit.committer),
        "parents": _parents(state, repo, commit, "commits"),
    }


def git_commit(state: ForgeState, repo: Repo, sha: str) -> Json:
    """``GET /git/commits/{sha}``."""
    commit = state.store(repo.name).commit(sha)
    return {
        "sha": sha,
        "node_id": node_id("Commit", sha),
        "url": api(state, repo.name, f"git/commits/{sha}"),
        "html_url": page(state, repo.name, f"commit/{sha}"),
        **_content(state, repo, commit),
        "parents": _parents(state, repo, commit, "git/commits"),
    }


def simple(state: ForgeState, repo: Repo, sha: str) -> Json:
    """A commit as it stands inside suites, runs and pushes."""
    commit = state.store(repo.name).commit(sha)
    return {
        "id": sha,
        "tree_id": str(commit.tree_id),
        "message": commit.message,
        "timestamp": stamp(datetime.fromtimestamp(commit.commit_time, UTC)),
        "author": {"name": commit.author.name, "email": commit.author.email},
        "committer": {"name": commit.committer.name, "email": commit.committer.email},
    }


def ref(state: ForgeState, repo: Repo, name: str, sha: str) -> Json:
    """A git reference; ``name`` is the whole of it."""
    target = {"type": "commit", "sha": sha, "url": api(state, repo.name, f"git/commits/{sha}")}
    url = api(state, repo.name, f"git/{name}")
    return {"ref": name, "node_id": node_id("Ref", f"{repo.id}:{name}"), "url": url, "object": target}


def tree(state: ForgeState, repo: Repo, sha: str, *, deep: bool) -> Json:
    """A tree, or everything below it."""
    git = state.store(repo.name).git
    root = git[sha].peel(pygit2.Tree)
    found = [_entry(state, repo, git, path, mode, oid) for path, mode, oid in entries(git, root.id)] if deep else []
    if not deep:
        found = [_entry(state, repo, git, item.name or "", item.filemode, item.id) for item in root]
    return {
        "sha": str(root.id),
        "url": api(state, repo.name, f"git/trees/{root.id}"),
        "tree": found,
        "truncated": False,
    }


def blob(state: ForgeState, repo: Repo, found: pygit2.Blob) -> Json:
    """A blob, always in base64."""
    return {
        "sha": str(found.id),
        "node_id": node_id("Blob", str(found.id)),
        "size": found.size,
        "url": api(state, repo.name, f"git/blobs/{found.id}"),
        "content": base64.encodebytes(found.data).decode(),
        "encoding": "base64",
    }


def file(state: ForgeState, repo: Repo, path: str, sha: str, found: pygit2.Blob) -> Json:
    """``GET /contents/{path}`` of a file."""
    urls = {
        "url": api(state, repo.name, f"contents/{path}?ref={sha}"),
        "git_url": api(state, repo.name, f"git/blobs/{found.id}"),
        "html_url": page(state, repo.name, f"blob/{sha}/{path}"),
    }
    links = {"self": urls["url"], "git": urls["git_url"], "html": urls["html_url"]}
    content = base64.encodebytes(found.data).decode()
    return {
        "type": "file",
        "encoding": "base64",
        "size": found.size,
        "name": path.rpartition("/")[2],
        "path": path,
        "content": content,
        "sha": str(found.id),
        "download_url": None,
        "_links": links,
        **urls,
    }


def changed_files(state: ForgeState, repo: Repo, base: str, head: str) -> list[Json]:
    """What a pull request changes, from where it left its base."""
    store = state.store(repo.name)
    start = store.merge_base(base, head) or base
    diff = store.commit(start).tree.diff_to_tree(store.commit(head).tree)
    return [_changed(state, repo, head, patch) for patch in diff if isinstance(patch, pygit2.Patch)]


def _changed(state: ForgeState, repo: Repo, head: str, patch: pygit2.Patch) -> Json:
    path = patch.delta.new_file.path or patch.delta.old_file.path
    _, added, removed = patch.line_stats
    return {
        "sha": str(patch.delta.new_file.id),
        "filename": path,
        "status": _STATES.get(patch.delta.status_char(), "changed"),
        "additions": added,
        "deletions": removed,
        "changes": added + removed,
        "blob_url": page(state, repo.name, f"blob/{head}/{path}"),
        "raw_url": page(state, repo.name, f"raw/{head}/{path}"),
        "contents_url": api(state, repo.name, f"contents/{path}?ref={head}"),
    }


def _content(state: ForgeState, repo: Repo, commit: pygit2.Commit) -> Json:
    sha = str(commit.tree_id)
    return {
        "author": _signature(commit.author),
        "committer": _signature(commit.committer),
        "message": commit.message.rstrip("\n"),
        "tree": {"sha": sha, "url": api(state, repo.name, f"git/trees/{sha}")},
        "verification": _UNSIGNED,
    }


def _signature(who: pygit2.Signature) -> Json:
    return {"name": who.name, "email": who.email, "date": stamp(datetime.fromtimestamp(who.time, UTC))}


def _account(state: ForgeState, who: pygit2.Signature) -> Json | None:
    if who.email == WEB:
        return users.simple(state, users.WEB_FLOW.login)
    login = next((login for login in state.world.users if state.identity(login).email == who.email), None)
    return users.simple(state, login) if login else None


def _parents(state: ForgeState, repo: Repo, commit: pygit2.Commit, kind: str) -> list[Json]:
    return [
        {
            "sha": str(parent),
            "url": api(state, repo.name, f"{kind}/{parent}"),
            "html_url": page(state, repo.name, f"commit/{parent}"),
        }
        for parent in commit.parent_ids
    ]


def _entry(state: ForgeState, repo: Repo, git: pygit2.Repository, path: str, mode: int, oid: pygit2.Oid) -> Json:
    kind = {0o040000: "tree", 0o160000: "commit"}.get(mode, "blob")
    entry = {"path": path, "mode": f"{mode:06o}", "type": kind, "sha": str(oid)}
    if kind != "commit":
        entry["url"] = api(state, repo.name, f"git/{kind}s/{oid}")
    found = git.get(oid) if kind == "blob" else None
    return {**entry, "size": found.size} if isinstance(found, pygit2.Blob) else entry
