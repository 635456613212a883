"""Stage: what the fleet is. Services with their names, edges with their sources, and what could not be read.

Reads trees only; whose they are (a forge's, a local checkout's) is the caller's business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot import compose
from bot.compose import Node
from bot.config import Config, ServiceConfig, suggestion
from bot.model import Edge, Inventory, Service
from bot.places import owner, places
from transforms.manifests import find_pins
from transforms.model import Files, Problem, Upgrade
from transforms.usages import find_usages

CONFIG = "config.yaml"


@dataclass(frozen=True, slots=True)
class Fleet:
    """Every service, and every edge as it was read: ends that are nobody's service are third parties."""

    services: tuple[Service, ...]
    edges: tuple[Edge, ...]
    problems: tuple[Problem, ...] = ()


def discover(trees: Mapping[str, Files], config: Config) -> Fleet:
    """The fleet in these repositories (name → tree). Deterministic; never fails for what a tree contains."""
    problems: list[Problem] = []
    built: dict[str, tuple[Node, ...]] = {}
    found: dict[tuple[str, str], str | None] = {}
    for repo, files in sorted(trees.items()):
        built[repo], unread = compose.nodes(files)
        where = f"{repo}:" if len(trees) > 1 else ""
        problems += [Problem(f"{where}{p.file}", p.line, p.message) for p in unread]
        declared = _declared(repo, trees, config, problems)
        contexts = [n.context for n in built[repo] if n.context is not None and _exists(files, n.context)]
        for path in places(files, declared, contexts):
            found[repo, path] = declared.get(path)
        if rest := _rest(repo, files, found, config.upgrades):
            found.setdefault(rest, f"{_short(repo)}:root")
        if not any(r == repo for r, _ in found) and not built[repo]:
            problems.append(Problem(where.rstrip(":"), None, NOTHING.format(repo)))
    services = _named(found)
    edges = [*_Composed(services, built).edges(), *_configured(services, config, problems)]
    return Fleet(services, tuple(dict.fromkeys(edges)), tuple(problems))


NOTHING = "no services in {}: no compose file, no requirement file, no Dockerfile and no Python file"


def inventory(files: Files, service: Service, exclude: Sequence[str], upgrades: tuple[Upgrade, ...]) -> Inventory:
    """What one service contains. ``exclude`` are the folders of services inside it."""
    pins, unread = find_pins(files, service.path, upgrades, exclude)
    usages, broken = find_usages(files, service.path, upgrades, exclude)
    return Inventory(service, pins, usages, tuple(dict.fromkeys([*unread, *broken])))


def _declared(repo: str, trees: Mapping[str, Files], config: Config, problems: list[Problem]) -> dict[str, str]:
    """Folders of this repository that the configuration names: path → service name."""
    found = {}
    for name, service in config.services.items():
        if service.path is None or not _here(repo, service, trees):
            continue
        if _exists(trees[repo], service.path):
            found[service.path] = name
        else:
            problems.append(Problem(CONFIG, None, f"services.{name}.path: {repo} has no folder {service.path}"))
    return found


def _here(repo: str, service: ServiceConfig, trees: Mapping[str, Files]) -> bool:
    if service.repo is None:
        return len(trees) == 1 or _exists(trees[repo], service.path or "")
    return service.repo == repo or ("/" not in repo and _short(service.repo) == repo)


def _exists(files: Files, folder: str) -> bool:
    return not folder or any(path.startswith(f"{folder}/") for path in files)


def _short(repo: str) -> str:
    return repo.rpartition("/")[2]


def _rest(
    repo: str, files: Files, found: Mapping[tuple[str, str], str | None], upgrades: tuple[Upgrade, ...]
) -> tuple[str, str] | None:
    """The repository's root as a unit, when files outside every service use a target library."""
    claimed = [path for r, path in found if r == repo]
    if not claimed or "" in claimed:
        return None
    rest = inventory(files, Service("", repo, ""), claimed, upgrades)
    return (repo, "") if rest.pins or rest.usages else None


