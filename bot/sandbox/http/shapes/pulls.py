"""Pull requests and reviews."""

from __future__ import annotations

from bot.sandbox import gate
from bot.sandbox.http.shapes import commits, repositories, threads, users
from bot.sandbox.http.shapes.words import Json, api, maybe_stamp, node_id, page, stamp
from bot.sandbox.records import PullRequest, Repo, Review
from bot.sandbox.state import ForgeState
from bot.sandbox.talk import comments_on


def simple(state: ForgeState, repo: Repo, found: PullRequest) -> Json:
    """A pull request in a list: without what takes work to find out."""
    test = state.store(repo.name).ref(f"refs/pull/{found.number}/merge")
    return {
        **_addresses(state, repo, found),
        "id": found.id,
        "node_id": node_id("PullRequest", found.id),
        "number": found.number,
        "state": found.state,
        "locked": False,
        "active_lock_reason": None,
        "title": found.title,
        "body": found.body or None,
        "user": users.simple(state, found.author),
        "labels": threads.labels(state, repo, found),
        "milestone": None,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
        "closed_at": maybe_stamp(found.closed_at),
        "merged_at": maybe_stamp(found.merged_at),
        "merge_commit_sha": found.merge_commit_sha or test,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [users.simple(state, login) for login in found.requested],
        "requested_teams": [],
        "head": _side(state, found.head_repo, found.head_ref, found.head_sha),
        "base": _side(state, repo.name, found.base_ref, found.base_sha),
        "author_association": users.association(repo, found.author),
        "auto_merge": None,
        "draft": found.draft,
    }


def full(state: ForgeState, repo: Repo, found: PullRequest) -> Json:
    """``GET /pulls/{number}``; whoever calls has looked first, so that ``mergeable`` is under way."""
    files = commits.changed_files(state, repo, found.base_sha, found.head_sha)
    ahead = state.store(repo.name).between(found.base_sha, found.head_sha)
    is_open = found.state == "open"
    return {
        **simple(state, repo, found),
        "merged": found.merged,
        "mergeable": found.mergeable if is_open else None,
        "rebaseable": found.mergeable if is_open else None,
        "mergeable_state": gate.mergeable_state(state, repo, found),
        "merged_by": users.simple(state, found.merged_by) if found.merged_by else None,
        "comments": len(comments_on(repo, found.number)),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(ahead),
        "additions": sum(file["additions"] for file in files),
        "deletions": sum(file["deletions"] for file in files),
        "changed_files": len(files),
    }


def minimal(state: ForgeState, repo: Repo, found: PullRequest) -> Json:
    """A pull request as it stands inside check runs."""
    return {
        "id": found.id,
        "number": found.number,
        "url": api(state, repo.name, f"pulls/{found.number}"),
        "head": {"ref": found.head_ref, "sha": found.head_sha, "repo": _home(state, found.head_repo)},
        "base": {"ref": found.base_ref, "sha": found.base_sha, "repo": _home(state, repo.name)},
    }


def review(state: ForgeState, repo: Repo, found: Review) -> Json:
    """A submitted review."""
    html = page(state, repo.name, f"pull/{found.number}#pullrequestreview-{found.id}")
    url = api(state, repo.name, f"pulls/{found.number}")
    return {
        "id": found.id,
        "node_id": node_id("PullRequestReview", found.id),
        "user": users.simple(state, found.author),
        "body": found.body,
        "state": found.state,
        "html_url": html,
        "pull_request_url": url,
        "author_association": users.association(repo, found.author),
        "_links": {"html": {"href": html}, "pull_request": {"href": url}},
        "submitted_at": stamp(found.submitted_at),
        "commit_id": found.sha,
    }


def _addresses(state: ForgeState, repo: Repo, found: PullRequest) -> Json:
    url = api(state, repo.name, f"pulls/{found.number}")
    thread = api(state, repo.name, f"issues/{found.number}")
    html = page(state, repo.name, f"pull/{found.number}")
    urls = {
        "url": url,
        "html_url": html,
        "issue_url": thread,
        "comments_url": f"{thread}/comments",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": api(state, repo.name, "pulls/comments{/number}"),
        "commits_url": f"{url}/commits",
        "statuses_url": api(state, repo.name, f"statuses/{found.head_sha}"),
    }
    links = {key.removesuffix("_url"): {"href": address} for key, address in urls.items() if key != "url"}
    return {
        **urls,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "_links": {"self": {"href": url}, **links},
    }


def _home(state: ForgeState, name: str) -> Json:
    return {"id": state.world.repos[name].id, "url": api(state, name), "name": name.rpartition("/")[2]}


def _side(state: ForgeState, name: str, branch: str, sha: str) -> Json:
    owner = name.partition("/")[0]
    repo = state.world.repos[name]
    return {
        "label": f"{owner}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": users.simple(state, owner),
        "repo": None if repo.gone else repositories.within(state, repo),
    }
