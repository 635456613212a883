"""Hints: addresses in the environment and imports of shared folders are shown with their place."""

from __future__ import annotations

from time import process_time

import pytest

from bot.config import default
from bot.discover import discover
from bot.hints import hints
from bot.model import Hint, Service

API, AUTH = Service("api", "shop", "services/api"), Service("auth", "shop", "services/auth")
COMPOSE = """\
services:
  api:
    build: services/api
    environment:
      AUTH_URL: http://who:8080/v1
      STRIPE: https://api.stripe.com
  who: {build: services/auth}
  db: {image: postgres, environment: ["X=http://api"]}
"""


def found(files: dict[str, str], *services: Service) -> tuple[Hint, ...]:
    tree = {path: text.encode() for path, text in files.items()}
    return hints({"shop": tree}, services or (API, AUTH))


def test_an_address_in_the_compose_environment_points_to_who_bears_that_name_there() -> None:
    assert found({"docker-compose.yml": COMPOSE}) == (
        Hint("api", "auth", "docker-compose.yml:5", "service address"),
    )


@pytest.mark.parametrize(
    "address", ["http://auth:8080", "amqp://u:p@auth/x", "http://auth.prod.svc.cluster.local/x", '"http://auth"']
)
def test_an_address_in_an_environment_file_points_to_the_service_of_that_name(address: str) -> None:
    text = f"# http://auth\nA=1\nAUTH_URL={address}\n"
    assert found({"services/api/.env.example": text}) == (
        Hint("api", "auth", "services/api/.env.example:3", "service address"),
    )


@pytest.mark.parametrize("address", ["https://auth.example.com", "auth", "http://api:80", "http://authority"])
def test_somebody_elses_address_points_to_nobody(address: str) -> None:
    assert found({"services/api/.env": f"X={address}\n"}) == ()


def test_an_import_of_a_folder_that_is_nobodys_service_names_the_folder() -> None:
    files = {"services/api/a.py": "import os\nfrom common.money import Euro\n", "libs/common/money.py": ""}
    assert found(files) == (Hint("api", "shop:libs/common/", "services/api/a.py:2", "shared folder"),)


def test_an_import_of_another_services_package_names_that_service() -> None:
    money = Service("money", "shop", "packages/money")
    files = {"services/api/a.py": "import money\n", "packages/money/money/__init__.py": ""}
    assert found(files, API, money) == (Hint("api", "money", "services/api/a.py:1", "shared folder"),)


@pytest.mark.parametrize("own", ["services/api/common/x.py", "services/api/src/common.py"])
def test_a_module_of_its_own_goes_before_a_shared_one(own: str) -> None:
    assert found({"services/api/a.py": "import common\n", own: "", "libs/common/__init__.py": ""}) == ()


def test_hints_never_reach_the_edges_that_order_the_campaign() -> None:
    files = {"docker-compose.yml": COMPOSE, "services/api/r.py": "", "services/auth/r.py": ""}
    fleet = discover({"shop": {path: text.encode() for path, text in files.items()}}, default())
    assert fleet.edges == ()


@pytest.mark.parametrize("piece", ["a.", "http://", "http://a@", "x://a-", "a.svc."])
def test_an_environment_made_to_exhaust_the_reader_costs_little(piece: str) -> None:
    began = process_time()
    found({"services/api/.env": piece * (400_000 // len(piece))})
    assert process_time() - began < 2
