"""The graph as RDF statements, grouped by subject, in one order that depends on content alone.

Input: a ``KnowledgeGraph``. Output: a stream of ``Block``: a graph, a subject, and its predicates and objects.
Core: the plain triples in the default graph. Full: besides them one named graph a paper, with its plain triples and
the evidence of each. There are no blank nodes. Literals hold no character that XML forbids: each becomes
U+FFFD, one for one, so that offsets stay right and all serialisations say the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Protocol

from exports.rdf.evidence import paper_graph
from exports.rdf.iris import Iris, external_iri
from exports.rdf.statements import IRI, TERM, TEXT, Block, Pair, Profile, legal_text, make_block
from exports.rdf.vocabulary import node_class
from kg.facts import MOVED, LinkFact
from kg.model import Claim, Entity, LinkKind, Paper, PartialDate, Resource
from kg.names import normal_form
from kg.schema import NODE_TYPES, RELATIONS

_CODE_SITES = (LinkKind.GITHUB, LinkKind.GITLAB)

_paper_of = attrgetter("paper_id")


class GraphSource(Protocol):
    """What the RDF is made of; a ``KnowledgeGraph`` is one."""

    def papers(self) -> Iterable[Paper]:
        """All papers, by id."""

    def entities(self) -> Iterable[Entity]:
        """All entities, by id."""

    def resources(self) -> Iterable[Resource]:
        """All resources, by id."""

    def claims(self) -> Iterable[Claim]:
        """All claims, by paper."""


def describe(graph: GraphSource, iris: Iris, *, profile: Profile = "full") -> Iterator[Block]:
    """All statements of a graph, block by block: first the default graph, then the named graphs by paper.

    Args:
        graph: what to describe.
        iris: the IRIs to use.
        profile: ``core`` for the plain triples, ``full`` for the evidence besides.

    Yields:
        Blocks; no subject occurs twice in the same graph.
    """
    support: dict[str, int] = {}
    joined: dict[str, set[tuple[str, str]]] = {}
    extractors: set[str] = set()
    first = graph.claims()
    # A sequence is sorted once; a stream is asked for again, so that memory does not grow with it.
    claims_again = (lambda: first) if isinstance(first, Sequence) else graph.claims
    for paper_id, group in groupby(first, key=_paper_of):
        seen: set[str] = set()
        for claim in group:
            seen |= {claim.subject, claim.object}
            extractors.add(claim.extractor)
            if not claim.subject.startswith("paper/"):
                joined.setdefault(claim.subject, set()).add((claim.relation, claim.object))
        for identifier in seen - {f"paper/{paper_id}"}:
            support[identifier] = support.get(identifier, 0) + 1

    full = profile == "full"
    for paper, claims in _with_claims(graph.papers(), claims_again()):
        if paper is None:
            continue
        node = paper.node_id
        pairs = _paper_pairs(paper, iris)
        pairs += [_plain(c.relation, c.object, iris) for c in claims if c.subject == node]
        if full:
            pairs.append(("schema:subjectOf", IRI, iris.graph(paper.id)))
        yield make_block("", iris.node(node), pairs)
        yield from _paper_parts(paper, iris)
        if full:
            yield make_block(
                "", iris.graph(paper.id),
                [("rdf:type", TERM, "kg:PaperGraph"), ("prov:wasDerivedFrom", IRI, iris.node(node))],
            )  # fmt: skip
    for entity in graph.entities():
        pairs = _entity_pairs(entity, iris)
        pairs += [_plain(relation, tail, iris) for relation, tail in joined.get(entity.id, ())]
        pairs.append(("kg:support", "xsd:integer", str(support.get(entity.id, 0))))
        yield make_block("", iris.node(entity.id), pairs)
    for resource in graph.resources():
        pairs = _resource_pairs(resource)
        pairs.append(("kg:support", "xsd:integer", str(support.get(resource.id, 0))))
        yield make_block("", iris.node(resource.id), pairs)
    if full:
        for name in sorted(extractors):
            yield make_block(
                "", iris.extractor(name),
                [("rdf:type", TERM, "prov:SoftwareAgent"), ("rdfs:label", TEXT, legal_text(name))],
            )  # fmt: skip
        for paper, claims in _with_claims(graph.papers(), claims_again()):
            yield from paper_graph(paper, claims, iris)


def _with_claims(
    all_papers: Iterable[Paper], all_claims: Iterable[Claim]
) -> Iterator[tuple[Paper | None, list[Claim]]]:
    """Papers and their claims side by side, by paper id; None for a paper of which there are only claims."""
    papers = iter(all_papers)
    paper = next(papers, None)
    for paper_id, claims in groupby(all_claims, key=_paper_of):
        while paper is not None and paper.id < paper_id:
            yield paper, []
            paper = next(papers, None)
        if paper is not None and paper.id == paper_id:
            yield paper, list(claims)
            paper = next(papers, None)
        else:
            yield None, list(claims)
    while paper is not None:
        yield paper, []
        paper = next(papers, None)


def _plain(relation: str, tail: str, iris: Iris) -> Pair:
    return ("kg:" + RELATIONS[relation].term, IRI, iris.node(tail))


def _types(name: str) -> list[Pair]:
    return [("rdf:type", TERM, node_class(name)), *(("rdf:type", TERM, c) for c in NODE_TYPES[name].classes)]


def _named(name: str) -> list[Pair]:
    text = legal_text(name)
    return [("rdfs:label", TEXT, text), ("schema:name", TEXT, text)]


def _link(predicate: str, url: str) -> Pair:
    """An address as an IRI, or as a string where it cannot be made one."""
    iri = external_iri(url)
    return (predicate, IRI, iri) if iri is not None else (predicate, TEXT, legal_text(url))


def _paper_pairs(paper: Paper, iris: Iris) -> list[Pair]:
    pairs = _types("paper") + _named(paper.title)
    pairs.append(("dcterms:identifier", TEXT, legal_text(paper.id)))
    if paper.abstract:
        pairs.append(("schema:abstract", TEXT, legal_text(paper.abstract)))
    if paper.arxiv_id:
        pairs += [
            ("rdf:type", TERM, "fabio:Preprint"),
            ("fabio:hasArXivId", TEXT, legal_text(paper.arxiv_id)),
            _link("schema:sameAs", f"https://arxiv.org/abs/{paper.arxiv_id}"),
        ]
    if paper.doi:
        pairs.append(_link("schema:sameAs", f"https://doi.org/{paper.doi}"))
    if paper.date is not None and (date := _date(paper.date)) is not None:
        pairs.append(("schema:datePublished", *date))
    if paper.venue:
        pairs.append(("prism:publicationName", TEXT, legal_text(paper.venue)))
    if paper.author_count is not None:
        pairs.append(("kg:authorCount", "xsd:integer", str(paper.author_count)))
    if paper.upvotes is not None:
        pairs.append(("kg:upvotes", "xsd:integer", str(paper.upvotes)))
    iri = iris.node(paper.node_id)
    pairs += [("schema:author", IRI, f"{iri}#author-{place}") for place in range(1, len(paper.authors) + 1)]
    if paper.organisation:
        pairs.append(("schema:sourceOrganization", IRI, f"{iri}#organisation"))
    pairs += [_link("rdfs:seeAlso", url) for url in paper.links]
    pairs += [("schema:keywords", TEXT, legal_text(word)) for word in paper.keywords]
    return pairs


def _paper_parts(paper: Paper, iris: Iris) -> Iterator[Block]:
    """Authors and organisation: of this paper's own, since equal names need not be one person."""
    iri = iris.node(paper.node_id)
    for place, name in enumerate(paper.authors, 1):
        pairs = [
            *_named(name),
            ("rdf:type", TERM, "schema:Person"),
            ("kg:position", "xsd:integer", str(place)),
        ]
        yield make_block("", f"{iri}#author-{place}", pairs)
    if paper.organisation:
        yield make_block(
            "",
            f"{iri}#organisation",
            [*_named(paper.organisation), ("rdf:type", TERM, "schema:Organization")],
        )


