"""What the pages ask of a graph again and again, gathered in one pass over its claims."""

from __future__ import annotations

from collections.abc import Iterable

from kg.graph import KnowledgeGraph, Node
from kg.model import Claim, Entity, Paper, Resource

PAPER = "paper/"


class Facts:
    """An index of a graph.

    Attributes:
        nodes: value of each node, by node id.
        papers: all papers, by id.
        of_paper: the claims of each paper, by paper id, in the order of the graph.
        from_papers: paper ids by relation, by node id, as sets: ``from_papers[thing]["uses"]``.
        to_things: node ids by relation, by paper id, as sets: ``to_things[paper]["uses"]``.
        stated: claims that a paper makes about a thing itself, by node id of the thing.
        between: claims between two things, by node id of either.
        support: number of papers with a claim about a node, by node id.
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self.graph = graph
        self.papers: dict[str, Paper] = {p.id: p for p in graph.papers()}
        self.entities: tuple[Entity, ...] = graph.entities()
        self.resources: tuple[Resource, ...] = graph.resources()
        self.nodes: dict[str, Node] = {p.node_id: p for p in self.papers.values()}
        self.nodes |= {entity.id: entity for entity in self.entities}
        self.nodes |= {resource.id: resource for resource in self.resources}
        self.of_paper: dict[str, list[Claim]] = {}
        self.from_papers: dict[str, dict[str, set[str]]] = {}
        self.to_things: dict[str, dict[str, set[str]]] = {}
        self.stated: dict[str, list[Claim]] = {}
        self.between: dict[str, list[Claim]] = {}
        speaking: dict[str, set[str]] = {}
        for claim in graph.claims():
            self.of_paper.setdefault(claim.paper_id, []).append(claim)
            speaking.setdefault(claim.object, set()).add(claim.paper_id)
            if claim.subject.startswith(PAPER):
                who = claim.subject[len(PAPER) :]
                self.from_papers.setdefault(claim.object, {}).setdefault(claim.relation, set()).add(who)
                self.to_things.setdefault(who, {}).setdefault(claim.relation, set()).add(claim.object)
                self.stated.setdefault(claim.object, []).append(claim)
            else:
                speaking.setdefault(claim.subject, set()).add(claim.paper_id)
                self.between.setdefault(claim.subject, []).append(claim)
                if claim.object != claim.subject:
                    self.between.setdefault(claim.object, []).append(claim)
        self.support: dict[str, int] = {node: len(papers) for node, papers in speaking.items()}

    def papers_that(self, node: str, *relations: str) -> set[str]:
        """Ids of the papers that have one of these relations, or any, to a node."""
        found: set[str] = set()
        by_relation = self.from_papers.get(node, {})
        for relation in relations or by_relation:
            found |= by_relation.get(relation, set())
        return found

    def things_of(self, paper_id: str, relations: Iterable[str]) -> set[str]:
        """Node ids to which a paper has one of these relations."""
        by_relation = self.to_things.get(paper_id, {})
        found: set[str] = set()
        for relation in relations:
            found |= by_relation.get(relation, set())
        return found

    def date(self, paper_id: str) -> str:
        """A paper's date, as precise as the source has it, or empty."""
        paper = self.papers[paper_id]
        return str(paper.date) if paper.date is not None else ""

    def month(self, paper_id: str) -> str:
        """``2024-06``, or less where less is known, or empty."""
        return self.date(paper_id)[:7]
