"""Repositories, branches and what branches demand."""

from __future__ import annotations

from bot.sandbox.http.shapes import commits, users
from bot.sandbox.http.shapes.words import Json, api, node_id, page, stamp
from bot.sandbox.records import Repo, Rule
from bot.sandbox.state import ForgeState

_ADDRESSES = {
    "archive_url": "{archive_format}{/ref}",
    "assignees_url": "assignees{/user}",
    "blobs_url": "git/blobs{/sha}",
    "branches_url": "branches{/branch}",
    "collaborators_url": "collaborators{/collaborator}",
    "comments_url": "comments{/number}",
    "commits_url": "commits{/sha}",
    "compare_url": "compare/{base}...{head}",
    "contents_url": "contents/{+path}",
    "contributors_url": "contributors",
    "deployments_url": "deployments",
    "downloads_url": "downloads",
    "events_url": "events",
    "forks_url": "forks",
    "git_commits_url": "git/commits{/sha}",
    "git_refs_url": "git/refs{/sha}",
    "git_tags_url": "git/tags{/sha}",
    "hooks_url": "hooks",
    "issue_comment_url": "issues/comments{/number}",
    "issue_events_url": "issues/events{/number}",
    "issues_url": "issues{/number}",
    "keys_url": "keys{/key_id}",
    "labels_url": "labels{/name}",
    "languages_url": "languages",
    "merges_url": "merges",
    "milestones_url": "milestones{/number}",
    "notifications_url": "notifications{?since,all,participating}",
    "pulls_url": "pulls{/number}",
    "releases_url": "releases{/id}",
    "stargazers_url": "stargazers",
    "statuses_url": "statuses/{sha}",
    "subscribers_url": "subscribers",
    "subscription_url": "subscription",
    "tags_url": "tags",
    "teams_url": "teams",
    "trees_url": "git/trees{/sha}",
}
_COUNTS = ("forks_count", "stargazers_count", "watchers_count", "size", "forks", "watchers")
_FEATURES = ("has_projects", "has_wiki", "has_pages", "has_downloads", "has_discussions", "is_template")


def minimal(state: ForgeState, repo: Repo) -> Json:
    """A repository as it stands inside runs and statuses."""
    owner, _, name = repo.name.partition("/")
    return {
        "id": repo.id,
        "node_id": node_id("Repository", repo.id),
        "name": name,
        "full_name": repo.name,
        "owner": users.simple(state, owner),
        "private": True,
        "html_url": page(state, repo.name),
        "description": None,
        "fork": repo.fork_of is not None,
        "url": api(state, repo.name),
        **{key: api(state, repo.name, path) for key, path in _ADDRESSES.items()},
    }


def within(state: ForgeState, repo: Repo) -> Json:
    """A repository as it stands inside pull requests and events."""
    created = stamp(repo.created_at)
    clone = page(state, repo.name) + ".git"
    return {
        **minimal(state, repo),
        **dict.fromkeys(_COUNTS, 0),
        **dict.fromkeys(_FEATURES, False),
        "has_issues": True,
        "clone_url": clone,
        "git_url": clone,
        "ssh_url": clone,
        "svn_url": page(state, repo.name),
        "mirror_url": None,
        "homepage": None,
        "language": "Python",
        "license": None,
        "topics": list(repo.topics),
        "custom_properties": {},
        "default_branch": repo.default_branch,
        "open_issues_count": _open(repo),
        "open_issues": _open(repo),
        "archived": repo.archived,
        "disabled": False,
        "visibility": "private",
        "allow_forking": False,
        "web_commit_signoff_required": False,
        "created_at": created,
        "updated_at": created,
        "pushed_at": stamp(repo.pushed_at or repo.created_at),
    }


