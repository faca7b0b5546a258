"""The typed graph: papers, entities and resources as nodes, claims as edges, the schema enforced.

Input: frozen values of ``kg.model``. Output: views of them. Invariants: every edge is a claim with evidence,
joins two nodes that exist, and is allowed by ``kg.schema``; what goes in cannot be changed, only removed or replaced.
The only module beside the pages that knows networkx.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import networkx as nx

from kg.errors import SchemaError
from kg.model import Claim, Entity, EntityType, Paper, Resource, Role
from kg.names import normal_form
from kg.plugins import VIEWS, load, load_exporter
from kg.schema import DEFAULT_BASE_IRI, NODE_TYPES, RELATIONS, check_edge, get_node_type, get_relation

Node = Paper | Entity | Resource


def node_id(node: Node) -> str:
    """The id of a node's value in the graph."""
    return node.node_id if isinstance(node, Paper) else node.id


def node_type(node: Node) -> str:
    """The schema's name for the type of a node."""
    if isinstance(node, Paper):
        return "paper"
    return "resource" if isinstance(node, Resource) else str(node.type)


def node_label(node: Node) -> str:
    """What people call a node: title or name."""
    return node.title if isinstance(node, Paper) else node.name


def _names_of(node: Node) -> tuple[str, ...]:
    if isinstance(node, Paper):
        return (node.title,)
    return (node.name, node.url) if isinstance(node, Resource) else (node.name, *node.aliases)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A node one edge away.

    Attributes:
        node: the other end.
        relation: name of the relation.
        outgoing: True where the edge leads from the asked node to ``node``.
        claims: the claims that make the edge, best first.
    """

    node: Node
    relation: str
    outgoing: bool
    claims: tuple[Claim, ...]

    @property
    def name(self) -> str:
        """Title or name of the other end."""
        return node_label(self.node)


@dataclass(frozen=True, slots=True)
class GraphStats:
    """Counts: papers, nodes by type, and edges by relation (an edge is a subject, relation, object that is claimed)."""

    papers: int
    nodes: dict[str, int]
    edges: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """The machine-readable form, as ``kg stats --json`` prints it."""
        return {"papers": self.papers, "nodes": dict(self.nodes), "edges": dict(self.edges)}


class KnowledgeGraph:
    """A typed multigraph of papers, entities and resources.

    Args:
        papers: nodes to begin with.
        entities: nodes to begin with.
        resources: nodes to begin with.
        claims: edges to begin with; their ends must be among the nodes.

    Raises:
        SchemaError: where a claim is not allowed, has no evidence or lacks an end.
    """

    def __init__(
        self,
        *,
        papers: Iterable[Paper] = (),
        entities: Iterable[Entity] = (),
        resources: Iterable[Resource] = (),
        claims: Iterable[Claim] = (),
    ) -> None:
        self._graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        self._claims: dict[str, Claim] = {}
        self._by_name: dict[str, set[str]] | None = None
        for paper in papers:
            self.add_paper(paper)
        for entity in entities:
            self.add_entity(entity)
        for resource in resources:
            self.add_resource(resource)
        for claim in claims:
            self.add_claim(claim)

    def __repr__(self) -> str:
        stats = self.stats()
        return f"<KnowledgeGraph papers={stats.papers} nodes={len(self)} edges={sum(stats.edges.values())}>"

    def __len__(self) -> int:
        return int(self._graph.number_of_nodes())

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._graph

    # ------------------------------------------------------------------ building
    def add_paper(self, paper: Paper) -> None:
        """Add or replace a paper's node."""
        self._add(paper)

    def add_entity(self, entity: Entity) -> None:
        """Add or replace an entity's node.

        Raises:
            SchemaError: where the entity has no name or its id does not begin with its type.
        """
        if not entity.name.strip():
            raise SchemaError("an entity needs a name", hint=f"Entity id: {entity.id!r}")
        if not entity.id.startswith(f"{entity.type}/"):
            raise SchemaError(f"the id {entity.id!r} of a {entity.type} must begin with '{entity.type}/'")
        self._add(entity)

    def add_resource(self, resource: Resource) -> None:
        """Add or replace a resource's node."""
        self._add(resource)

    def _add(self, node: Node) -> None:
        identifier = node_id(node)
        get_node_type(node_type(node))
        self._graph.add_node(identifier, value=node, type=node_type(node), label=node_label(node))
        self._by_name = None

    def add_claim(self, claim: Claim) -> None:
        """Add an edge.

        Raises:
            SchemaError: where an end is missing, the schema does not allow the edge, the evidence is empty or the
                confidence is not between 0 and 1.
        """
        for end in (claim.subject, claim.object):
            if end not in self._graph:
                raise SchemaError(
                    f"the claim {claim.relation!r} names a node that is not in the graph: {end!r}",
                    paper=claim.paper_id,
                )
        check_edge(
            self._graph.nodes[claim.subject]["type"], claim.relation, self._graph.nodes[claim.object]["type"]
        )
        if not claim.evidence.quote.strip():
            raise SchemaError(f"the claim {claim.relation!r} has no evidence", paper=claim.paper_id)
        if not 0.0 <= claim.confidence <= 1.0:
            raise SchemaError(
                f"the confidence {claim.confidence!r} is not between 0 and 1", paper=claim.paper_id
            )
        self._claims[claim.id] = claim
        self._graph.add_edge(claim.subject, claim.object, key=claim.id, relation=claim.relation)

    def remove_paper(self, paper_id: str) -> None:
        """Take out a paper, its claims, and the entities and resources that only it spoke of.

        Raises:
            KeyError: where there is no such paper.
        """
        node = f"paper/{paper_id}"
        if node not in self._graph:
            raise KeyError(f"no paper {paper_id!r}")
        touched = {node}
        for claim in [c for c in self._claims.values() if c.paper_id == paper_id]:
            touched |= {claim.subject, claim.object}
            self._graph.remove_edge(claim.subject, claim.object, key=claim.id)
            del self._claims[claim.id]
        for identifier in touched:
            if identifier == node or (
                self._graph.degree(identifier) == 0 and not identifier.startswith("paper/")
            ):
                self._graph.remove_node(identifier)
                self._by_name = None

    # ------------------------------------------------------------------ reading
    def papers(self) -> tuple[Paper, ...]:
        """All papers, by id."""
        return tuple(sorted((v for v in self._values() if isinstance(v, Paper)), key=lambda p: p.id))

    def entities(self, type: EntityType | str | None = None) -> tuple[Entity, ...]:
        """All entities, or those of one type, by id."""
        wanted = None if type is None else str(type)
        values = (v for v in self._values() if isinstance(v, Entity))
        return tuple(sorted((e for e in values if wanted in (None, str(e.type))), key=lambda e: e.id))

    def resources(self) -> tuple[Resource, ...]:
        """All resources, by id."""
        return tuple(sorted((v for v in self._values() if isinstance(v, Resource)), key=lambda r: r.id))

    def nodes(self) -> Iterator[Node]:
        """Papers, entities, resources, each by id."""
        yield from self.papers()
        yield from self.entities()
        yield from self.resources()

    def claims(
        self, *, relation: str | None = None, paper_id: str | None = None, min_confidence: float = 0.0
    ) -> tuple[Claim, ...]:
        """All claims that fit, in the order of paper, subject, relation, object, offsets.

        Raises:
            SchemaError: for an unknown relation.
        """
        if relation is not None:
            get_relation(relation)
        found = (
            c
            for c in self._claims.values()
            if (relation is None or c.relation == relation)
            and (paper_id is None or c.paper_id == paper_id)
            and c.confidence >= min_confidence
        )
        return tuple(sorted(found, key=_claim_order))

    def get(self, identifier: str) -> Node:
        """The node with this id.

        Raises:
            KeyError: where there is none.
        """
        try:
            value: Node = self._graph.nodes[identifier]["value"]
        except KeyError:
            raise KeyError(f"no node {identifier!r}") from None
        return value

    def find(self, name: str, *, type: str | None = None) -> Node | None:
        """The best known node of this id, name or alias, or None.

        Case, hyphens, spaces and a plural s do not matter. Of several, the one with most edges is meant.
        """
        if name in self._graph:
            return self.get(name)
        if f"paper/{name}" in self._graph:
            return self.get(f"paper/{name}")
        ids = [
            i
            for i in self._named().get(normal_form(name), ())
            if type is None or self._graph.nodes[i]["type"] == type
        ]
        if not ids:
            return None
        return self.get(min(ids, key=lambda i: (-self._graph.degree(i), i)))

    def _named(self) -> dict[str, set[str]]:
        """Node ids by the normal form of their names; made when first asked for, since many never ask."""
        if self._by_name is None:
            self._by_name = {}
            for node in self._values():
                for name in _names_of(node):
                    self._by_name.setdefault(normal_form(name), set()).add(node_id(node))
        return self._by_name

    def neighbours(self, name: str | Node, *, relation: str | None = None) -> tuple[Neighbour, ...]:
        """The nodes one edge away from a node, by relation, then by id.

        Args:
            name: a node, its id, name or alias.
            relation: only edges of this relation.

        Raises:
            KeyError: where there is no such node.
            SchemaError: for an unknown relation.
        """
        if relation is not None:
            get_relation(relation)
        node = self._resolve(name)
        grouped: dict[tuple[str, bool, str], list[Claim]] = {}
        for _, other, key in self._graph.out_edges(node, keys=True):
            claim = self._claims[key]
            grouped.setdefault((claim.relation, True, other), []).append(claim)
        for other, _, key in self._graph.in_edges(node, keys=True):
            claim = self._claims[key]
            grouped.setdefault((claim.relation, False, other), []).append(claim)
        return tuple(
            Neighbour(
                self.get(other), rel, outgoing, tuple(sorted(claims, key=lambda c: (-c.confidence, c.id)))
            )
            for (rel, outgoing, other), claims in sorted(grouped.items())
            if relation is None or rel == relation
        )

    def papers_with(self, name: str | Node, *relations: str) -> tuple[Paper, ...]:
        """Papers that have one of these relations (any, if none is given) to an entity or resource, by id.

        Raises:
            KeyError: where there is no such node.
            SchemaError: for an unknown relation.
        """
        for relation in relations:
            get_relation(relation)
        node = self._resolve(name)
        found = {
            source
            for source, _, key in self._graph.in_edges(node, keys=True)
            if source.startswith("paper/") and (not relations or self._claims[key].relation in relations)
        }
        return tuple(p for p in (self.get(i) for i in sorted(found)) if isinstance(p, Paper))

    def papers_using(self, name: str | Node) -> tuple[Paper, ...]:
        """Papers that use an entity or evaluate on it, by id."""
        return self.papers_with(name, Role.USES, Role.EVALUATES_ON)

    def papers_introducing(self, name: str | Node) -> tuple[Paper, ...]:
        """Papers that introduce an entity, by id."""
        return self.papers_with(name, Role.INTRODUCES)

    def degree(self, name: str | Node) -> int:
        """Number of claims at a node."""
        return int(self._graph.degree(self._resolve(name)))

    def stats(self) -> GraphStats:
        """Counts by type and relation, in the order of the schema, types that do not occur left out."""
        types = Counter(data["type"] for _, data in self._graph.nodes(data=True))
        edges = {(c.subject, c.relation, c.object) for c in self._claims.values()}
        relations = Counter(relation for _, relation, _ in edges)
        nodes = {t: types[t] for t in NODE_TYPES if types[t]}
        return GraphStats(types["paper"], nodes, {r: relations[r] for r in RELATIONS if relations[r]})

    # ------------------------------------------------------------------ leaving
    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """A copy as a networkx graph with plain attributes (strings, numbers), one edge per claim."""
        plain: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for node in self.nodes():
            plain.add_node(node_id(node), **_plain_node(node))
        for claim in self.claims():
            plain.add_edge(
                claim.subject,
                claim.object,
                key=claim.id,
                relation=claim.relation,
                paper=claim.paper_id,
                confidence=claim.confidence,
                evidence=claim.evidence.quote,
                start=claim.evidence.start,
                end=claim.evidence.end,
                extractor=claim.extractor,
            )
        return plain

    def subgraph(self, identifiers: Iterable[str]) -> KnowledgeGraph:
        """The graph of these nodes and the claims among them."""
        wanted = {i for i in identifiers if i in self._graph}
        values = [self.get(i) for i in sorted(wanted)]
        return KnowledgeGraph(
            papers=(v for v in values if isinstance(v, Paper)),
            entities=(v for v in values if isinstance(v, Entity)),
            resources=(v for v in values if isinstance(v, Resource)),
            claims=(c for c in self.claims() if c.subject in wanted and c.object in wanted),
        )

    def export(
        self, path: str | Path, *, format: str | None = None, base_iri: str = DEFAULT_BASE_IRI, **options: Any
    ) -> Path:
        """Write the graph to a file; the format is that of the suffix unless given.

        Args:
            path: the file or folder to make or replace.
            format: name of the format.
            base_iri: where the IRIs begin.
            options: what the format takes besides, such as ``profile="core"`` for RDF without the evidence.

        Raises:
            ExportError: where the file cannot be written.
            PluginError: for an unknown format.
        """
        target = Path(path)
        load_exporter(format, path=target).write(self, target, base_iri=base_iri, **options)
        return target

    def show(self, **options: Any) -> Any:
        """The graph as something that a notebook displays: the interactive page in a frame.

        Args:
            options: ``title``, ``limit`` (the most nodes to draw) and ``height`` (in CSS pixels).

        Raises:
            PluginError: where the pages are not installed.
        """
        return cast(Any, load_exporter("html")).show(self, **options)

    def to_rdflib(self, *, base_iri: str = DEFAULT_BASE_IRI, profile: str = "full") -> Any:
        """The graph as an ``rdflib.Dataset`` of the caller's own, backed by Oxigraph where oxrdflib is installed.

        Args:
            base_iri: where the IRIs begin.
            profile: ``full`` with the evidence in a named graph for each paper, ``core`` with the plain triples only.

        Raises:
            PluginError: where the view is not installed.
        """
        view = cast(Callable[..., Any], load(VIEWS, "rdflib"))
        return view(self, base_iri=base_iri, profile=profile)

    def _values(self) -> Iterator[Node]:
        for _, data in self._graph.nodes(data=True):
            yield data["value"]

    def _resolve(self, name: str | Node) -> str:
        if not isinstance(name, str):
            return node_id(name)
        node = self.find(name)
        if node is None:
            raise KeyError(f"no node called {name!r}")
        return node_id(node)


def _claim_order(claim: Claim) -> tuple[str, str, str, str, int, str]:
    return (claim.paper_id, claim.subject, claim.relation, claim.object, claim.evidence.start, claim.id)


def _plain_node(node: Node) -> dict[str, str | int | float]:
    plain: dict[str, str | int | float] = {"type": node_type(node), "label": node_label(node)}
    if isinstance(node, Paper):
        plain |= {"abstract": node.abstract, "authors": "; ".join(node.authors)}
        if node.date is not None:
            plain["date"] = str(node.date)
    elif isinstance(node, Entity):
        plain["aliases"] = " | ".join(node.aliases)
    else:
        plain |= {"url": node.url, "kind": str(node.kind)}
    return plain
