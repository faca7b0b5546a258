"""The conformance gate: does what leaves the graph hold what it promises?

Each check takes the graph and gives sentences about what is broken; none means that it holds. The judge is an
independent parser (rdflib) wherever there is one.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import rdflib

from exports.rdf.formats import FORMATS, RdfExporter, nquads, turtle
from exports.rdf.iris import Iris
from exports.rdf.shapes import make_shapes
from exports.rdf.void import count
from kg.graph import KnowledgeGraph
from kg.pipeline import load_graph
from kg.schema import DEFAULT_BASE_IRI

_RDFLIB_NAMES = {
    "turtle": "turtle", "ntriples": "nt", "nquads": "nquads", "trig": "trig", "jsonld": "json-ld", "rdfxml": "xml",
}  # fmt: skip
_MOST = 5
SHACL_LIMIT = 300_000
"""Triples up to which the shapes are checked: pySHACL takes about a minute for so many."""


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check.

    Attributes:
        name: short name.
        promise: what was checked.
        faults: what is broken, one sentence each; at most a few are told.
        skipped: why it could not be made, or empty.
    """

    name: str
    promise: str
    faults: tuple[str, ...] = ()
    skipped: str = ""

    @property
    def holds(self) -> bool:
        """False where something is broken; a check that was skipped has found nothing."""
        return not self.faults


def verify(path: str | Path, *, base_iri: str = DEFAULT_BASE_IRI) -> Iterator[Check]:
    """Run every check on a graph directory, one after the other.

    Args:
        path: the graph directory.
        base_iri: where the IRIs begin.

    Yields:
        Outcomes, as they come.

    Raises:
        DirectoryError: where there is no graph directory.
        ExportError: where the base is no IRI.
    """
    graph = load_graph(path)
    yield from verify_graph(graph, base_iri=base_iri)
    yield _run(
        "reproducible", "the same bytes under other hash seeds", lambda: _seed_faults(path, graph, base_iri)
    )


def verify_graph(graph: KnowledgeGraph, *, base_iri: str = DEFAULT_BASE_IRI) -> Iterator[Check]:
    """Run the checks that need no directory; see ``verify``."""
    iris = Iris(base_iri)
    yield _run("evidence", "every quote is the stored text at its offsets", lambda: evidence_faults(graph))
    yield _run("IRIs", "every IRI is valid and there are no blank nodes", lambda: iri_faults(graph, base_iri))
    yield _run(
        "quotes", "every selector in the RDF finds its words", lambda: selector_faults(graph, base_iri)
    )
    yield _run("formats", "all serialisations say the same", lambda: format_faults(graph, base_iri))
    yield _run("order", "the same bytes whatever the order of input", lambda: order_faults(graph, base_iri))
    yield _run("VoID", "the counts are those that SPARQL finds", lambda: count_faults(graph, iris))
    yield _shacl(graph, iris)


def evidence_faults(graph: KnowledgeGraph) -> Iterator[str]:
    """Claims whose quote is not the paper's text at its offsets."""
    papers = {paper.id: paper for paper in graph.papers()}
    for claim in graph.claims():
        paper = papers.get(claim.paper_id)
        if paper is None:
            yield f"the claim {claim.id} names a paper that is not there: {claim.paper_id!r}"
            continue
        evidence = claim.evidence
        found = paper.text[evidence.start : evidence.end]
        if found != evidence.quote or not found:
            yield f"paper {paper.id}: {evidence.quote[:60]!r} is not at {evidence.start}-{evidence.end} ({found[:60]!r} is)"
        for span in evidence.focus:
            if not 0 <= span.start < span.end <= len(paper.text):
                yield f"paper {paper.id}: the span {span.start}-{span.end} lies outside the text"


def iri_faults(graph: KnowledgeGraph, base_iri: str) -> Iterator[str]:
    """What Oxigraph, which checks IRIs as RFC 3987 has them, does not accept."""
    try:
        for quad in ox.parse(_text(nquads, graph, base_iri), ox.RdfFormat.N_QUADS):
            if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
                yield f"a blank node: {quad}"
    except SyntaxError as error:
        yield f"the N-Quads cannot be read: {error}"


