"""Deployments and what is reported of them: somebody's pipeline asks for one, and says how it goes."""

from __future__ import annotations

from bot.sandbox.denied import invalid, not_found
from bot.sandbox.events import emit
from bot.sandbox.records import Deployment, DeploymentStatus, Repo
from bot.sandbox.state import ForgeState, locked

STATES = frozenset({"error", "failure", "inactive", "in_progress", "queued", "pending", "success"})
SUPERSEDED = "inactive"


@locked
def create(state: ForgeState, actor: str, name: str, sha: str, environment: str, ref: str = "") -> Deployment:
    """Ask for a commit to be deployed."""
    repo = state.writable(actor, name)
    made = Deployment(state.next_id(), sha, ref or sha, environment, actor, state.now())
    repo.deployments[made.id] = made
    state.record(f"deployment {name} {environment} {sha[:7]}")
    return made


@locked
def report(
    state: ForgeState, actor: str, name: str, deployment: int, word: str, description: str = ""
) -> DeploymentStatus:
    """Say how a deployment goes. A success takes the place of the ones before it in the same environment."""
    repo = state.writable(actor, name)
    if word not in STATES:
        raise invalid("DeploymentStatus", "not a state", field="state")
    found = deployment_of(repo, deployment)
    made = _add(state, found, actor, word, description)
    state.record(f"deployment {name} {found.environment} {word} {found.sha[:7]}")
    emit(state, name, "deployment_status", "created", actor, deployment=found.id, status=made.id)
    if word == "success":
        older = [d for d in repo.deployments.values() if d.environment == found.environment and d.id < found.id]
        for other in older:
            if other.statuses and other.statuses[-1].state == "success":
                _add(state, other, actor, SUPERSEDED, "")
    return made


def deployments_of(repo: Repo, sha: str) -> list[Deployment]:
    """Every deployment of this commit, oldest first."""
    return [found for found in repo.deployments.values() if found.sha == sha]


def deployment_of(repo: Repo, identifier: int) -> Deployment:
    """One of them."""
    if identifier not in repo.deployments:
        raise not_found()
    return repo.deployments[identifier]


def _add(state: ForgeState, found: Deployment, actor: str, word: str, description: str) -> DeploymentStatus:
    made = DeploymentStatus(state.next_id(), word, description, actor, state.now())
    found.statuses.append(made)
    return made
