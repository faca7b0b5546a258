"""What one paper states, with the words that say it: the paper's own named graph.

Each claim is an assertion (reified after RDF 1.1, section 2.4) that an annotation joins to the stretch of text that
says it (Web Annotation Data Model), with its provenance (PROV-O): one activity for each extractor and paper.
"""

from __future__ import annotations

from collections.abc import Iterator

from exports.rdf.iris import Iris
from exports.rdf.statements import IRI, TERM, TEXT, Block, Pair, decimal, legal_text, make_block
from exports.rdf.vocabulary import node_class, relation_property
from kg.model import Claim, Paper

CONTEXT_LENGTH = 32


def paper_graph(paper: Paper | None, claims: list[Claim], iris: Iris) -> Iterator[Block]:
    """The named graph of one paper: its plain triples, and an assertion with its evidence for each claim.

    Args:
        paper: the paper, or None where only its claims are known (then the text is missing).
        claims: the paper's claims, in any order.
        iris: the IRIs to use.

    Yields:
        Blocks of that graph; none where there are no claims and no paper.
    """
    if paper is None and not claims:
        return
    paper_id = paper.id if paper is not None else claims[0].paper_id
    graph, text = iris.graph(paper_id), iris.text(paper_id)
    paper_iri = iris.node(f"paper/{paper_id}")
    words = legal_text(paper.text) if paper is not None else ""
    if paper is not None:
        yield make_block(
            graph, text,
            [("rdf:type", TERM, "kg:SourceText"), ("schema:isPartOf", IRI, paper_iri), ("schema:text", TEXT, words)],
        )  # fmt: skip

    plain: dict[str, list[Pair]] = {}
    spans: dict[tuple[int, int], str] = {}
    runs: dict[str, tuple[str, str]] = {}
    node = iris.node
    for claim in claims:
        subject, obj = node(claim.subject), node(claim.object)
        relation = relation_property(claim.relation)
        plain.setdefault(subject, []).append((relation, IRI, obj))
        evidence = claim.evidence
        spans[evidence.start, evidence.end] = evidence.quote
        if claim.extractor not in runs:
            runs[claim.extractor] = (
                iris.extractor(claim.extractor),
                iris.activity(paper_id, claim.extractor),
            )
        extractor, activity = runs[claim.extractor]
        assertion, target = iris.claim(claim.id), f"{text}#char={evidence.start},{evidence.end}"
        pairs: list[Pair] = [
            ("kg:confidence", "xsd:decimal", decimal(claim.confidence)),
            ("kg:evidence", IRI, target),
            ("kg:extractor", IRI, extractor),
            ("prov:wasDerivedFrom", IRI, paper_iri),
            ("prov:wasGeneratedBy", IRI, activity),
            ("rdf:object", IRI, obj),
            ("rdf:predicate", TERM, relation),
            ("rdf:subject", IRI, subject),
            ("rdf:type", TERM, "kg:Assertion"),
        ]
        if claim.surface:
            pairs.insert(3, ("kg:surface", TEXT, legal_text(claim.surface)))
        if claim.stated_type:
            pairs.insert(3, ("kg:statedType", TERM, node_class(claim.stated_type)))
        yield Block(graph, assertion, pairs)
        yield Block(
            graph,
            f"{assertion}#annotation",
            [
                ("oa:hasBody", IRI, assertion),
                ("oa:hasTarget", IRI, target),
                ("oa:motivatedBy", TERM, "oa:identifying"),
                ("rdf:type", TERM, "oa:Annotation"),
            ],
        )
    for subject, pairs in sorted(plain.items()):
        yield make_block(graph, subject, pairs)
    for name in sorted(runs):
        yield Block(
            graph,
            runs[name][1],
            [
                ("prov:used", IRI, text),
                ("prov:wasAssociatedWith", IRI, runs[name][0]),
                ("rdf:type", TERM, "prov:Activity"),
            ],
        )
    for (start, end), quote in sorted(spans.items()):
        yield from _span_blocks(graph, text, words, start, end, legal_text(quote))


def _span_blocks(graph: str, text: str, words: str, start: int, end: int, quote: str) -> Iterator[Block]:
    """A stretch of the text, selected by its words and by its position (Web Annotation Data Model, 4.2)."""
    place = f"{start},{end}"
    target, by_words, by_place = f"{text}#char={place}", f"{text}#quote={place}", f"{text}#position={place}"
    yield Block(
        graph,
        target,
        [
            ("oa:hasSelector", IRI, by_place),
            ("oa:hasSelector", IRI, by_words),
            ("oa:hasSource", IRI, text),
            ("rdf:type", TERM, "oa:SpecificResource"),
        ],
    )
    pairs: list[Pair] = [("oa:exact", TEXT, quote), ("rdf:type", TERM, "oa:TextQuoteSelector")]
    if words:
        before, behind = words[max(0, start - CONTEXT_LENGTH) : start], words[end : end + CONTEXT_LENGTH]
        pairs[1:1] = [("oa:prefix", TEXT, before), ("oa:suffix", TEXT, behind)]
    yield Block(graph, by_words, pairs)
    yield Block(
        graph,
        by_place,
        [
            ("oa:end", "xsd:nonNegativeInteger", str(end)),
            ("oa:start", "xsd:nonNegativeInteger", str(start)),
            ("rdf:type", TERM, "oa:TextPositionSelector"),
        ],
    )