def selector_faults(graph: KnowledgeGraph, base_iri: str) -> Iterator[str]:
    """Selectors whose words are not in the text of the RDF at the offsets of the RDF."""
    store = ox.Store()
    store.bulk_load(_text(nquads, graph, base_iri), ox.RdfFormat.N_QUADS)
    query = """SELECT ?target ?text ?exact ?before ?behind ?start ?end { GRAPH ?g {
        ?target oa:hasSource/schema:text ?text ; oa:hasSelector ?words, ?place .
        ?words oa:exact ?exact ; oa:prefix ?before ; oa:suffix ?behind . ?place oa:start ?start ; oa:end ?end } }"""
    solutions = store.query(query, prefixes=Iris(base_iri).prefixes)
    if not isinstance(solutions, ox.QuerySolutions):
        return
    seen = 0
    for row in solutions:
        seen += 1
        target, text, exact, before, behind, start, end = (row[i].value for i in range(7))
        at, to = int(start), int(end)
        if text[at:to] != exact or not text[:at].endswith(before) or not text[to:].startswith(behind):
            yield f"{target}: {exact[:60]!r} is not there"
    wanted = len({(c.paper_id, c.evidence.start, c.evidence.end) for c in graph.claims()})
    if seen != wanted:
        yield f"{wanted} stretches of text are evidence, {seen} have their text and both selectors"


def format_faults(graph: KnowledgeGraph, base_iri: str) -> Iterator[str]:
    """Formats that rdflib reads differently from N-Quads.

    Without blank nodes two graphs are isomorphic exactly where their sets of statements are equal.
    """
    for profile in ("core", "full"):
        expected: set[tuple[str, ...]] | None = None
        for exporter in (nquads, *(f for f in FORMATS if f is not nquads)):
            text = "".join(exporter.chunks(graph, base_iri=base_iri, profile=profile))
            try:
                found = read_with_rdflib(text, exporter)
            except Exception as error:  # a parser may raise anything
                yield f"{exporter.name} ({profile}) cannot be read by rdflib: {error!r:.200}"
                continue
            if expected is None:
                expected = found
                continue
            wanted = expected if exporter.holds_graphs else {quad[:3] for quad in expected}
            if found != wanted:
                some = next(iter(sorted(found ^ wanted)))
                yield f"{exporter.name} ({profile}) differs in {len(found ^ wanted)} statements, such as {' '.join(some):.200}"


def order_faults(graph: KnowledgeGraph, base_iri: str) -> Iterator[str]:
    """Formats whose bytes change where the same nodes and edges come in another order."""
    turned = KnowledgeGraph(
        papers=reversed(graph.papers()), entities=reversed(graph.entities()), resources=reversed(graph.resources()),
        claims=reversed(graph.claims()),
    )  # fmt: skip
    for exporter in FORMATS:
        if _digest(exporter, graph, base_iri) != _digest(exporter, turned, base_iri):
            yield f"{exporter.name} depends on the order of input"


def count_faults(graph: KnowledgeGraph, iris: Iris) -> Iterator[str]:
    """Numbers of the VoID description that SPARQL does not find."""
    counts = count(graph, iris)
    store = ox.Store()
    store.bulk_load(_text(turtle, graph, iris.base), ox.RdfFormat.TURTLE)

    def ask(query: str) -> dict[str, int]:
        found = store.query(query, prefixes=iris.prefixes)
        return (
            {row[0].value: int(row[1].value) for row in found} if isinstance(found, ox.QuerySolutions) else {}
        )

    if counts.triples != len(store):
        yield f"void:triples is {counts.triples}, there are {len(store)}"
    subjects = ask('SELECT ("n" AS ?k) (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }')["n"]
    if counts.subjects != subjects:
        yield f"void:distinctSubjects is {counts.subjects}, there are {subjects}"
    classes = ask("SELECT ?c (COUNT(?s) AS ?n) { ?s a ?c } GROUP BY ?c")
    properties = ask("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p")
    for said, found in ((counts.classes, classes), (counts.properties, properties)):
        named = {iris.expand(name): number for name, number in said.items()}
        for iri in sorted(named.keys() | found.keys()):
            if named.get(iri) != found.get(iri):
                yield f"<{iri}>: VoID says {named.get(iri)}, SPARQL finds {found.get(iri)}"


