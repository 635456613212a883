"""Shape of ``convoy plan --json`` and of ``.<campaign>_service_groups.json``, published for whoever reads them.

``docs/service-groups.schema.json`` is made from here (``make docs``). Keys are added, never renamed or taken away.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FactorPart(_Part):
    """One reason for a service's risk."""

    factor: str
    value: str = Field(description="What was counted.")
    points: int = Field(gt=0)


class NeedPart(_Part):
    """A service that goes first."""

    service: str
    source: str = Field(description="File and line, or the key of the configuration.")


class HintPart(_Part):
    """A sign of a dependency that orders nothing."""

    on: str = Field(description="A service, or a folder that is nobody's.")
    why: Literal["service address", "shared folder"]
    source: str


class ServicePart(_Part):
    """One service's place in the plan."""

    name: str
    path: str
    repo: str
    wave: int = Field(ge=1)
    risk: Literal["low", "medium", "high", "critical"]
    factors: list[FactorPart]
    depends_on: list[NeedPart]
    hints: list[HintPart]


class PlanFile(_Part):
    """The whole document."""

    model_config = ConfigDict(title="The service groups of a Convoy campaign")

    schema_version: Literal[1] = Field(alias="schema")
    campaign: str
    waves: list[list[str]] = Field(description="What can go at the same time, in order.")
    groups: list[list[str]] = Field(description="Services that share a pull request.")
    knots: list[list[str]] = Field(description="Services that need each other, merged back to back.")
    upgrades: dict[str, list[str]] = Field(description="Upgrade to the services in which it is carried out.")
    services: list[ServicePart]


def schema() -> dict[str, Any]:
    """The JSON schema of the document."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **PlanFile.model_json_schema()}


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))
