"""What is generated from the schema table: ontology, shapes, context, documentation, counts; and the gate."""

from __future__ import annotations

import dataclasses
import json
import warnings
from pathlib import Path

import pytest
import rdflib
from rdf_graph import make_graph, make_hostile_graph

from exports.rdf import Iris, jsonld, turtle
from exports.rdf.context import make_context
from exports.rdf.docs import make_files
from exports.rdf.ontology import make_ontology
from exports.rdf.rdflib_view import to_rdflib
from exports.rdf.triples import describe
from exports.rdf.verify import evidence_faults, shape_faults, verify_graph
from exports.rdf.vocabulary import known_classes, known_properties
from exports.rdf.void import make_void
from kg.graph import KnowledgeGraph
from kg.schema import NODE_TYPES, RELATIONS

IRIS = Iris("https://example.org/kg/")
DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.parametrize("name", make_files())
def test_the_documentation_does_not_lag(name: str) -> None:
    """What is committed is what the schema table gives (python -m exports.rdf.docs docs)."""
    assert (DOCS / name).read_text(encoding="utf-8") == make_files()[name]


def test_every_term_that_is_written_is_declared() -> None:
    """No class or property leaves the graph that the vocabulary does not list."""
    classes, properties = set(known_classes()), set(known_properties())
    for graph in (make_graph(), make_hostile_graph()):
        for block in describe(graph, IRIS):
            for predicate, _, value in block.pairs:
                assert predicate in properties
                assert predicate != "rdf:type" or value in classes


def test_the_ontology_declares_every_row_of_the_schema() -> None:
    """Each node type is an OWL class and each relation an object property, with label and definition."""
    ontology = rdflib.Graph().parse(data=make_ontology(IRIS), format="turtle")
    for row in NODE_TYPES.values():
        assert (rdflib.URIRef(IRIS.ontology + row.term), rdflib.RDF.type, rdflib.OWL.Class) in ontology
    for relation in RELATIONS.values():
        term = rdflib.URIRef(IRIS.ontology + relation.term)
        assert (term, rdflib.RDF.type, rdflib.OWL.ObjectProperty) in ontology
        assert str(ontology.value(term, rdflib.RDFS.comment)) == relation.definition
    assert not any(isinstance(term, rdflib.BNode) for triple in ontology for term in triple)


def test_the_context_reads_the_plain_keys() -> None:
    """A document with short keys means the same as the full terms."""
    document = {"@context": make_context(IRIS), "@id": "paper:1", "introduces": "model:rain", "name": "Rain"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph = rdflib.Graph().parse(data=json.dumps(document), format="json-ld")
    paper = rdflib.URIRef(IRIS.node("paper/1"))
    assert graph.value(paper, rdflib.URIRef(IRIS.ontology + "introduces")) == rdflib.URIRef(
        IRIS.node("model/rain")
    )
    assert str(graph.value(paper, rdflib.SDO.name)) == "Rain"


def test_json_ld_uses_the_generated_context() -> None:
    """The context inside a JSON-LD file is the published one."""
    document = json.loads("".join(jsonld.chunks(make_graph(), base_iri=IRIS.base)))
    assert document["@context"] == make_context(IRIS)


def test_shapes_accept_the_graphs() -> None:
    """Plain and hostile names alike conform."""
    for graph in (make_graph(), make_hostile_graph()):
        assert list(shape_faults("".join(turtle.chunks(graph, base_iri=IRIS.base)), IRIS)) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("kg:introduces model:rain", "kg:introduces paper:2401.00001"),
        ("kg:confidence 0.75", "kg:confidence 1.75"),
        ("kg:confidence 0.75", 'kg:confidence "high"'),
        (';\n    schema:name "SkyBench" .', "."),
        ('oa:start "55"^^xsd:nonNegativeInteger', 'oa:start "5500"^^xsd:nonNegativeInteger'),
        ("rdf:predicate kg:basedOn", "rdf:predicate kg:likes"),
        ("a dcat:Dataset , kg:Dataset , kg:Entity , schema:Dataset", "a kg:Dataset"),
    ],
)
def test_shapes_refuse_what_is_wrong(good: str, bad: str) -> None:
    """Each fault put into a good document is found."""
    text = "".join(turtle.chunks(make_graph(), base_iri=IRIS.base))
    assert good in text
    assert list(shape_faults(text.replace(good, bad), IRIS)) != []


def test_void_parses_and_names_the_links_outside() -> None:
    """Counts stand beside partitions with IRIs of their own, and links to others are counted by host."""
    void = rdflib.Graph().parse(data=make_void(make_graph(), IRIS), format="turtle")
    me = rdflib.URIRef(IRIS.base + "void#dataset")
    assert int(void.value(me, rdflib.VOID.triples)) == len(
        rdflib.Graph().parse(data="".join(turtle.chunks(make_graph(), base_iri=IRIS.base)), format="turtle")
    )
    labels = {str(o) for o in void.objects(predicate=rdflib.RDFS.label)}
    assert {"www.wikidata.org", "arxiv.org", "doi.org"} <= labels
    assert not any(isinstance(term, rdflib.BNode) for triple in void for term in triple)


def test_the_gate_passes_what_is_right() -> None:
    """Every promise holds for both graphs."""
    for graph in (make_graph(), make_hostile_graph()):
        checks = list(verify_graph(graph, base_iri=IRIS.base))
        assert len(checks) == 7
        assert [c for c in checks if not c.holds or c.skipped] == []


def test_the_gate_finds_evidence_that_is_not_in_the_text() -> None:
    """A quote moved by one character is named with its paper."""
    graph = make_graph()
    first, *rest = graph.claims()
    moved = dataclasses.replace(first.evidence, start=first.evidence.start + 1, end=first.evidence.end + 1)
    wrong = KnowledgeGraph(
        papers=graph.papers(), entities=graph.entities(), resources=graph.resources(),
        claims=[dataclasses.replace(first, evidence=moved), *rest],
    )  # fmt: skip
    assert "2401.00001" in next(iter(evidence_faults(wrong)))
    broken = {c.name for c in verify_graph(wrong, base_iri=IRIS.base) if not c.holds}
    assert {"evidence", "quotes"} <= broken


@pytest.mark.parametrize("fast", [True, False])
def test_rdflib_code_can_ask_the_graph(fast: bool) -> None:
    """The rdflib view answers SPARQL with the graph's prefixes, on either store."""
    if fast:
        pytest.importorskip("oxrdflib")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        dataset = to_rdflib(make_graph(), base_iri=IRIS.base, fast=fast)
        rows = list(dataset.query("SELECT ?n { ?d a kg:Dataset ; schema:name ?n }"))
        claims = list(dataset.query("SELECT ?c { GRAPH ?g { ?c a kg:Assertion } }"))
    assert [str(row[0]) for row in rows] == ["SkyBench"]
    assert len(claims) == 7


def test_the_graph_has_an_rdflib_view() -> None:
    """The method of the graph finds the view by entry point."""
    assert len(make_graph().to_rdflib(base_iri=IRIS.base, profile="core")) > 20


@pytest.mark.parametrize(
    "suffix", [".ontology.ttl", ".shapes.ttl", ".context.jsonld", ".void.ttl", ".core.ttl"]
)
def test_companions_are_written_by_suffix(tmp_path: Path, suffix: str) -> None:
    """The longest suffix wins, so that the ontology is not taken for the data."""
    target = make_graph().export(tmp_path / f"graph{suffix}")
    format = "json-ld" if suffix.endswith("jsonld") else "turtle"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rdflib.Graph().parse(target, format=format)
