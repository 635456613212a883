"""What the fleet is: where services are found, what they are called, who waits for whom, what was unreadable."""

from __future__ import annotations

from collections.abc import Mapping

from bot.config import Config, default, load
from bot.discover import Fleet, discover, inventory
from bot.graph import direct
from bot.model import Service
from transforms.registry import upgrades

REQUIREMENTS = b"tenacity==8.2.3\n"


def fleet(trees: Mapping[str, Mapping[str, str]], config: Config | None = None) -> Fleet:
    return discover(
        {repo: {path: text.encode() for path, text in files.items()} for repo, files in trees.items()},
        config or default(),
    )


def one(config: str = "", **files: str) -> Fleet:
    """A fleet of the one repository acme/shop."""
    return fleet({"acme/shop": files}, load(config))


def names(found: Fleet) -> list[tuple[str, str]]:
    return [(s.name, s.path) for s in found.services]


def needs(found: Fleet) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    for edge in direct([s.name for s in found.services], found.edges):
        wanted.setdefault(edge.service, []).append(edge.on)
    return wanted


# ── where services are ───────────────────────────────────────────────────────────────────────────────────────


def test_a_repository_without_parts_is_the_service() -> None:
    assert names(one(**{"app.py": "", "src/app/x.py": ""})) == [("shop", "")]


def test_folders_with_their_own_requirements_or_dockerfile_are_services_and_others_are_not() -> None:
    found = one(
        **{
            "services/api/requirements.txt": "",
            "apps/web/Dockerfile": "",
            "packages/core/pyproject.toml": "",
            "src/worker/requirements/base.txt": "",
            "services/notes/README.md": "",
            "src/app/tests/requirements.txt": "",
            "lib/other/setup.py": "",
        }
    )
    assert names(found) == [
        ("web", "apps/web"),
        ("core", "packages/core"),
        ("api", "services/api"),
        ("worker", "src/worker"),
    ]


def test_a_requirement_file_inside_a_service_makes_no_second_service() -> None:
    found = one(**{"services/api/requirements.txt": "", "services/api/tools/requirements.txt": ""})
    assert names(found) == [("api", "services/api")]


def test_compose_builds_are_services_wherever_they_stand() -> None:
    found = one(
        **{
            "deploy/docker-compose.yml": "services: {a: {build: ../backend}, b: {build: {context: ../jobs/night}}}",
            "backend/x.py": "",
            "jobs/night/x.py": "",
        }
    )
    assert names(found) == [("backend", "backend"), ("night", "jobs/night")]


def test_a_shared_build_context_with_dockerfiles_in_the_parts_means_the_parts() -> None:
    compose = "services: {a: {build: {context: ., dockerfile: services/a/Dockerfile}}}"
    found = one(**{"compose.yaml": compose, "services/a/requirements.txt": "", "services/a/Dockerfile": ""})
    assert names(found) == [("a", "services/a")]


def test_the_configuration_declares_and_names_what_no_rule_finds_and_claims_what_is_inside() -> None:
    found = one(
        "services: {till: {repo: acme/shop, path: services/point-of-sale}}",
        **{
            "services/point-of-sale/x.py": "",
            "services/point-of-sale/part/Dockerfile": "",
            "apps/web/Dockerfile": "",
        },
    )
    assert names(found) == [("web", "apps/web"), ("till", "services/point-of-sale")]


def test_files_of_no_service_belong_to_the_root_unit_when_they_use_a_target_library() -> None:
    files = {"services/api/requirements.txt": "", "tools/lift.py": "import tenacity\n"}
    assert names(one(**files)) == [("shop:root", ""), ("api", "services/api")]
    assert names(one(**files | {"tools/lift.py": "import os\n"})) == [("api", "services/api")]


def test_two_services_of_one_name_are_told_apart_by_repository_and_path() -> None:
    tree = {"services/api/Dockerfile": "", "services/web/Dockerfile": ""}
    found = fleet({"acme/shop": tree, "acme/bank": {"services/api/Dockerfile": ""}})
    assert [s.name for s in found.services] == ["acme/bank:services/api", "acme/shop:services/api", "web"]