def read_with_rdflib(text: str, exporter: RdfExporter) -> set[tuple[str, ...]]:
    """What rdflib reads, each term in N-Triples: quads where the format keeps graphs, else triples."""
    dataset = rdflib.Dataset()
    size = 4 if exporter.holds_graphs else 3
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset.parse(data=text, format=_RDFLIB_NAMES[exporter.name])
        nothing = (None, rdflib.URIRef("urn:x-rdflib:default"))
        return {
            tuple("" if term in nothing else term.n3() for term in quad[:size]) for quad in dataset.quads()
        }


def digests(graph: KnowledgeGraph, base_iri: str) -> dict[str, str]:
    """A hash of every format's bytes."""
    return {exporter.name: _digest(exporter, graph, base_iri) for exporter in FORMATS}


def _shacl(graph: KnowledgeGraph, iris: Iris) -> Check:
    promise = "the RDF fits the SHACL shapes"
    if importlib.util.find_spec("pyshacl") is None:
        return Check("SHACL", promise, skipped="pySHACL is not installed (pip install 'paper-kg[shacl]')")
    if count(graph, iris).triples > SHACL_LIMIT:
        return Check(
            "SHACL", promise, skipped=f"more than {SHACL_LIMIT:,} triples, pySHACL would take too long"
        )
    return _run("SHACL", promise, lambda: shape_faults(_text(turtle, graph, iris.base), iris))


def shape_faults(text: str, iris: Iris) -> Iterator[str]:
    """What pySHACL finds wrong with a Turtle document."""
    import pyshacl

    data = rdflib.Graph().parse(data=text, format="turtle")
    shapes = rdflib.Graph().parse(data=make_shapes(iris), format="turtle")
    conforms, report, _ = pyshacl.validate(data, shacl_graph=shapes)
    if conforms:
        return
    shacl = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    for result in report.subjects(rdflib.RDF.type, shacl.ValidationResult):
        parts = [report.value(result, shacl[name]) for name in ("focusNode", "resultPath", "resultMessage")]
        yield ": ".join(str(part)[:200] for part in parts if part is not None)


def _seed_faults(path: str | Path, graph: KnowledgeGraph, base_iri: str) -> Iterator[str]:
    mine = digests(graph, base_iri)
    code = (
        "import sys; from exports.rdf.verify import digests; from kg.pipeline import load_graph\n"
        "for name, digest in digests(load_graph(sys.argv[1]), sys.argv[2]).items(): print(name, digest)"
    )
    for seed in ("1", "31337"):
        command = [sys.executable, "-c", code, str(Path(path).absolute()), base_iri]
        search = os.pathsep.join(sys.path)
        result = subprocess.run(
            command,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": search},
            capture_output=True,
            text=True,
            check=False,
        )
        theirs = dict(line.split() for line in result.stdout.splitlines())
        for name, digest in mine.items():
            if theirs.get(name) != digest:
                yield f"{name} differs under the hash seed {seed}"


def _run(name: str, promise: str, find: Callable[[], Iterator[str]]) -> Check:
    faults: list[str] = []
    number = 0
    for fault in find():
        number += 1
        if number <= _MOST:
            faults.append(fault)
    if number > _MOST:
        faults.append(f"and {number - _MOST:,} more")
    return Check(name, promise, tuple(faults))


def _text(exporter: RdfExporter, graph: KnowledgeGraph, base_iri: str) -> str:
    return "".join(exporter.chunks(graph, base_iri=base_iri))


def _digest(exporter: RdfExporter, graph: KnowledgeGraph, base_iri: str) -> str:
    digest = hashlib.sha256()
    for chunk in exporter.chunks(graph, base_iri=base_iri):
        digest.update(chunk.encode("utf-8"))
    return digest.hexdigest()
