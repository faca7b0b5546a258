"""Which nodes are asked about, and what we hold that a record elsewhere may carry, too."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.links import canonical_url, link_kind
from kg.lookup.record import HUB, WIKIDATA
from kg.model import Entity, EntityType, Extraction, LinkKind, LinkRole, Paper, Role
from kg.resolution import Resolution
from kg.resolution.items import UNSURE_ROLE, key_of
from kg.resolution.known import HUB as HUB_IRI
from kg.resolution.known import WIKIDATA as WIKIDATA_IRI
from kg.resolution.known import KnownNames, shared_names

ASKED = {WIKIDATA: frozenset(EntityType), HUB: frozenset((EntityType.DATASET, EntityType.MODEL))}
"""Types of nodes that a service is asked about."""

MOST_INTRODUCERS = 2
"""More papers that say that a thing is theirs mean that it is nobody's: ``knowledge distillation`` is often proposed anew."""

KNOWN_BEFORE = 6
"""Months; what a paper named longer ago is not introduced by a later one, though models are often out before their paper."""

_IRI = {WIKIDATA: WIKIDATA_IRI, HUB: HUB_IRI}
_ARXIV = re.compile(r"(\d\d)(0[1-9]|1[0-2])\.\d{4,5}")
_OWN = frozenset(
    (LinkRole.CODE, LinkRole.DATASET, LinkRole.MODEL, LinkRole.DEMO, LinkRole.LEADERBOARD, LinkRole.PROJECT)
)
_BESIDE = frozenset((LinkKind.GITHUB, LinkKind.GITLAB, LinkKind.PROJECT_PAGE))


@dataclass(frozen=True, slots=True)
class Source:
    """A paper that introduces the thing.

    Attributes:
        paper: its id.
        arxiv: its arXiv id, or empty.
        doi: its DOI, or empty.
        links: canonical addresses of its own code, data, models and pages.
        month: when it appeared, in months since year 0, or None.
    """

    paper: str
    arxiv: str = ""
    doi: str = ""
    links: tuple[str, ...] = ()
    month: int | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """A node that can be asked about.

    Attributes:
        entity: the node.
        key: of its name.
        papers: how many name it.
        sources: the papers that introduce it, by id.
        is_ambiguous: the catalogue says that the name means other things, too.
    """

    entity: Entity
    key: str
    papers: int = 1
    sources: tuple[Source, ...] = ()
    is_ambiguous: bool = False


def shared_keys(entities: Iterable[Entity]) -> set[tuple[str, str]]:
    """Type and key of names that several nodes of a type bear: an answer would not say which of them it means."""
    counts = Counter((str(entity.type), key_of(entity.name)) for entity in entities)
    return {place for place, number in counts.items() if number > 1}


def is_known(entity: Entity, service: str) -> bool:
    """True where the node has an identifier of the service already."""
    return any(iri.startswith(_IRI[service]) for iri in entity.same_as)


def things_of(
    pairs: Iterable[tuple[Paper, Extraction]],
    resolution: Resolution,
    *,
    min_papers: int = 1,
    known: KnownNames | None = None,
) -> list[Thing]:
    """The nodes that can be asked about, most papers first, then by id.

    Args:
        pairs: papers with what their texts say.
        resolution: of the same papers.
        min_papers: nodes that fewer papers name are left out.
        known: the catalogue by key; the packaged one where it is not given.

    Returns:
        Each node whose name no other node of its type bears.
    """
    names = known or shared_names()
    papers: dict[str, set[str]] = defaultdict(set)
    first: dict[str, int] = {}
    sources: dict[str, dict[str, Source]] = defaultdict(dict)
    for paper, extraction in pairs:
        source: Source | None = None
        month = _month(paper)
        for index, said in enumerate(extraction.entities):
            node = resolution.nodes.get((paper.id, index))
            if node is None:
                continue
            papers[node].add(paper.id)
            if month is not None:
                first[node] = min(month, first.get(node, month))
            if said.role is Role.INTRODUCES and said.role_confidence >= UNSURE_ROLE:
                source = source or _source(paper, extraction)
                sources[node][paper.id] = source
    shared = shared_keys(resolution.entities)
    found = []
    for entity in resolution.entities:
        key = key_of(entity.name)
        if len(papers[entity.id]) >= max(1, min_papers) and (str(entity.type), key) not in shared:
            ambiguous = any(names.is_ambiguous(entry) for entry in names.named(key))
            introducers = _introducers(sources.get(entity.id, {}), first.get(entity.id))
            found.append(Thing(entity, key, len(papers[entity.id]), introducers, ambiguous))
    return sorted(found, key=lambda thing: (-thing.papers, thing.entity.id))


def _introducers(claimed: Mapping[str, Source], first: int | None) -> tuple[Source, ...]:
    """The papers that may well be the ones that introduce a thing, by id."""
    if len(claimed) > MOST_INTRODUCERS:
        return ()
    every = (claimed[paper] for paper in sorted(claimed))
    return tuple(s for s in every if first is None or s.month is None or s.month - first <= KNOWN_BEFORE)


def _month(paper: Paper) -> int | None:
    """Months since year 0 when the paper appeared, or None."""
    found = _ARXIV.match(paper.arxiv_id or "")
    if found is not None:
        return (2000 + int(found.group(1))) * 12 + int(found.group(2))
    date = paper.date
    return date.year * 12 + date.month if date is not None and date.year and date.month else None


def _source(paper: Paper, extraction: Extraction) -> Source:
    links = dict.fromkeys(canonical_url(link.url) for link in extraction.links if link.role in _OWN)
    for link in paper.links:  # of what stands beside the text, models and datasets may be anybody's
        url = canonical_url(link)
        if link_kind(url) in _BESIDE:
            links.setdefault(url)
    return Source(paper.id, paper.arxiv_id or "", (paper.doi or "").casefold(), tuple(links), _month(paper))
