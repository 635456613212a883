"""Deployments and their statuses."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from bot.sandbox import deployments
from bot.sandbox.http.calling import REPO, Endpoint, Here
from bot.sandbox.http.shapes import deployments as shapes

router = APIRouter(route_class=Endpoint)
_STATUSES = REPO + "/deployments/{deployment}/statuses"


class NewDeployment(BaseModel):
    """``POST /deployments``."""

    ref: str
    environment: str = "production"


class NewDeploymentStatus(BaseModel):
    """``POST /deployments/{deployment}/statuses``."""

    state: str
    description: str = ""


@router.get(REPO + "/deployments")
def list_deployments(here: Here, sha: str = "", environment: str = "") -> Response:
    found = [d for d in here.repo.deployments.values() if sha in ("", d.sha) and environment in ("", d.environment)]
    return here.page(found[::-1], lambda one: shapes.deployment(here.state, here.repo, one))


@router.post(REPO + "/deployments")
def create_deployment(here: Here, body: NewDeployment) -> Response:
    sha = here.commit(body.ref)
    made = deployments.create(here.state, here.actor, here.name, sha, body.environment, body.ref)
    return JSONResponse(shapes.deployment(here.state, here.repo, made), status_code=201)


@router.get(_STATUSES)
def list_deployment_statuses(here: Here, deployment: int) -> Response:
    found = deployments.deployment_of(here.repo, deployment)
    return here.page(found.statuses[::-1], lambda one: shapes.status(here.state, here.repo, found, one))


@router.post(_STATUSES)
def create_deployment_status(here: Here, deployment: int, body: NewDeploymentStatus) -> Response:
    made = deployments.report(here.state, here.actor, here.name, deployment, body.state, body.description)
    found = deployments.deployment_of(here.repo, deployment)
    return JSONResponse(shapes.status(here.state, here.repo, found, made), status_code=201)
