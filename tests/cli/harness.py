"""What a call of the command line left behind, and folders to call it on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pygit2


@dataclass(frozen=True)
class Said:
    """Exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Convoy = Callable[..., Said]
Plant = Callable[..., Path]


def commit(root: Path) -> pygit2.Repository:
    """Everything there is, as the first commit."""
    repo = pygit2.init_repository(str(root), initial_head="main")
    repo.config["user.name"] = "A Person"
    repo.config["user.email"] = "person@example.org"
    repo.index.add_all()
    repo.index.write()
    who = repo.default_signature
    repo.create_commit("HEAD", who, who, "Begin", repo.index.write_tree(), [])
    return repo


SHOP = {
    "docker-compose.yml": """\
services:
  api:
    build: services/api
    depends_on: [db]
  db:
    image: postgres:16
    depends_on:
      ledger: {condition: service_started}
  ledger:
    build: services/ledger
""",
    "services/api/requirements.txt": "tenacity==8.2.3\n",
    "services/api/calls.py": """\
from tenacity import retry


@retry
def fetch():
    return fetch.retry.statistics["attempt_number"]
""",
    "services/ledger/requirements.txt": "python-dotenv>=1.0,<1.1\n",
    "services/ledger/settings.py": "from dotenv import load_dotenv\n\nload_dotenv()\n",
}
"""Two services, one waiting for the other through a database; one has code to rewrite."""
