"""Which repositories a configuration means: names, patterns and accounts, asked of the forge."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import ConfigError, load
from bot.roster import roster
from bot.sandbox.world import Sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    made = Sandbox(tmp_path)
    for name in ("svc-api", "svc-web", "SVC-legacy", "shop", "old"):
        made.add_repository(f"acme/{name}", {"README.md": name})
    made.add_repository("globex/svc-far", {"README.md": "far"})
    made.state.repo("acme/svc-web").topics = ("python", "service")
    made.state.repo("acme/old").archived = True
    return made


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("[acme/shop]", ["acme/shop"]),
        ("[acme/svc-*]", ["acme/SVC-legacy", "acme/svc-api", "acme/svc-web"]),
        ("[acme/svc-web, acme/svc-*]", ["acme/svc-web", "acme/SVC-legacy", "acme/svc-api"]),
        ("[{organisation: acme}]", ["acme/SVC-legacy", "acme/shop", "acme/svc-api", "acme/svc-web"]),
        ("[{organisation: acme, include: [svc-*], exclude: [svc-leg*]}]", ["acme/svc-api", "acme/svc-web"]),
        ("[{organisation: acme, topics: [Python]}]", ["acme/svc-web"]),
        ("[{organisation: acme, topics: [go]}]", []),
        ("[globex/svc-*, acme/shop]", ["acme/shop", "globex/svc-far"]),
    ],
)
def test_names_patterns_and_topics_mean_these(sandbox: Sandbox, told: str, meant: list[str]) -> None:
    assert list(roster(load(f"repositories: {told}"), sandbox.forge()).repositories) == meant


def test_an_account_is_asked_once_and_names_ask_nobody(sandbox: Sandbox) -> None:
    before = sandbox.state.faults.calls
    roster(load("repositories: [acme/shop]"), sandbox.forge())
    assert sandbox.state.faults.calls == before
    roster(load("repositories: [acme/svc-*, acme/s*, {organisation: acme}]"), sandbox.forge())
    assert sandbox.state.faults.calls == before + 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("repositories:\n  - shop\n", "config.yaml:2:5: repositories must name repositories as owner/name"),
        (
            "repositories:\n  - organisation: acme\n    topic: [x]\n",
            'config.yaml:3:5: unknown key "topic" under repositories',
        ),
        (
            "repositories:\n  - organisation: a/b\n",
            "config.yaml:2:19: repositories.organisation must be the name of an account",
        ),
        (
            "commit:\n  signof: true\n",
            'config.yaml:2:3: unknown key "signof" under commit; did you mean "signoff"?',
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text)
    assert words in str(caught.value)
