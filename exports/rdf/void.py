"""VoID: what the data set holds, counted from the statements themselves; no blank nodes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from exports.rdf.iris import Iris
from exports.rdf.statements import IRI, TERM, TEXT, Block, Pair, Profile
from exports.rdf.triples import GraphSource, describe
from exports.rdf.turtle import write_turtle

_LINKS = ("owl:sameAs", "schema:sameAs", "skos:closeMatch")


@dataclass(slots=True)
class Counts:
    """Numbers of a data set, all graphs together, each triple once.

    Attributes:
        triples: distinct triples of the default graph and the named graphs.
        quads: statements, graph by graph.
        graphs: named graphs.
        subjects: distinct subjects.
        classes: instances by class, as prefixed names.
        properties: triples by property, as prefixed names.
        links: links to other data sets, by host and property.
    """

    triples: int = 0
    quads: int = 0
    graphs: int = 0
    subjects: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    links: Counter[tuple[str, str]] = field(default_factory=Counter)


def count(graph: GraphSource, iris: Iris, *, profile: Profile = "full") -> Counts:
    """Count the statements of a graph in one pass."""
    found = Counts()
    last = ""
    for block in describe(graph, iris, profile=profile):
        found.quads += len(block.pairs)
        if block.graph and block.graph != last:
            found.graphs += 1
            last = block.graph
        if block.graph and not any(p[0] == "rdf:type" for p in block.pairs):
            continue  # plain triples again: the default graph has them
        found.subjects += 1
        found.triples += len(block.pairs)
        for predicate, kind, value in block.pairs:
            found.properties[predicate] += 1
            if predicate == "rdf:type":
                found.classes[value] += 1
            elif kind == IRI and predicate in _LINKS and not value.startswith(iris.base):
                found.links[urlsplit(value).netloc or urlsplit(value).scheme, predicate] += 1
    return found


def make_void(graph: GraphSource, iris: Iris, *, profile: Profile = "full") -> str:
    """The description as Turtle (Describing Linked Datasets with the VoID Vocabulary, W3C Note 2011).

    Args:
        graph: what to describe.
        iris: the IRIs; the data set's own is the base and ``void#dataset``.
        profile: as it is published.

    Returns:
        A Turtle document.
    """
    counts = count(graph, iris, profile=profile)
    me = f"{iris.base}void#dataset"
    pairs: list[Pair] = [
        ("rdf:type", TERM, "void:Dataset"),
        ("rdf:type", TERM, "dcat:Dataset"),
        ("dcterms:title", TEXT, "Knowledge graph of scientific papers"),
        ("void:uriSpace", TEXT, iris.base),
        ("void:triples", "xsd:integer", str(counts.triples)),
        ("void:distinctSubjects", "xsd:integer", str(counts.subjects)),
        ("void:classes", "xsd:integer", str(len(counts.classes))),
        ("void:properties", "xsd:integer", str(len(counts.properties))),
    ]
    used = {name.partition(":")[0] for name in (*counts.classes, *counts.properties)}
    pairs += [("void:vocabulary", IRI, iris.prefixes[prefix]) for prefix in used]
    blocks: list[Block] = []
    for name, number in sorted(counts.classes.items()):
        part = f"{iris.base}void#class-{name.replace(':', '-')}"
        pairs.append(("void:classPartition", IRI, part))
        blocks.append(_part(part, "void:class", name, "void:entities", number))
    for name, number in sorted(counts.properties.items()):
        part = f"{iris.base}void#property-{name.replace(':', '-')}"
        pairs.append(("void:propertyPartition", IRI, part))
        blocks.append(_part(part, "void:property", name, "void:triples", number))
    for (host, name), number in sorted(counts.links.items()):
        part = f"{iris.base}void#links-{_plain(host)}-{name.replace(':', '-')}"
        link = _part(part, "void:linkPredicate", name, "void:triples", number)
        extra: list[Pair] = [
            ("rdf:type", TERM, "void:Linkset"),
            ("void:subjectsTarget", IRI, me),
            ("rdfs:label", TEXT, host),
        ]
        pairs.append(("void:subset", IRI, part))
        blocks.append(Block("", part, sorted([*link.pairs, *extra])))
    blocks.insert(0, Block("", me, sorted(set(pairs))))
    return "".join(write_turtle(blocks, iris, graphs=False))


def _part(subject: str, predicate: str, name: str, counted: str, number: int) -> Block:
    return Block("", subject, sorted([(predicate, TERM, name), (counted, "xsd:integer", str(number))]))


def _plain(host: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c == ".") else "-" for c in host)