def full(state: ForgeState, repo: Repo, actor: str) -> Json:
    """``GET /repos/{owner}/{repo}``, with the settings that somebody who may write sees."""
    return {
        **within(state, repo),
        "permissions": {
            "admin": state.may(actor, repo, "admin"),
            "maintain": state.may(actor, repo, "admin"),
            "push": state.may(actor, repo, "write"),
            "triage": state.may(actor, repo, "write"),
            "pull": actor in repo.permissions,
        },
        "allow_merge_commit": "merge" in repo.merge_methods,
        "allow_squash_merge": "squash" in repo.merge_methods,
        "allow_rebase_merge": "rebase" in repo.merge_methods,
        "allow_auto_merge": False,
        "allow_update_branch": False,
        "delete_branch_on_merge": repo.delete_branch_on_merge,
        "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
        "squash_merge_commit_message": "COMMIT_MESSAGES",
        "merge_commit_title": "MERGE_MESSAGE",
        "merge_commit_message": "PR_TITLE",
        "subscribers_count": 0,
        "network_count": 0,
    }


def short_branch(state: ForgeState, repo: Repo, branch: str, sha: str) -> Json:
    """A branch in a list."""
    return {
        "name": branch,
        "commit": {"sha": sha, "url": api(state, repo.name, f"commits/{sha}")},
        "protected": repo.rules.get(branch, Rule()) != Rule(),
        "protection": _protection(state, repo, branch),
        "protection_url": api(state, repo.name, f"branches/{branch}/protection"),
    }


def branch(state: ForgeState, repo: Repo, name: str, sha: str) -> Json:
    """``GET /branches/{branch}``."""
    return {
        **short_branch(state, repo, name, sha),
        "commit": commits.full(state, repo, sha),
        "_links": {
            "self": api(state, repo.name, f"branches/{name}"),
            "html": page(state, repo.name, f"tree/{name}"),
        },
    }


def rules(repo: Repo, branch: str) -> list[Json]:
    """``GET /rules/branches/{branch}``: the branch's rule as rule sets tell it."""
    rule = repo.rules.get(branch, Rule())
    told: list[Json] = []
    if rule.required_checks or rule.strict:
        wanted = [{"context": check} for check in rule.required_checks]
        parameters = {"strict_required_status_checks_policy": rule.strict, "required_status_checks": wanted}
        told.append({"type": "required_status_checks", "parameters": parameters})
    if rule.approvals or rule.dismiss_stale:
        told.append({"type": "pull_request", "parameters": _review_parameters(rule)})
    if rule.signed:
        told.append({"type": "required_signatures"})
    if rule.message_pattern:
        pattern = {"name": "", "negate": False, "operator": "contains", "pattern": rule.message_pattern}
        told.append({"type": "commit_message_pattern", "parameters": pattern})
    if rule.linear:
        told.append({"type": "required_linear_history"})
    if rule.merge_queue:
        told.append({"type": "merge_queue", "parameters": _queue_parameters()})
    source = {"ruleset_source_type": "Repository", "ruleset_source": repo.name, "ruleset_id": repo.id}
    return [{**one, **source} for one in told]


def _open(repo: Repo) -> int:
    return sum(thread.state == "open" for thread in [*repo.issues.values(), *repo.pulls.values()])


def _protection(state: ForgeState, repo: Repo, branch: str) -> Json:
    rule = repo.rules.get(branch, Rule())
    return {
        "enabled": rule != Rule(),
        "required_status_checks": {
            "enforcement_level": "non_admins" if rule.required_checks else "off",
            "contexts": list(rule.required_checks),
            "checks": [{"context": check, "app_id": None} for check in rule.required_checks],
        },
    }


def _review_parameters(rule: Rule) -> Json:
    return {
        "required_approving_review_count": rule.approvals,
        "dismiss_stale_reviews_on_push": rule.dismiss_stale,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_review_thread_resolution": False,
    }


def _queue_parameters() -> Json:
    return {
        "check_response_timeout_minutes": 60,
        "grouping_strategy": "ALLGREEN",
        "max_entries_to_build": 5,
        "max_entries_to_merge": 5,
        "merge_method": "MERGE",
        "min_entries_to_merge": 1,
        "min_entries_to_merge_wait_minutes": 5,
    }
