"""The ontology in OWL, generated from the schema table and the vocabulary; no blank nodes."""

from __future__ import annotations

from collections.abc import Iterator

from exports.rdf.iris import Iris
from exports.rdf.statements import TERM, TEXT, Block, Pair
from exports.rdf.turtle import write_turtle
from exports.rdf.vocabulary import OWN_CLASSES, OWN_PROPERTIES, node_class, relation_property
from kg.schema import ENTITY_TYPES, NODE_TYPES, RELATIONS
from kg.version import __version__


def make_ontology(iris: Iris) -> str:
    """The ontology as Turtle.

    A relation with one possible start or end has ``rdfs:domain`` or ``rdfs:range``; with several, schema.org's
    ``domainIncludes`` and ``rangeIncludes``, which say the same without classes that have no name.

    Args:
        iris: the IRIs; the ontology's own is the base and ``ontology``.

    Returns:
        A Turtle document.
    """
    return "".join(write_turtle(_blocks(iris), iris, graphs=False))


def _blocks(iris: Iris) -> Iterator[Block]:
    yield _block(
        iris.ontology.rstrip("#"),
        [
            ("rdf:type", TERM, "owl:Ontology"),
            ("rdfs:label", TEXT, "Papers and what they say of datasets, methods, models, tasks and metrics"),
            (
                "rdfs:comment",
                TEXT,
                "Generated from the schema table. Terms of others are used where they fit.",
            ),
            ("owl:versionInfo", TEXT, __version__),
        ],
    )
    for node in NODE_TYPES.values():
        above = [*node.classes, *(["kg:Entity"] if node.name in ENTITY_TYPES else [])]
        pairs = _class(node.label, node.definition, above)
        pairs += [("skos:closeMatch", TERM, name) for name in node.close]
        yield _block(iris.expand(node_class(node.name)), pairs)
    for own in OWN_CLASSES:
        yield _block(iris.expand(own.name), _class(own.label, own.definition, own.above))
    for row in RELATIONS.values():
        pairs = _property("owl:ObjectProperty", row.label, row.definition)
        pairs += _ends([node_class(n) for n in row.domain], "rdfs:domain", "schema:domainIncludes")
        pairs += _ends([node_class(n) for n in row.range], "rdfs:range", "schema:rangeIncludes")
        pairs += [("rdfs:subPropertyOf", TERM, name) for name in row.sub_property_of]
        pairs += [("skos:closeMatch", TERM, name) for name in row.close]
        pairs.append(("skos:scopeNote", TEXT, f"Read backwards: {row.inverse_label}."))
        if row.inverse_of:
            pairs.append(("owl:inverseOf", TERM, row.inverse_of))
        yield _block(iris.expand(relation_property(row.name)), pairs)
    for prop in OWN_PROPERTIES:
        kind = "owl:DatatypeProperty" if prop.range.startswith("xsd:") else "owl:ObjectProperty"
        pairs = _property(kind, prop.label, prop.definition)
        if prop.domain:
            pairs.append(("rdfs:domain", TERM, prop.domain))
        pairs.append(("rdfs:range", TERM, prop.range))
        yield _block(iris.expand(prop.name), pairs)


def _block(subject: str, pairs: list[Pair]) -> Block:
    return Block("", subject, sorted(set(pairs)))


def _class(label: str, definition: str, above: list[str] | tuple[str, ...]) -> list[Pair]:
    pairs: list[Pair] = [
        ("rdf:type", TERM, "owl:Class"),
        ("rdfs:label", TEXT, label),
        ("rdfs:comment", TEXT, definition),
    ]
    return pairs + [("rdfs:subClassOf", TERM, name) for name in above] + [("rdfs:isDefinedBy", TERM, "kg:")]


def _property(kind: str, label: str, definition: str) -> list[Pair]:
    return [
        ("rdf:type", TERM, kind), ("rdfs:label", TEXT, label), ("rdfs:comment", TEXT, definition),
        ("rdfs:isDefinedBy", TERM, "kg:"),
    ]  # fmt: skip


def _ends(classes: list[str], one: str, several: str) -> list[Pair]:
    return [(one if len(classes) == 1 else several, TERM, name) for name in classes]
