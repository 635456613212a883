"""The order of the fleet: who waits for whom, which services form a knot, and what can go at the same time.

Pure. Knots (dependency cycles) are condensed before the waves are cut, so every graph has an order. A node that is
nobody's service (a database, a broker) is bridged: who depends on it depends on what it depends on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import networkx as nx

from bot.model import Edge


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that is to be known about the order. Names are sorted wherever order carries no meaning."""

    depends_on: Mapping[str, tuple[str, ...]]
    """Direct dependencies between services, third parties bridged; nobody depends on itself."""
    waves: tuple[tuple[str, ...], ...]
    """A service's dependencies are all in earlier waves, except those in its own knot."""
    knots: tuple[tuple[str, ...], ...]
    """Every dependency cycle, as the set of services that are in it."""
    descendants: Mapping[str, int]
    """How many services wait for this one, directly or not."""

    def dependents(self, service: str) -> tuple[str, ...]:
        """Everybody who depends on this one, directly or not; in a knot that may be the service itself."""
        found: set[str] = set()
        open_ = [service]
        while open_:
            name = open_.pop()
            nearer = {n for n, needs in self.depends_on.items() if name in needs} - found
            found |= nearer
            open_ += nearer
        return tuple(sorted(found))

    def wave(self, service: str) -> int:
        """The service's place in the waves, counted from 1."""
        return next(i for i, wave in enumerate(self.waves, 1) if service in wave)


def order(services: Iterable[str], edges: Iterable[Edge]) -> Order:
    """The one order that these services and edges have, whatever sequence they come in."""
    known = sorted(set(services))
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(known)
    graph.add_edges_from((edge.on, edge.service) for edge in direct(known, edges))
    condensed = nx.condensation(graph)
    members = {node: sorted(data["members"]) for node, data in condensed.nodes(data=True)}
    generations = nx.topological_generations(condensed)
    return Order(
        depends_on={name: tuple(sorted(graph.predecessors(name))) for name in known},
        waves=tuple(tuple(sorted(s for node in wave for s in members[node])) for wave in generations),
        knots=tuple(sorted(tuple(knot) for knot in members.values() if len(knot) > 1)),
        descendants={name: len(nx.descendants(graph, name)) for name in known},
    )


def closing(knot: Collection[str], edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """The edges that close this knot: without them the rest of it, walked by name, would be a plain order."""
    inside = sorted((e for e in edges if e.service in knot and e.on in knot), key=lambda e: (e.service, e.on))
    kept: nx.DiGraph[str] = nx.DiGraph()
    kept.add_nodes_from(knot)
    closers = []
    for edge in inside:
        if nx.has_path(kept, edge.service, edge.on):
            closers.append(edge)
        else:
            kept.add_edge(edge.on, edge.service)
    return tuple(closers)


def groups(edits: Mapping[str, Collection[str]]) -> tuple[tuple[str, ...], ...]:
    """Services of one repository whose migrations edit the same file: they share one pull request.

    ``edits`` maps a service to the files that its migration writes. Only groups of two and more are returned.
    """
    graph: nx.Graph[tuple[str, str]] = nx.Graph()
    for service, files in edits.items():
        graph.add_edges_from((("service", service), ("file", file)) for file in files)
    found = (sorted(name for kind, name in part if kind == "service") for part in nx.connected_components(graph))
    return tuple(sorted(tuple(group) for group in found if len(group) > 1))


def direct(services: Iterable[str], edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """The edges between services, third parties bridged, one for each pair; the source is the whole way."""
    known = frozenset(services)
    leaving: dict[str, list[Edge]] = {}
    for edge in sorted(set(edges), key=lambda e: (e.service, e.on, e.source)):
        leaving.setdefault(edge.service, []).append(edge)
    found = [edge for service in sorted(known) for edge in _reached(service, leaving, known)]
    return tuple(sorted(found, key=lambda e: (e.service, e.on)))


def _reached(service: str, leaving: Mapping[str, list[Edge]], known: Collection[str]) -> Iterator[Edge]:
    """One edge to every service that is found from this one through third parties only, by the shortest way."""
    seen = {service}
    open_edges = deque(leaving.get(service, []))
    while open_edges:
        edge = open_edges.popleft()
        if edge.on in seen:
            continue
        seen.add(edge.on)
        if edge.on in known:
            yield Edge(service, edge.on, edge.source)
        else:
            further = leaving.get(edge.on, [])
            open_edges.extend(Edge(service, e.on, f"{edge.source} → {e.source}") for e in further)
