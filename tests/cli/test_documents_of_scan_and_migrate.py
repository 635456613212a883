"""The documents that others script against (DESIGN.md §7): every key, every status, the same bytes every time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from tests.cli.harness import Convoy, Plant

ALL = {
    "services/applied/requirements.txt": "tenacity==8.2.3\n",
    "services/applied/a.py": "from tenacity import retry\n\n\n@retry\ndef f():\n    return f.retry.statistics\n",
    "services/barred/requirements.txt": "tenacity==8.2.3\n",
    "services/barred/Dockerfile": "FROM python:3.8\n",
    "services/barred/a.py": "import tenacity\n",
    "services/current/requirements.txt": "tenacity>=9\nasyncio-mqtt==0.16.2\npython-dotenv>=1\npytest\n",
    "services/current/a.py": "import tenacity\n",
    "services/dead/requirements.txt": "tenacity==8.2.3\n",
    "services/dead/a.py": "import os\n",
    "services/undeclared/requirements.txt": "requests\n",
    "services/undeclared/a.py": "import tenacity\n",
    "services/broken/requirements.txt": "tenacity==8.2.3\n",
    "services/broken/a.py": "import tenacity\ndef (\n",
}
STATUSES = {
    "applied": "applied",
    "barred": "barred",
    "broken": "applied",
    "current": "current",
    "dead": "dead-pin",
    "undeclared": "undeclared",
}


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Problem(Strict):
    file: str
    line: int | None
    message: str


class Pin(Strict):
    library: str
    file: str
    line: int = Field(ge=1)
    text: str
    specifier: str
    status: Literal["current", "admits-both", "excludes-target", "replaced", "unpinned"]
    skip_reason: str | None


class Usage(Strict):
    library: str
    file: str
    line: int = Field(ge=1)


class Edge(Strict):
    service: str
    source: str


class Scanned(Strict):
    name: str
    repo: str
    path: str
    pins: list[Pin]
    usages: list[Usage]
    depends_on: list[Edge]


class Scan(Strict):
    version: Literal[1] = Field(alias="schema")
    services: list[Scanned]
    problems: list[Problem]


class Upgrade(Strict):
    name: str
    status: Literal["applied", "barred", "current", "dead-pin", "undeclared", "unused"]
    reason: str = Field(min_length=1)
    old: str = Field(alias="from")
    new: str = Field(alias="to")


class Changed(Strict):
    path: str
    kind: Literal["code", "configuration"]


class Found(Strict):
    rule: str
    verdict: Literal["rewritten", "flagged"]
    level: Literal["breaks", "changes silently", "advice"] | None
    file: str
    line: int = Field(ge=1)
    new_line: int | None
    message: str


class Migrated(Strict):
    name: str
    path: str
    upgrades: list[Upgrade]
    files: list[Changed]
    findings: list[Found]


class Migration(Strict):
    version: Literal[1] = Field(alias="schema")
    services: list[Migrated]
    totals: dict[str, int]
    problems: list[Problem]


def test_scan_is_the_document_that_is_promised_with_every_status_of_a_pin(convoy: Convoy, plant: Plant) -> None:
    said = convoy("scan", plant("shop", ALL), "--json")
    scan = Scan.model_validate(said.json)
    states = {pin.status for service in scan.services for pin in service.pins}
    assert states == {"current", "admits-both", "excludes-target", "replaced", "unpinned"}
    assert [p.file for p in scan.problems] == ["services/broken/a.py"]


def test_migrate_is_the_document_that_is_promised_with_every_status_of_an_upgrade(
    convoy: Convoy, plant: Plant
) -> None:
    root = plant("shop", ALL)
    said = convoy("migrate", root, "--json")
    found = Migration.model_validate(said.json)
    tenacity = {s.name: u.status for s in found.services for u in s.upgrades if u.name == "tenacity"}
    assert tenacity == STATUSES
    assert {u.status for s in found.services for u in s.upgrades} == {*STATUSES.values(), "unused"}
    findings = [f for s in found.services for f in s.findings]
    flagged = [f for f in findings if f.verdict == "flagged"]
    assert all(f.level for f in flagged)
    assert found.totals == {
        "services": len(found.services),
        "files": len({c.path for s in found.services for c in s.files}),
        "rewritten": sum(f.verdict == "rewritten" for f in findings),
        "flagged": len(flagged),
        **{level: sum(f.level == level for f in flagged) for level in ("breaks", "changes silently", "advice")},
        "problems": len(found.problems),
    }
    assert found.totals["problems"] == 1
    assert all((root / f.file).is_file() for f in findings)


@pytest.mark.parametrize("verb", [["scan"], ["migrate"]])
def test_the_same_tree_gives_the_same_bytes_whatever_the_seed_of_hashes(plant: Plant, verb: list[str]) -> None:
    root = plant("shop", ALL)
    runs = [
        subprocess.run(
            [sys.executable, "-m", "bot", *verb, str(root), "--json"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stderr == runs[1].stderr


def files(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_a_second_run_changes_nothing_and_nothing_is_left_lying_about(convoy: Convoy, plant: Plant) -> None:
    root = plant("shop", ALL)
    before = files(root)
    convoy("migrate", root, "--write")
    after = files(root)
    assert after.keys() == before.keys()
    assert after != before
    again = convoy("migrate", root, "--write", "--json")
    assert files(root) == after
    assert again.json["totals"]["files"] == again.json["totals"]["rewritten"] == 0


def test_each_exit_code_means_what_is_promised(convoy: Convoy, plant: Plant, tmp_path: Path) -> None:
    root = plant("shop", ALL)
    assert convoy("scan", root).code == 0
    assert convoy("migrate", root).code == 0
    assert convoy("migrate", root, "--check").code == 1
    assert convoy("migrate", root, "--write", "--check").code == 2
    assert convoy("migrate", tmp_path / "nowhere").code == 2
    assert convoy("migrate", root, "--upgrade", "tenacty").code == 2
    (root / "services/applied/requirements.txt").chmod(0o444)
    assert convoy("migrate", root, "--write").code == 0
    assert (root / "services/applied/requirements.txt").stat().st_mode & 0o777 == 0o444
