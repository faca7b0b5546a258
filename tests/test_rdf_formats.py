"""Serialisations: legal, equal to each other, the same bytes every time, and true to the graph."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdf_graph import make_graph, make_hostile_graph
from rdflib.compare import isomorphic

from exports.rdf import FORMATS, RdfExporter
from kg.errors import ExportError
from kg.graph import KnowledgeGraph
from kg.plugins import load_exporter

BASE = "https://example.org/kg/"
RDFLIB_NAMES = {
    "turtle": "turtle", "ntriples": "nt", "nquads": "nquads", "trig": "trig", "jsonld": "json-ld", "rdfxml": "xml",
}  # fmt: skip
GRAPHS = {"plain": make_graph, "hostile": make_hostile_graph}


def written(exporter: RdfExporter, graph: KnowledgeGraph, profile: str = "full") -> str:
    return "".join(exporter.chunks(graph, base_iri=BASE, profile=profile))  # type: ignore[arg-type]


def statements(exporter: RdfExporter, graph: KnowledgeGraph, profile: str = "full") -> set[tuple[str, ...]]:
    """What rdflib, an independent parser, reads: quads where the format keeps graphs, else triples."""
    dataset = rdflib.Dataset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset.parse(data=written(exporter, graph, profile), format=RDFLIB_NAMES[exporter.name])
    size = 4 if exporter.holds_graphs else 3
    default = {None, rdflib.URIRef("urn:x-rdflib:default")}
    return {
        tuple(term.n3() if term not in default else "" for term in quad[:size]) for quad in dataset.quads()
    }


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("profile", ["core", "full"])
def test_all_serialisations_say_the_same(name: str, profile: str) -> None:
    """Read back by rdflib, formats with graphs agree on quads, the others on the triples of those."""
    graph = GRAPHS[name]()
    read = {f.name: statements(f, graph, profile) for f in FORMATS}
    quads = read["nquads"]
    assert quads
    assert read["trig"] == quads
    assert read["jsonld"] == quads
    triples = {quad[:3] for quad in quads}
    assert read["ntriples"] == read["turtle"] == read["rdfxml"] == triples


@pytest.mark.parametrize("exporter", FORMATS, ids=lambda f: f.name)
@pytest.mark.parametrize("name", GRAPHS)
def test_the_engine_reads_every_serialisation(exporter: RdfExporter, name: str) -> None:
    """Oxigraph, which checks every IRI, reads the file and finds no blank node."""
    formats = {
        "turtle": ox.RdfFormat.TURTLE, "ntriples": ox.RdfFormat.N_TRIPLES, "nquads": ox.RdfFormat.N_QUADS,
        "trig": ox.RdfFormat.TRIG, "jsonld": ox.RdfFormat.JSON_LD, "rdfxml": ox.RdfFormat.RDF_XML,
    }  # fmt: skip
    text = written(exporter, GRAPHS[name]())
    quads = list(ox.parse(text, formats[exporter.name]))
    assert quads
    assert not any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object))


def test_turtle_is_isomorphic_to_rdf_xml() -> None:
    """The two oldest formats agree in rdflib's own comparison."""
    graph = make_graph()
    turtle = rdflib.Graph().parse(data=written(FORMATS[0], graph), format="turtle")
    xml = rdflib.Graph().parse(data=written(FORMATS[-1], graph), format="xml")
    assert isomorphic(turtle, xml)


def test_rdf_xml_is_legal_whatever_the_names_hold() -> None:
    """An XML parser reads it, control characters and all."""
    text = written(FORMATS[-1], make_hostile_graph())
    assert ElementTree.fromstring(text).tag.endswith("RDF")


def test_core_is_part_of_full_and_has_no_evidence() -> None:
    """The core profile holds the plain triples only."""
    graph = make_graph()
    core, full = statements(FORMATS[2], graph, "core"), statements(FORMATS[2], graph, "full")
    assert core < full
    assert not any("ontology#Assertion" in term for quad in core for term in quad)
    plain = (f"<{BASE}paper/2401.00001>", f"<{BASE}ontology#introduces>", f"<{BASE}model/rain>", "")
    assert plain in core