def _entity_pairs(entity: Entity, iris: Iris) -> list[Pair]:
    pairs = [*_types(str(entity.type)), *_named(entity.name), ("rdf:type", TERM, "kg:Entity")]
    pairs += [("schema:alternateName", TEXT, legal_text(a)) for a in entity.aliases if a != entity.name]
    keys = {legal_text(normal_form(name)) for name in (entity.name, *entity.aliases)}
    pairs += [("kg:key", TEXT, key) for key in keys if key]
    # For tools that reason and for tools that read schema.org; both only where an identifier matches.
    pairs += [_link(name, iri) for iri in entity.same_as for name in ("owl:sameAs", "schema:sameAs")]
    for other in entity.close_match:
        space = other.partition("/")[0]
        pairs.append(
            ("skos:closeMatch", IRI, iris.node(other))
            if space in NODE_TYPES
            else _link("skos:closeMatch", other)
        )
    if entity.homepage:
        pairs.append(_link("schema:url", entity.homepage))
    return pairs


def _resource_pairs(resource: Resource) -> list[Pair]:
    pairs = [*_types("resource"), *_named(resource.name), ("kg:kind", TEXT, str(resource.kind))]
    pairs.append(_link("schema:url", resource.url))
    if resource.kind in _CODE_SITES:
        pairs += [
            ("rdf:type", TERM, "schema:SoftwareSourceCode"),
            _link("schema:codeRepository", resource.url),
        ]
    return [*pairs, *_fact_pairs(resource.fact)]


def _fact_pairs(fact: LinkFact | None) -> Iterator[Pair]:
    """What was seen behind a link, with the time."""
    if fact is None:
        return
    yield "kg:linkState", TEXT, fact.state
    yield "kg:seen", "xsd:dateTime", fact.seen
    if fact.state == MOVED and fact.canonical:
        yield "kg:movedTo", "xsd:anyURI", legal_text(fact.canonical)
    for name, number in (("kg:stars", fact.stars), ("kg:downloads", fact.downloads)):
        if number is not None:
            yield name, "xsd:integer", str(number)
    for name, text in (
        ("kg:licence", fact.licence),
        ("kg:language", fact.language),
        ("kg:purpose", fact.task),
    ):
        if text:
            yield name, TEXT, legal_text(text)
    if fact.changed:
        yield "kg:lastChange", "xsd:date", fact.changed
    if fact.archived is not None:
        yield "kg:archived", "xsd:boolean", "true" if fact.archived else "false"


def _date(date: PartialDate) -> tuple[str, str] | None:
    """Datatype and lexical form of a date that may lack parts (XML Schema 1.1, part 2)."""
    if date.day is not None and not _exists(date):
        date = PartialDate(date.year, date.month)
    if not str(date):
        return None
    if date.year is None:
        return ("xsd:gMonthDay", str(date)) if date.day else ("xsd:gMonth", str(date))
    if date.month is None:
        return "xsd:gYear", str(date)
    return ("xsd:date" if date.day else "xsd:gYearMonth"), str(date)


def _exists(date: PartialDate) -> bool:
    """False for the thirty-first of February; without a year, the twenty-ninth exists."""
    try:
        datetime.date(date.year or 2000, date.month or 1, date.day or 1)
    except ValueError:
        return False
    return True
