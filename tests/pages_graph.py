"""A small graph made by hand, for the tests of everything that leaves the graph."""

from __future__ import annotations

from kg.graph import KnowledgeGraph
from kg.model import (
    Claim,
    Entity,
    EntityType,
    Evidence,
    LinkKind,
    Paper,
    PartialDate,
    Resource,
    Sighting,
    Span,
)

FIRST = Paper(
    id="2401.00001",
    title="WidgetNet: Reading Widgets at Scale",
    abstract="We present WidgetNet, a model that reads widgets. It beats GadgetFormer on WidgetBench by 3 points.",
    authors=("Ada Example", "Émile Müller"),
    date=PartialDate(2024, 1, 2),
    arxiv_id="2401.00001",
    sightings=(Sighting("page.txt", "daily-papers-text", 1, upvotes=7),),
)
SECOND = Paper(
    id="title:abc",
    title="Gadgets 𝔾 Revisited",
    abstract="GadgetFormer is evaluated on WidgetBench. Code: https://github.com/example/gadgets",
    date=PartialDate(2023),
    doi="10.1/xyz",
)
LONELY = Paper(id="title:lonely", title="Nothing Named Here", abstract="This text names nothing.")


def make_claim(
    paper: Paper,
    relation: str,
    target: str,
    sentence: str,
    name: str,
    *,
    subject: str = "",
    confidence: float = 0.9,
) -> Claim:
    """A claim whose evidence is ``sentence`` with ``name`` in focus; both must occur in the paper's text."""
    start = paper.text.index(sentence)
    focus = paper.text.index(name, start)
    return Claim(
        id=f"claim/{paper.id}/{relation}/{target}",
        paper_id=paper.id,
        subject=subject or paper.node_id,
        relation=relation,
        object=target,
        evidence=Evidence(start, start + len(sentence), sentence, (Span(focus, focus + len(name)),)),
        extractor="by-hand/1",
        confidence=confidence,
        surface=name,
    )


def make_graph() -> KnowledgeGraph:
    """Three papers, three entities, one repository, six claims; one paper stands alone."""
    present = "We present WidgetNet, a model that reads widgets."
    beats = "It beats GadgetFormer on WidgetBench by 3 points."
    evaluated = "GadgetFormer is evaluated on WidgetBench."
    code = "Code: https://github.com/example/gadgets"
    repository = "resource/github.com/example/gadgets"
    return KnowledgeGraph(
        papers=(FIRST, SECOND, LONELY),
        entities=(
            Entity("model/widgetnet", EntityType.MODEL, "WidgetNet", ("WidgetNet",)),
            Entity("model/gadgetformer", EntityType.MODEL, "GadgetFormer", ("GadgetFormer", "Gadget-Former")),
            Entity("dataset/widgetbench", EntityType.DATASET, "WidgetBench", ("WidgetBench",)),
        ),
        resources=(
            Resource(repository, "https://github.com/example/gadgets", LinkKind.GITHUB, "example/gadgets"),
        ),
        claims=(
            make_claim(FIRST, "introduces", "model/widgetnet", present, "WidgetNet"),
            make_claim(FIRST, "compares_with", "model/gadgetformer", beats, "GadgetFormer", confidence=0.8),
            make_claim(FIRST, "evaluates_on", "dataset/widgetbench", beats, "WidgetBench", confidence=0.7),
            make_claim(
                FIRST,
                "outperforms",
                "model/gadgetformer",
                beats,
                "GadgetFormer",
                subject="model/widgetnet",
                confidence=0.6,
            ),
            make_claim(SECOND, "evaluates_on", "dataset/widgetbench", evaluated, "WidgetBench"),
            make_claim(
                SECOND, "has_code", repository, code, "https://github.com/example/gadgets", confidence=1.0
            ),
        ),
    )


HOSTILE = "</script><img src=x onerror=alert(1)> =cmd|'/c' \x00\x1b\u202e{{7*7}} ]]> & \" ' \ud800 é"


def make_hostile_graph() -> KnowledgeGraph:
    """One paper and one dataset whose every text is hostile."""
    paper = Paper(
        id="title:evil", title="=" + HOSTILE, abstract="We use " + HOSTILE + ".", authors=(HOSTILE,)
    )
    start = paper.abstract_start
    evidence = Evidence(
        start, len(paper.text), paper.text[start:], (Span(start + 7, start + 7 + len(HOSTILE)),)
    )
    return KnowledgeGraph(
        papers=(paper,),
        entities=(
            Entity("dataset/evil", EntityType.DATASET, HOSTILE, (HOSTILE,), homepage="javascript:alert(1)"),
        ),
        claims=(
            Claim(
                "claim/evil",
                paper.id,
                paper.node_id,
                "uses",
                "dataset/evil",
                evidence,
                "by-hand/1",
                0.5,
                HOSTILE,
            ),
        ),
    )
