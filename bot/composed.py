"""Compose names as services of the fleet, and the edges that follow. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.compose import Node
from bot.model import Edge, Service
from bot.places import owner


@dataclass(frozen=True, slots=True)
class Composed:
    """Compose names as services: by build context, then image, then name. The rest are third parties."""

    services: Sequence[Service]
    built: Mapping[str, tuple[Node, ...]]

    def edges(self) -> Iterator[Edge]:
        """Who waits for whom, as ``depends_on`` says. Ends that are nobody's service are third parties."""
        for repo, nodes in self.built.items():
            meant = self.meant(repo)
            for node in nodes:
                one = meant[node.project, node.name]
                for need in node.needs:
                    other = meant.get((node.project, need.name)) or self._unsaid(repo, node.project, need.name)
                    if one != other:
                        yield Edge(one, other, self._source(one, repo, f"{node.file}:{need.line}"))

    def meant(self, repo: str) -> dict[tuple[str, str], str]:
        """What each compose name of a repository stands for: (project, name) → service or third party."""
        nodes = self.built[repo]
        found = {(n.project, n.name): self._meant(repo, n) for n in nodes}
        # several files of one folder may describe one node: who says what it is built from is believed
        return found | {(n.project, n.name): end for n in nodes if (end := self._by_context(repo, n))}

    def _meant(self, repo: str, node: Node) -> str:
        found = self._by_context(repo, node) or self._by_image(node)
        return found or self._unsaid(repo, node.project, node.name)

    def _unsaid(self, repo: str, project: str, name: str) -> str:
        """Nothing but a name: a service called so, or a third party of that compose project."""
        return self.by_name(repo, name) or f"{repo}/{project}#{name}"

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
        return alone[0].name if len(alone) == 1 else self.by_name("", _short(image))

    def by_name(self, repo: str, name: str) -> str | None:
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


def _short(repo: str) -> str:
    return repo.rpartition("/")[2]
