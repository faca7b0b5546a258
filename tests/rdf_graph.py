"""Graphs for the tests of RDF and SPARQL: one plain, one whose every name is hostile."""

from __future__ import annotations

from dataclasses import replace

from kg.graph import KnowledgeGraph
from kg.model import Claim, Entity, EntityType, Evidence, LinkKind, Paper, PartialDate, Resource

HOSTILE_NAMES = (
    "with spaces", "<b>&amp;\"quoted\"</b>", "back\\slash", "emoji 🧠🔥", "עברית مرحبا", "中文 数据集", "a/b/../c",
    "..", "{curly} |pipe| ^hat` `", "line\nbreak\rreturn\ttab", "nul\x00bell\x07del\x7f", "lone \ud800 surrogate",
    "percent %20 %zz", "tilde~", "x" * 10_000, "é" * 10_000, "-", "a.", ".", "~", "\ufffe\uffff", "'''\"\"\"", "\u202ertl",
)  # fmt: skip


def claim(
    paper: Paper, number: int, subject: str, relation: str, target: str, quote: str, confidence: float
) -> Claim:
    """A claim whose evidence is a quote of the paper's text."""
    start = paper.text.index(quote)
    evidence = Evidence(start, start + len(quote), quote)
    return Claim(f"{paper.id}-{number}", paper.id, subject, relation, target, evidence, "rules@1", confidence)


def make_graph() -> KnowledgeGraph:
    """Two papers, six nodes around them, seven claims."""
    first = Paper(
        "2401.00001", "Rain: Learning to Forecast",
        "We introduce Rain, a model for weather forecasting. Rain is based on Cloud. We evaluate on SkyBench.",
        authors=("Ada Example", "Bo Beispiel"), organisation="Example Institute", arxiv_id="2401.00001",
        date=PartialDate(2024, 1, 5), links=("https://example.org/rain",), keywords=("weather",), author_count=2,
        venue="Journal of Examples",
    )  # fmt: skip
    second = Paper(
        "doi:10.1234/(a)b;c", "SkyBench, measured again",
        "SkyBench is used with Cloud. Our code is available at https://github.com/sky/bench.",
        doi="10.1234/(a)b;c", date=PartialDate(2024, 3),
    )  # fmt: skip
    entities = (
        Entity("dataset/skybench", EntityType.DATASET, "SkyBench", ("SkyBench", "Sky Bench", "sky-benchmark")),
        Entity("model/rain", EntityType.MODEL, "Rain", ("Rain",), homepage="https://example.org/rain"),
        Entity(
            "model/cloud", EntityType.MODEL, "Cloud", ("Cloud",),
            same_as=("https://www.wikidata.org/entity/Q1",), close_match=("method/cloud",),
        ),
        Entity("method/cloud", EntityType.METHOD, "Cloud", ("Cloud",)),
    )  # fmt: skip
    resource = Resource(
        "resource/github.com/sky/bench", "https://github.com/sky/bench", LinkKind.GITHUB, "sky/bench"
    )
    one, two = first.node_id, second.node_id
    claims = (
        claim(
            first,
            1,
            one,
            "introduces",
            "model/rain",
            "We introduce Rain, a model for weather forecasting.",
            0.95,
        ),
        claim(first, 2, one, "uses", "model/cloud", "Rain is based on Cloud.", 0.5),
        claim(first, 3, "model/rain", "based_on", "model/cloud", "Rain is based on Cloud.", 0.75),
        claim(first, 4, one, "evaluates_on", "dataset/skybench", "We evaluate on SkyBench.", 0.9),
        claim(second, 1, two, "evaluates_on", "dataset/skybench", "SkyBench is used with Cloud.", 1.0),
        replace(
            claim(second, 2, two, "uses", "method/cloud", "SkyBench is used with Cloud.", 0.0),
            stated_type="model",
        ),
        claim(
            second,
            3,
            two,
            "has_code",
            resource.id,
            "Our code is available at https://github.com/sky/bench.",
            0.99,
        ),
    )
    return KnowledgeGraph(
        papers=(second, first), entities=reversed(entities), resources=(resource,), claims=reversed(claims)
    )


def make_hostile_graph() -> KnowledgeGraph:
    """A paper that uses one entity of each hostile name, which also stands in its title, authors and links."""
    papers, entities, claims = [], [], []
    for number, raw in enumerate(HOSTILE_NAMES):
        name = raw.replace("\ud800", "\ufffd") if number % 2 else raw
        paper = Paper(
            f"title:{number}{name}", name, f"We use {name} here.", authors=(name,), organisation=name, venue=name,
            links=(f"https://example.org/{name}", name), keywords=(name,), date=PartialDate(2024, 2, 31),
        )  # fmt: skip
        entity = Entity(
            f"dataset/{name}", EntityType.DATASET, name, (name, name + "s"), same_as=(f"urn:x:{name}",)
        )
        papers.append(paper)
        entities.append(entity)
        claims.append(claim(paper, number, paper.node_id, "uses", entity.id, paper.abstract, 1 / 3))
    return KnowledgeGraph(papers=papers, entities=entities, claims=claims)
