"""Deployments and their statuses."""

from __future__ import annotations

from bot.sandbox.http.shapes import users
from bot.sandbox.http.shapes.words import Json, api, node_id, page, stamp
from bot.sandbox.records import Deployment, DeploymentStatus, Repo
from bot.sandbox.state import ForgeState


def deployment(state: ForgeState, repo: Repo, found: Deployment) -> Json:
    """``GET /deployments/{id}``."""
    url = api(state, repo.name, f"deployments/{found.id}")
    touched = found.statuses[-1].created_at if found.statuses else found.created_at
    return {
        "url": url,
        "id": found.id,
        "node_id": node_id("Deployment", found.id),
        "sha": found.sha,
        "ref": found.ref,
        "task": "deploy",
        "payload": {},
        "original_environment": found.environment,
        "environment": found.environment,
        "description": None,
        "creator": users.simple(state, found.author),
        "created_at": stamp(found.created_at),
        "updated_at": stamp(touched),
        "statuses_url": f"{url}/statuses",
        "repository_url": api(state, repo.name),
        "transient_environment": False,
        "production_environment": found.environment == "production",
    }


def status(state: ForgeState, repo: Repo, of: Deployment, found: DeploymentStatus) -> Json:
    """``GET /deployments/{id}/statuses``, one of them."""
    url, log = api(state, repo.name, f"deployments/{of.id}"), page(state, repo.name, f"deployments/{of.id}")
    return {
        "url": f"{url}/statuses/{found.id}",
        "id": found.id,
        "node_id": node_id("DeploymentStatus", found.id),
        "state": found.state,
        "creator": users.simple(state, found.author),
        "description": found.description,
        "environment": of.environment,
        "target_url": log,
        "log_url": log,
        "environment_url": log,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.created_at),
        "deployment_url": url,
        "repository_url": api(state, repo.name),
    }
