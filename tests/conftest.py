"""Small papers and graphs that many tests build on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kg.graph import KnowledgeGraph
from kg.model import Claim, Entity, EntityType, Evidence, LinkKind, Paper, PartialDate, Resource, Span

DATA = Path(__file__).parent / "data"


@pytest.fixture
def data() -> Path:
    """The folder of test data."""
    return DATA


@pytest.fixture
def make_paper() -> Callable[..., Paper]:
    """A maker of papers with sensible defaults."""

    def make(
        identifier: str = "2501.00001", title: str = "Foo: A Tool", abstract: str = "We propose Foo."
    ) -> Paper:
        return Paper(identifier, title, abstract, arxiv_id=identifier, date=PartialDate(2025, 1, 2))

    return make


@pytest.fixture
def tiny_graph(make_paper: Callable[..., Paper]) -> KnowledgeGraph:
    """One paper, two entities, one resource and three claims."""
    paper = make_paper(abstract="We propose Foo. Foo is evaluated on MMLU. Code: https://github.com/o/foo")
    foo = Entity("method/foo", EntityType.METHOD, "Foo", ("Foo",))
    mmlu = Entity(
        "dataset/mmlu", EntityType.DATASET, "MMLU", ("MMLU", "Massive Multitask Language Understanding")
    )
    code = Resource("resource/github.com/o/foo", "https://github.com/o/foo", LinkKind.GITHUB, "o/foo")

    def claim(identifier: str, relation: str, target: str, quote: str, focus: str) -> Claim:
        start = paper.text.index(quote)
        at = paper.text.index(focus, start)
        evidence = Evidence(start, start + len(quote), quote, (Span(at, at + len(focus)),))
        return Claim(identifier, paper.id, paper.node_id, relation, target, evidence, "hand-1", 0.9, focus)

    return KnowledgeGraph(
        papers=[paper],
        entities=[foo, mmlu],
        resources=[code],
        claims=[
            claim("c1", "introduces", foo.id, "We propose Foo.", "Foo"),
            claim("c2", "evaluates_on", mmlu.id, "Foo is evaluated on MMLU.", "MMLU"),
            claim("c3", "has_code", code.id, "Code: https://github.com/o/foo", "https://github.com/o/foo"),
        ],
    )