def test_each_paper_has_its_own_graph() -> None:
    """Taking a paper's graph away takes exactly its claims and evidence."""
    graph = make_graph()
    name = f"<{BASE}graph/paper/2401.00001>"
    kept = {q for q in statements(FORMATS[2], graph) if q[3] != name}
    assert not any("claim/2401.00001" in term for quad in kept for term in quad)
    assert any("claim/doi:10.1234" in quad[0] for quad in kept)


def test_every_claim_has_its_evidence() -> None:
    """The words and their place are those of the stored text, before and behind included."""
    store = ox.Store()
    store.load(written(FORMATS[2], make_graph()), ox.RdfFormat.N_QUADS)
    prefixes = {"kg": f"{BASE}ontology#", "oa": "http://www.w3.org/ns/oa#", "schema": "https://schema.org/"}
    found = list(
        store.query(
            """SELECT ?text ?exact ?before ?behind ?start ?end WHERE { GRAPH ?g {
              ?claim a kg:Assertion ; kg:evidence ?target . ?note oa:hasBody ?claim ; oa:hasTarget ?target .
              ?target oa:hasSource/schema:text ?text ; oa:hasSelector ?q, ?p .
              ?q oa:exact ?exact ; oa:prefix ?before ; oa:suffix ?behind . ?p oa:start ?start ; oa:end ?end } }""",
            prefixes=prefixes,
        )
    )
    assert len(found) == 7
    for row in found:
        text, exact, before, behind, start, end = (row[i].value for i in range(6))
        at, to = int(start), int(end)
        assert text[at:to] == exact
        assert text[:at].endswith(before)
        assert text[to:].startswith(behind)


def test_dissent_on_a_type_is_told() -> None:
    """Where a paper takes a thing for something else than the node became, its assertion says what for."""
    store = ox.Store()
    store.load(written(FORMATS[2], make_graph()), ox.RdfFormat.N_QUADS)
    found = store.query(
        """SELECT ?object ?type WHERE { GRAPH ?g {
          ?claim a kg:Assertion ; rdf:object ?object ; kg:statedType ?type } }""",
        prefixes={"kg": f"{BASE}ontology#", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
    )
    assert [(row[0].value, row[1].value) for row in found] == [
        (f"{BASE}method/cloud", f"{BASE}ontology#Model")
    ]


def test_one_activity_per_extractor_and_paper() -> None:
    """Seven claims of two papers by one extractor come from two activities."""
    found = {
        q[0] for q in statements(FORMATS[2], make_graph()) if q[2] == "<http://www.w3.org/ns/prov#Activity>"
    }
    assert len(found) == 2


def test_bytes_do_not_depend_on_the_order_of_input() -> None:
    """A graph put together the other way round is written the same."""
    graph = make_graph()
    other = KnowledgeGraph(
        papers=graph.papers(), entities=graph.entities(), resources=graph.resources(), claims=graph.claims()
    )
    for exporter in FORMATS:
        assert written(exporter, graph) == written(exporter, other)


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    """Runs under different hash seeds give the same bytes."""
    code = (
        "import hashlib; from rdf_graph import make_graph; from exports.rdf import FORMATS;"
        "print([hashlib.sha256(''.join(f.chunks(make_graph())).encode()).hexdigest() for f in FORMATS])"
    )
    path = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parent.parent)])
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }  # fmt: skip
    assert len(seen) == 1


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    """The exporter found by suffix writes the file, and an unwritable place is one clear error."""
    target = tmp_path / "graph.ttl"
    load_exporter(None, path=target).write(make_graph(), target, base_iri=BASE)
    assert target.read_text(encoding="utf-8") == written(FORMATS[0], make_graph())
    (tmp_path / "file").write_text("x")
    with pytest.raises(ExportError):
        FORMATS[0].write(make_graph(), tmp_path / "file" / "graph.ttl", base_iri=BASE)


def test_an_unknown_profile_is_refused() -> None:
    """The message lists the known ones."""
    with pytest.raises(ExportError, match="core, full"):
        written(FORMATS[0], make_graph(), "rich")
