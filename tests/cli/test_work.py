"""Work is counted, not timed: on any machine a file is read and parsed once, however many services look."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import libcst
import pytest

from bot.adapters import trees
from tests.cli.harness import Convoy, Plant

NAMES = ("api", "ledger", "mail", "stock", "web")

FLEET = {
    "conftest.py": "import pytest\n\n\n@pytest.fixture\ndef everybodys():\n    return 'conftest'\n",
    "shared/waits.py": "import tenacity\n\nWAIT = tenacity.wait_fixed(1)\n",
    **{f"services/{n}/requirements.txt": "tenacity==8.2.3\npytest==8.3.3\npytest-asyncio==0.23.8\n" for n in NAMES},
    **{
        f"services/{n}/calls.py": f"from tenacity import retry\n\n\n@retry\ndef {n}():\n    return 1\n\n\n"
        f"print({n}.retry.statistics)\n"
        for n in NAMES
    },
    **{
        f"services/{n}/tests/test_{n}.py": f"import pytest\n\n\n@pytest.mark.asyncio(scope='module')\n"
        f"async def test_{n}(everybodys, event_loop): ...\n"
        for n in NAMES
    },
    **{f"services/{n}/plain.py": f"def {n}():\n    '''Nothing that anybody looks for.'''\n" for n in NAMES},
}


@dataclass
class Work:
    """How often each content was read from disk, and parsed by whom."""

    read: Counter[Path] = field(default_factory=Counter)
    ast: Counter[bytes] = field(default_factory=Counter)
    libcst: Counter[bytes] = field(default_factory=Counter)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    seen = Work()
    read, parse, parse_module = trees._content, ast.parse, libcst.parse_module

    def counted_read(path: Path) -> bytes:
        seen.read[path] += 1
        return read(path)

    def counted_parse(source: Any, *rest: Any, **named: Any) -> Any:
        if isinstance(source, bytes):
            seen.ast[source] += 1
        return parse(source, *rest, **named)

    def counted_module(source: Any, *rest: Any) -> libcst.Module:
        seen.libcst[source] += 1
        return parse_module(source, *rest)

    monkeypatch.setattr(trees, "_content", counted_read)
    monkeypatch.setattr(ast, "parse", counted_parse)
    monkeypatch.setattr(libcst, "parse_module", counted_module)
    return seen


def test_a_scan_reads_and_parses_each_file_once(convoy: Convoy, plant: Plant, work: Work) -> None:
    said = convoy("scan", plant("fleet", FLEET), "--json")
    assert sum(len(s["usages"]) for s in said.json["services"]) >= 3 * len(NAMES)
    assert set(work.read.values()) == set(work.ast.values()) == {1}


def test_a_migration_parses_each_file_once_though_every_service_sees_the_conftest(
    convoy: Convoy, plant: Plant, work: Work
) -> None:
    root = plant("fleet", FLEET)
    said = convoy("migrate", root, "--json")
    assert said.json["totals"]["rewritten"] >= 3 * len(NAMES)
    before = {content.encode() for content in FLEET.values()}
    assert set(work.read.values()) == {1}
    assert {content: n for content, n in work.ast.items() if n > 1} == {}
    assert {content: n for content, n in work.libcst.items() if n > 1 and content in before} == {}


def test_what_no_rule_looks_for_is_never_parsed(convoy: Convoy, plant: Plant, work: Work) -> None:
    convoy("migrate", plant("fleet", FLEET), "--json")
    parsed = {*work.ast, *work.libcst}
    assert b"import pytest" in b"".join(parsed)
    assert not [content for content in parsed if b"Nothing that anybody looks for" in content]
