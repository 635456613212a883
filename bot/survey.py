"""Stage: the whole fleet in one look: repositories, services, units and the order between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot import discover, graph, migrate, observe
from bot.config import Config
from bot.graph import Order
from bot.model import Edge, Service, Unit
from bot.observation import Observation, Wish
from bot.observe import Eyes, RepoView
from bot.ports import BranchRules, ForgeError, Repository, Unreachable
from transforms.model import Problem


@dataclass(frozen=True, slots=True)
class Survey:
    """What a tick knows before it judges. ``order`` is over unit names, ``services`` over service names.

    ``blind`` says what did not answer this time: with part of the fleet unseen nothing new is begun.
    """

    seen: Mapping[str, Observation]
    order: Order
    services: Order
    edges: tuple[Edge, ...]
    problems: tuple[Problem, ...]
    blind: str = ""


def survey(eyes: Eyes, cache: migrate.Cache) -> Survey:
    """Look at every repository; what cannot be looked at becomes an unreachable unit and stops nobody else."""
    views, lost = _look(eyes)
    fleet = discover.discover({repo: view.files for repo, view in views.items()}, eyes.config)
    found: list[Observation] = []
    for repo, view in views.items():
        services = [s for s in fleet.services if s.repo == repo]
        found += _repository(repo, view, services, eyes, cache)
    known = {s.name for o in found for s in o.unit.services}
    missing = [_unreachable(repo, str(why), known) for repo, why in lost.items()]
    seen = {o.unit.name: o for o in [*found, *missing]}
    units = {s.name: o.unit.name for o in seen.values() for s in o.unit.services}
    all_edges = (*fleet.edges, *_unseen(known, missing, eyes.config))
    edges = [Edge(units.get(e.service, e.service), units.get(e.on, e.on), e.source) for e in all_edges]
    edges = [e for e in edges if e.service != e.on]
    return Survey(
        seen,
        graph.order(seen, edges),
        graph.order(units, all_edges),
        all_edges,
        fleet.problems,
        _blind([*lost.values(), *(o.error for o in found if o.error)]),
    )


def _unseen(known: set[str], missing: list[Observation], config: Config) -> list[Edge]:
    """Who depends on a service that is not there waits for the repositories that cannot be looked into."""
    return [
        Edge(name, lost.unit.name, f"config: services.{name}.depends_on")
        for name, service in config.services.items()
        if name in known and not known.issuperset(service.depends_on)
        for lost in missing
    ]


def _blind(errors: list[ForgeError]) -> str:
    """Archived, gone or forbidden is an answer; no answer is none."""
    unanswered = [str(e) for e in errors if not isinstance(e, Unreachable)]
    return f"not everything could be looked at: {unanswered[0]}" if unanswered else ""


def _look(eyes: Eyes) -> tuple[dict[str, RepoView], dict[str, ForgeError]]:
    views: dict[str, RepoView] = {}
    lost: dict[str, ForgeError] = {}
    for repo in eyes.config.repositories:
        try:
            views[repo] = observe.look(repo, eyes)
        except ForgeError as error:
            lost[repo] = error
    return views, lost


def _repository(
    repo: str, view: RepoView, services: list[Service], eyes: Eyes, cache: migrate.Cache
) -> list[Observation]:
    """Every unit of one repository. What goes wrong with one is seen there, and stops nobody else."""
    found = []
    roots = [s.path for s in services]
    for wish in migrate.wishes(view.base, view.files, services, wanted(eyes.config), cache):
        try:
            found.append(observe.observe(wish, view, roots, eyes))
        except ForgeError as error:
            found.append(_blank(wish, view.repository, str(error), error))
        except Exception as error:
            broken = replace(wish, error=f"looking at it failed: {type(error).__name__}: {error}")
            found.append(Observation(wish.unit, broken, view.repository, view.rules))
    return found


def wanted(config: Config) -> migrate.Wanted:
    """What the configuration asks of every service."""
    return migrate.Wanted(config.upgrades, dead_pins=config.policy.dead_pins == "move")


def _unreachable(repo: str, why: str, known: set[str]) -> Observation:
    """A stand-in for the services of a repository that nobody can look into."""
    short = repo.rpartition("/")[2]
    unit = Unit((Service(repo if short in known else short, repo, ""),))
    return _blank(Wish(unit, "", {}), Repository(repo, ""), why)


def _blank(wish: Wish, repository: Repository, why: str, error: ForgeError | None = None) -> Observation:
    return Observation(wish.unit, wish, repository, BranchRules(), unreachable=why or "no answer", error=error)