def _named(found: Mapping[tuple[str, str], str | None]) -> tuple[Service, ...]:
    """The folder's or repository's name, ``owner/repo:path`` where two clash; the configuration's word stands."""
    plain = {(repo, path): given or _short(path or repo) for (repo, path), given in found.items()}
    taken = Counter(plain.values())
    return tuple(
        Service(name if taken[name] == 1 or found[key] == name else f"{key[0]}:{key[1] or 'root'}", *key)
        for key, name in sorted(plain.items())
    )


def _configured(services: Sequence[Service], config: Config, problems: list[Problem]) -> Iterator[Edge]:
    known = [s.name for s in services]
    for name, wish in config.services.items():
        if name not in known:
            words = f"services.{name}: no service of that name was found{suggestion(name, known)}"
            problems.append(Problem(CONFIG, None, words))
            continue
        for on in wish.depends_on:
            if on in known:
                yield Edge(name, on, f"{CONFIG}: services.{name}.depends_on")
            else:
                words = f'services.{name}.depends_on: there is no service "{on}"{suggestion(on, known)}'
                problems.append(Problem(CONFIG, None, words))


@dataclass(frozen=True, slots=True)
class _Composed:
    """Compose names as services: by build context, then image, then name. The rest are third parties."""

    services: Sequence[Service]
    built: Mapping[str, tuple[Node, ...]]

    def edges(self) -> Iterator[Edge]:
        for repo, nodes in self.built.items():
            meant = {(n.project, n.name): self._meant(repo, n) for n in nodes}
            # several files of one folder may describe one node: who says what it is built from is believed
            meant |= {(n.project, n.name): end for n in nodes if (end := self._by_context(repo, n))}
            for node in nodes:
                one = meant[node.project, node.name]
                for need in node.needs:
                    other = meant.get((node.project, need.name)) or self._unsaid(repo, node.project, need.name)
                    if one != other:
                        yield Edge(one, other, self._source(one, repo, f"{node.file}:{need.line}"))

    def _meant(self, repo: str, node: Node) -> str:
        found = self._by_context(repo, node) or self._by_image(node)
        return found or self._unsaid(repo, node.project, node.name)

    def _unsaid(self, repo: str, project: str, name: str) -> str:
        """Nothing but a name: a service called so, or a third party of that compose project."""
        return self._by_name(repo, name) or f"{repo}/{project}#{name}"

    def _by_context(self, repo: str, node: Node) -> str | None:
        if node.context is None:
            return None
        at = {s.path: s.name for s in self.services if s.repo == repo}
        place = owner(node.context, at)
        return at[place] if place is not None and (place or not node.context) else None

    def _by_image(self, node: Node) -> str | None:
        """An image that the fleet builds: tagged so by a compose file, or called like a whole repository."""
        if not node.image:
            return None
        image = _untagged(node.image)
        for repo, nodes in self.built.items():
            for other in nodes:
                if other.image and _untagged(other.image) == image and (name := self._by_context(repo, other)):
                    return name
        alone = [s for s in self.services if not s.path and ("/" in s.repo and f"/{image}".endswith(f"/{s.repo}"))]
        return alone[0].name if len(alone) == 1 else self._by_name("", _short(image))

    def _by_name(self, repo: str, name: str) -> str | None:
        """A service called like that: of the same repository, or the only one in the fleet."""
        called = [s for s in self.services if name in (s.name, _short(s.path or s.repo))]
        near = [s for s in called if s.repo == repo]
        return (near or called)[0].name if len(near or called) == 1 else None

    def _source(self, service: str, repo: str, place: str) -> str:
        """File and line, with the repository where the service is another one's."""
        elsewhere = any(s.name == service and s.repo != repo for s in self.services)
        return f"{repo}:{place}" if elsewhere else place


def _untagged(image: str) -> str:
    """``ghcr.io/acme/billing:1.2@sha256:…`` → ``ghcr.io/acme/billing``."""
    path, slash, name = image.partition("@")[0].rpartition("/")
    return f"{path}{slash}{name.partition(':')[0]}"