def test_a_name_given_by_the_configuration_stands_when_two_clash() -> None:
    config = load("services: {api: {repo: acme/shop, path: services/api}}")
    tree = {"services/api/Dockerfile": ""}
    found = fleet({"acme/bank": tree, "acme/shop": tree}, config)
    assert [s.name for s in found.services] == ["acme/bank:services/api", "api"]


def test_a_repository_with_nothing_to_release_is_named_and_the_others_go_on() -> None:
    found = fleet({"acme/empty": {"README.md": ""}, "acme/shop": {"x.py": ""}})
    assert names(found) == [("shop", "")]
    assert [(p.file, p.message.partition(":")[0]) for p in found.problems] == [
        ("acme/empty", "no services in acme/empty")
    ]


# ── who waits for whom ───────────────────────────────────────────────────────────────────────────────────────

SHOP = {"services/api/Dockerfile": "", "services/ledger/Dockerfile": ""}


def test_compose_dependencies_are_read_as_list_and_as_mapping_with_file_and_line() -> None:
    compose = """\
services:
  front:
    build: services/api
    depends_on:
      - book
  book:
    build: {context: ./services/ledger}
    depends_on:
      db: {condition: service_healthy}
  db:
    image: postgres:16
"""
    found = one(**SHOP, **{"docker-compose.yml": compose})
    assert needs(found) == {"api": ["ledger"]}
    assert [e.source for e in found.edges] == ["docker-compose.yml:5", "docker-compose.yml:9"]


def test_several_compose_files_of_a_folder_are_read_together() -> None:
    found = one(
        **SHOP,
        **{
            "compose.yaml": "services: {front: {build: services/api}, book: {build: services/ledger}}",
            "compose.override.yaml": "services: {front: {depends_on: [book]}}",
        },
    )
    assert needs(found) == {"api": ["ledger"]}


def test_a_service_of_another_repository_is_known_by_the_image_it_is_tagged_with() -> None:
    found = fleet(
        {
            "acme/deploy": {
                "compose.yml": "services: {a: {image: 'r.io/x/web:2', depends_on: [b]}, b: {image: r.io/x/bk}}"
            },
            "acme/shop": {"compose.yml": "services: {w: {build: app, image: 'r.io/x/web'}}", "app/x.py": ""},
            "acme/bank": {"compose.yml": "services: {w: {build: app, image: 'r.io/x/bk:1'}}", "app/x.py": ""},
        }
    )
    assert needs(found) == {"acme/shop:app": ["acme/bank:app"]}
    assert found.edges[0].source == "acme/deploy:compose.yml:1"


def test_compose_files_for_tests_and_development_containers_do_not_count() -> None:
    compose = "services: {api: {depends_on: [ledger]}, ledger: {}, x: {build: ./box}}"
    aside = ("docker-compose.test.yml", "tests/compose.yml", ".devcontainer/docker-compose.yml")
    found = one(**SHOP, **dict.fromkeys(aside, compose), **{"box/x.py": "", "tests/box/x.py": ""})
    assert needs(found) == {}
    assert names(found) == [("api", "services/api"), ("ledger", "services/ledger")]


def test_an_image_called_like_a_repository_is_that_repository() -> None:
    found = fleet(
        {
            "acme/shop": {
                "compose.yml": "services: {a: {build: ., depends_on: [b]}, b: {image: 'ghcr.io/acme/bank:3'}}"
            },
            "acme/bank": {"x.py": ""},
        }
    )
    assert needs(found) == {"shop": ["bank"]}


def test_a_compose_name_is_the_last_resort() -> None:
    found = one(**SHOP, **{"compose.yml": "services: {api: {depends_on: [ledger]}, ledger: {}}"})
    assert needs(found) == {"api": ["ledger"]}


def test_a_broker_between_two_services_hands_the_dependency_on() -> None:
    compose = "services: {api: {depends_on: [mq]}, mq: {image: rabbit, depends_on: [ledger]}}"
    assert needs(one(**SHOP, **{"compose.yml": compose})) == {"api": ["ledger"]}


