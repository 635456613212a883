"""Internal packages: a requirement of one service on another is an edge, wherever and however it is written."""

from __future__ import annotations

from time import process_time

import pytest

from bot.model import Edge, Service
from bot.packages import edges

AUTH = '[project]\nname = "Acme_Auth"\nversion = "1"\n'


def found(files: dict[str, str], *services: Service) -> list[Edge]:
    known = services or (Service("api", "acme/shop", "services/api"), Service("auth", "acme/shop", "services/auth"))
    trees: dict[str, dict[str, bytes]] = {s.repo: {} for s in known}
    for path, text in files.items():
        repo, _, inside = path.rpartition("!")
        trees[repo or "acme/shop"][inside] = text.encode()
    return list(edges(trees, known))


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("requirements.txt", "tenacity==8.2.3\nacme-auth>=1,<2\n", 2),
        ("requirements/dev.txt", "acme.auth\n", 1),
        ("requirements.txt", "# ours\n-e ../auth\n", 2),
        ("requirements.txt", "../auth[fast]\n".replace("[fast]", ""), 1),
        ("pyproject.toml", '[project]\nname = "api"\ndependencies = [\n  "acme-auth>=1",\n]\n', 4),
        ("pyproject.toml", '[tool.poetry.dependencies]\nanything = {path = "../auth", develop = true}\n', 2),
        ("pyproject.toml", '[tool.uv.sources]\nanything = { path = "../auth" }\n', 2),
    ],
)
def test_a_requirement_on_another_service_is_an_edge_with_its_line(path: str, text: str, line: int) -> None:
    where = f"services/api/{path}"
    files = {"services/auth/pyproject.toml": AUTH, where: text}
    assert found(files) == [Edge("api", "auth", f"{where}:{line}")]


@pytest.mark.parametrize(
    "text",
    [
        "git+https://github.com/acme/auth.git@v1\n",
        "git+https://token@github.com/acme/auth@feature/x\n",
        "git+ssh://git@github.com:22/acme/auth.git/\n",
        "-e git+ssh://git@github.com/acme/auth#egg=auth\n",
        "auth @ git+https://github.com/acme/auth@main\n",
        "git+ssh://git@github.com:acme/auth.git\n",
    ],
)
def test_a_requirement_on_another_services_repository_is_an_edge(text: str) -> None:
    api, auth = Service("api", "acme/api", ""), Service("auth", "acme/auth", "")
    files = {"acme/auth!setup.py": "", "acme/api!requirements.txt": text}
    assert found(files, api, auth) == [Edge("api", "auth", "requirements.txt:1")]


def test_of_a_monorepo_required_by_git_the_named_folder_is_meant() -> None:
    api = Service("api", "acme/api", "")
    shop = [Service(name, "acme/shop", f"libs/{name}") for name in ("auth", "money")]
    line = "git+https://github.com/acme/shop@main#egg=x&subdirectory=libs/money\n"
    files = {"acme/api!requirements.txt": line, "libs/auth/x.py": "", "libs/money/x.py": ""}
    assert found(files, api, *shop) == [Edge("api", "money", "requirements.txt:1")]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("services/api/requirements.txt", "acme-auth-client==1\n#acme-auth\n-r ../auth/requirements.txt\n"),
        ("services/api/tests/fixtures/requirements.txt", "acme-auth==1\n"),
        ("services/api/pyproject.toml", '[tool.coverage]\npath = "../auth"\n'),
        ("services/auth/requirements.txt", "acme-auth[test]\n-e .\n"),
        ("services/api/pyproject.toml", "name = [" * 5000),
    ],
)
def test_what_is_no_requirement_of_another_service_is_no_edge(path: str, text: str) -> None:
    assert found({"services/auth/pyproject.toml": AUTH, path: text}) == []


def test_a_name_that_two_services_declare_says_nothing() -> None:
    three = [Service(n, "acme/shop", f"services/{n}") for n in ("a", "b", "c")]
    files = {f"services/{n}/pyproject.toml": '[project]\nname = "app"\n' for n in "ab"}
    assert found({**files, "services/c/requirements.txt": "app==1\n"}, *three) == []


def test_a_local_checkout_is_known_by_its_short_name() -> None:
    api, auth = Service("api", "api", ""), Service("auth", "auth", "")
    line = '[tool.poetry.dependencies]\nauth = {git = "https://github.com/acme/auth.git", branch = "main"}\n'
    assert found({"auth!x.py": "", "api!pyproject.toml": line}, api, auth) == [
        Edge("api", "auth", "pyproject.toml:2")
    ]


@pytest.mark.parametrize("piece", ["git+a/", "../", "a.", 'git="', "[", "@file:"])
def test_a_file_made_to_exhaust_the_reader_costs_little(piece: str) -> None:
    line = piece * (4000 // len(piece))
    files = {"services/auth/x.py": "", "services/api/requirements.txt": f"{line}\n" * 100}
    began = process_time()
    found(files)
    assert process_time() - began < 2
