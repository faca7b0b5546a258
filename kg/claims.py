"""From what each paper's text says to nodes and edges: extractions and their resolution become a graph."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from kg.facts import LinkFact
from kg.graph import KnowledgeGraph
from kg.links import resource_name
from kg.lookup.apply import with_links
from kg.lookup.record import Lookup, LookupKey
from kg.merges import Decisions
from kg.model import (
    Claim,
    Entity,
    EntityType,
    Evidence,
    ExtractedEntity,
    ExtractedLink,
    Extraction,
    Paper,
    Resource,
)
from kg.resolution import Resolution, resolve
from kg.schema import LINK_RELATIONS, allows

FAMILIES = "families-1"
"""Extractor of the claims that a size is part of its family; the name itself says so."""
_FAMILY_CONFIDENCE = 0.9


def graph_from_extractions(
    pairs: Iterable[tuple[Paper, Extraction]],
    *,
    min_confidence: float = 0.0,
    resolution: Resolution | None = None,
    decisions: Decisions | None = None,
    facts: Mapping[str, LinkFact] | None = None,
    lookups: Mapping[LookupKey, Lookup] | None = None,
) -> KnowledgeGraph:
    """Resolve the entities of all papers and build the graph.

    Args:
        pairs: every paper with its extraction.
        min_confidence: entities, links and relations below it are left out.
        resolution: which node each entity becomes; computed where it is not given.
        decisions: merges that people ordered or forbade, for computing it.
        facts: what was seen behind links, by canonical address.
        lookups: what the nodes are elsewhere, by service, type and key of the name.

    Returns:
        The graph: a paper's role for each entity, its links, the relations that its text states, and the families of
        the models that it names.

    Raises:
        ResolutionError: where the decisions contradict each other.
    """
    kept = list(pairs)
    resolved = resolution or resolve(
        (extraction for _, extraction in kept),
        decisions=decisions,
        dates={paper.id: paper.date for paper, _ in kept if paper.date is not None},
    )
    entities = {entity.id: entity for entity in resolved.entities}
    claims: list[Claim] = []
    resources: dict[str, Resource] = {}
    used: set[str] = set()
    for paper, extraction in kept:
        claims.extend(_entity_claims(paper, extraction, resolved, entities, min_confidence))
        for link in extraction.links:
            if link.confidence < min_confidence:
                continue
            resource = make_resource(link, facts)
            resources.setdefault(resource.id, resource)
            claims.append(
                _claim(paper, paper.node_id, LINK_RELATIONS[link.role], resource.id, link.evidence, link.extractor,
                       link.confidence, link.surface)
            )  # fmt: skip
    for claim in claims:
        used |= {claim.subject, claim.object}
    return KnowledgeGraph(
        papers=(paper for paper, _ in kept),
        entities=(
            _without_strangers(entity, entities, used)
            for entity in with_links(resolved.entities, lookups or {})
            if entity.id in used
        ),
        resources=(resources[i] for i in sorted(resources)),
        claims=claims,
    )


def _without_strangers(entity: Entity, known: dict[str, Entity], used: set[str]) -> Entity:
    """The entity without guesses at nodes that the confidence asked for leaves out."""
    kept = tuple(other for other in entity.close_match if other in used or other not in known)
    return entity if kept == entity.close_match else replace(entity, close_match=kept)


def _entity_claims(
    paper: Paper,
    extraction: Extraction,
    resolved: Resolution,
    entities: dict[str, Entity],
    min_confidence: float,
) -> Iterable[Claim]:
    by_name: dict[str, tuple[str, ExtractedEntity]] = {}
    for index, entity in enumerate(extraction.entities):
        node = resolved.nodes[(paper.id, index)]
        for name in (entity.name, *entity.aliases):
            by_name.setdefault(name, (node, entity))
        if entity.confidence < min_confidence:
            continue
        yield _claim(
            paper, paper.node_id, entity.role, node, entity.evidence, entity.extractor,
            min(entity.confidence, entity.role_confidence), entity.name, resolved.dissent.get((paper.id, index)),
        )  # fmt: skip
        family = resolved.families.get(node)
        if family is not None:
            yield _claim(
                paper, node, "part_of", family, entity.evidence, FAMILIES, min(entity.confidence, _FAMILY_CONFIDENCE), "",
            )  # fmt: skip
    for relation in extraction.relations:
        head, tail = by_name.get(relation.head), by_name.get(relation.tail)
        if head is None or tail is None or head[0] == tail[0] or relation.confidence < min_confidence:
            continue
        # Papers may disagree on a type; where the node's settled type does not fit, the statement cannot stand.
        if allows(entities[head[0]].type, relation.type, entities[tail[0]].type):
            yield _claim(
                paper, head[0], relation.type, tail[0], relation.evidence, relation.extractor,
                min(relation.confidence, head[1].confidence, tail[1].confidence), "",
            )  # fmt: skip


def make_resource(link: ExtractedLink, facts: Mapping[str, LinkFact] | None = None) -> Resource:
    """The node of what a link leads to, with what was seen there."""
    parts = urlsplit(link.url)
    tail = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    return Resource(f"resource/{parts.netloc.casefold()}{tail}", link.url, link.kind, resource_name(link.url),
                    facts.get(link.url) if facts else None)  # fmt: skip


def _claim(
    paper: Paper,
    subject: str,
    relation: str,
    target: str,
    evidence: Evidence,
    extractor: str,
    confidence: float,
    surface: str,
    stated_type: EntityType | None = None,
) -> Claim:
    parts = (paper.id, subject, str(relation), target, str(evidence.start), str(evidence.end), surface)
    identifier = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]
    return Claim(
        identifier,
        paper.id,
        subject,
        str(relation),
        target,
        evidence,
        extractor,
        round(confidence, 4),
        surface,
        str(stated_type or ""),
    )