def test_databases_of_the_same_name_in_two_repositories_are_two_databases() -> None:
    compose = "services: {app: {build: ., depends_on: [db]}, db: {image: postgres, depends_on: [seed]}}"
    found = fleet(
        {
            "acme/one": {"compose.yml": compose, "x.py": ""},
            "acme/two": {"compose.yml": compose.replace("[seed]", "[one]"), "x.py": ""},
        }
    )
    assert needs(found) == {"two": ["one"]}


def test_the_configuration_adds_edges_and_a_misspelt_name_is_said() -> None:
    found = one("services: {api: {depends_on: [ledger, legder]}, legr: {}}", **SHOP)
    assert needs(found) == {"api": ["ledger"]}
    assert [(p.file, p.message) for p in found.problems] == [
        ("config.yaml", 'services.api.depends_on: there is no service "legder"; did you mean "ledger"?'),
        ("config.yaml", 'services.legr: no service of that name was found; did you mean "ledger"?'),
    ]


# ── what a hostile or broken repository does ─────────────────────────────────────────────────────────────────


def test_a_broken_compose_file_is_a_problem_with_its_line_and_the_rest_goes_on() -> None:
    found = one(
        **SHOP,
        **{"compose.yml": "services:\n  a: [\n", "docker-compose.yml": "services: {api: {depends_on: [ledger]}}"},
    )
    assert needs(found) == {"api": ["ledger"]}
    assert [(p.file, p.line) for p in found.problems] == [("compose.yml", 3)]


def test_compose_values_of_the_wrong_kind_are_said_and_left() -> None:
    compose = "services:\n  api:\n    depends_on: 3\n  bad: text\n  far: {build: $HOME/x}\n  up: {build: ../..}\n"
    found = one(**SHOP, **{"compose.yml": compose})
    assert [(p.line, p.message) for p in found.problems] == [
        (3, "depends_on of api must be a list or a mapping"),
        (4, "the service bad must be a mapping"),
        (5, "far is built from $HOME/x, which only the environment knows"),
    ]
    assert names(found) == [("api", "services/api"), ("ledger", "services/ledger")]


def test_a_default_in_a_variable_and_compose_tags_are_understood() -> None:
    compose = "services: {a: {build: '${DIR:-./services/api}', depends_on: [ledger], ports: !reset null}}"
    assert needs(one(**SHOP, **{"compose.yml": compose})) == {"api": ["ledger"]}


def test_an_alias_bomb_in_a_compose_file_is_refused() -> None:
    levels = ["x0: &x0 [v]"] + [f"x{i}: &x{i} [*x{i - 1}, *x{i - 1}]" for i in range(1, 40)]
    found = one(**SHOP, **{"compose.yml": "\n".join(levels)})
    assert "more than 50000 values" in found.problems[0].message


def test_a_compose_file_that_is_not_utf_8_is_a_problem_with_its_line() -> None:
    found = discover({"acme/shop": {"compose.yml": b"services:\n  \xff", "x.py": b""}}, default())
    assert [(p.file, p.line, p.message) for p in found.problems] == [("compose.yml", 2, "not read: not UTF-8")]


def test_the_fleet_does_not_depend_on_the_order_of_repositories_and_files() -> None:
    compose = "services: {api: {depends_on: [ledger]}, ledger: {}}"
    tree = {**SHOP, "compose.yml": compose}
    back = dict(reversed(tree.items()))
    assert fleet({"a/x": tree, "a/y": tree}) == fleet({"a/y": back, "a/x": back})


def test_an_inventory_holds_a_services_pins_and_usages_and_not_those_of_services_inside_it() -> None:
    files = {
        "requirements.txt": REQUIREMENTS,
        "app.py": b"from tenacity import retry\n",
        "inner/requirements.txt": REQUIREMENTS,
        "broken.py": b"import tenacity\ndef (\n",
    }
    found = inventory(files, Service("shop", "acme/shop", ""), ["inner"], upgrades())
    assert [(p.file, p.line, p.specifier) for p in found.pins] == [("requirements.txt", 1, "==8.2.3")]
    assert [(u.library, u.file, u.line) for u in found.usages] == [
        ("tenacity", "app.py", 1),
        ("tenacity", "broken.py", 1),
    ]
    assert [(p.file, p.line) for p in found.problems] == [("broken.py", 2)]
