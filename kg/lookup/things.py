"""Which nodes are asked about, and what we hold that a record elsewhere may carry, too."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
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

_IRI = {WIKIDATA: WIKIDATA_IRI, HUB: HUB_IRI}
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
    """

    paper: str
    arxiv: str = ""
    doi: str = ""
    links: tuple[str, ...] = ()


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
    sources: dict[str, dict[str, Source]] = defaultdict(dict)
    for paper, extraction in pairs:
        source: Source | None = None
        for index, said in enumerate(extraction.entities):
            node = resolution.nodes.get((paper.id, index))
            if node is None:
                continue
            papers[node].add(paper.id)
            if said.role is Role.INTRODUCES and said.role_confidence >= UNSURE_ROLE:
                source = source or _source(paper, extraction)
                sources[node][paper.id] = source
    shared = shared_keys(resolution.entities)
    found = []
    for entity in resolution.entities:
        key = key_of(entity.name)
        if len(papers[entity.id]) >= max(1, min_papers) and (str(entity.type), key) not in shared:
            ambiguous = any(names.is_ambiguous(entry) for entry in names.named(key))
            mine = sources.get(entity.id, {})
            introducers = tuple(mine[paper] for paper in sorted(mine))
            found.append(Thing(entity, key, len(papers[entity.id]), introducers, ambiguous))
    return sorted(found, key=lambda thing: (-thing.papers, thing.entity.id))


def _source(paper: Paper, extraction: Extraction) -> Source:
    links = dict.fromkeys(canonical_url(link.url) for link in extraction.links if link.role in _OWN)
    for link in paper.links:  # of what stands beside the text, models and datasets may be anybody's
        url = canonical_url(link)
        if link_kind(url) in _BESIDE:
            links.setdefault(url)
    return Source(paper.id, paper.arxiv_id or "", (paper.doi or "").casefold(), tuple(links))
