"""SHACL shapes, generated from the schema table: what the RDF promises to anyone who reads it."""

from __future__ import annotations

from exports.rdf.iris import Iris
from exports.rdf.lines import quote_text
from exports.rdf.vocabulary import node_class, relation_property
from kg.schema import ENTITY_TYPES, NODE_TYPES, RELATIONS

_ONE = "sh:minCount 1 ; sh:maxCount 1"
_ONE_TEXT = f"sh:datatype xsd:string ; {_ONE}"
_NUMBER = "sh:datatype xsd:integer ; sh:minInclusive 0"


def make_shapes(iris: Iris) -> str:
    """The shapes as Turtle (Shapes Constraint Language, W3C Recommendation 2017).

    Args:
        iris: the IRIs; shapes live under the base and ``shapes#``.

    Returns:
        A Turtle document.
    """
    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in iris.prefixes.items())
    parts = [head + f"@prefix shape: <{iris.base}shapes#> .\n"]
    parts.append(
        _shape(
            "Paper", "sh:targetClass kg:Paper",
            [
                f"sh:path schema:name ; {_ONE_TEXT}",
                f"sh:path dcterms:identifier ; {_ONE_TEXT}",
                "sh:path schema:abstract ; sh:datatype xsd:string ; sh:maxCount 1",
                "sh:path fabio:hasArXivId ; sh:datatype xsd:string ; sh:maxCount 1",
                "sh:path schema:datePublished ; sh:nodeKind sh:Literal ; sh:maxCount 1",
                "sh:path schema:author ; sh:class schema:Person",
                f"sh:path kg:upvotes ; {_NUMBER} ; sh:maxCount 1",
                "sh:path schema:subjectOf ; sh:class kg:PaperGraph ; sh:maxCount 1",
            ],
        )
    )  # fmt: skip
    for name in ENTITY_TYPES:
        row = NODE_TYPES[name]
        parts.append(
            _shape(
                row.term, f"sh:targetClass {node_class(name)}",
                [
                    f"sh:path schema:name ; {_ONE_TEXT}",
                    f"sh:path kg:support ; {_NUMBER} ; {_ONE}",
                    "sh:path kg:key ; sh:datatype xsd:string",
                    *(f"sh:path rdf:type ; sh:hasValue {c}" for c in ("kg:Entity", *row.classes)),
                ],
            )
        )  # fmt: skip
    parts.append(
        _shape(
            "Resource", "sh:targetClass kg:Resource",
            [f"sh:path schema:name ; {_ONE_TEXT}", f"sh:path schema:url ; {_ONE}", f"sh:path kg:kind ; {_ONE_TEXT}"],
        )
    )  # fmt: skip
    for relation in RELATIONS.values():
        term = relation_property(relation.name)
        parts.append(
            f"\nshape:from-{relation.term} a sh:NodeShape ; sh:targetSubjectsOf {term} ; sh:nodeKind sh:IRI ;\n"
            f"    sh:message {quote_text(f'{relation.label}: wrong start')} ; {_classes(relation.domain)} .\n"
            f"shape:to-{relation.term} a sh:NodeShape ; sh:targetObjectsOf {term} ; sh:nodeKind sh:IRI ;\n"
            f"    sh:message {quote_text(f'{relation.label}: wrong end')} ; {_classes(relation.range)} .\n"
        )
    types = " ".join(node_class(name) for name in ENTITY_TYPES)
    relations = " ".join(relation_property(name) for name in RELATIONS)
    parts.append(
        _shape(
            "Assertion", "sh:targetClass kg:Assertion",
            [
                f"sh:path rdf:subject ; sh:nodeKind sh:IRI ; {_ONE}",
                f"sh:path rdf:object ; sh:nodeKind sh:IRI ; {_ONE}",
                f"sh:path rdf:predicate ; {_ONE} ; sh:in ( {relations} )",
                f"sh:path kg:confidence ; sh:datatype xsd:decimal ; sh:minInclusive 0.0 ; sh:maxInclusive 1.0 ; {_ONE}",
                f"sh:path kg:evidence ; sh:class oa:SpecificResource ; {_ONE}",
                f"sh:path kg:extractor ; sh:class prov:SoftwareAgent ; {_ONE}",
                f"sh:path kg:statedType ; sh:maxCount 1 ; sh:in ( {types} )",
                f"sh:path prov:wasDerivedFrom ; sh:class kg:Paper ; {_ONE}",
                f"sh:path prov:wasGeneratedBy ; sh:class prov:Activity ; {_ONE}",
                "sh:path [ sh:inversePath oa:hasBody ] ; sh:class oa:Annotation ; sh:minCount 1",
            ],
        )
    )  # fmt: skip
    parts.append(
        _shape(
            "Evidence", "sh:targetClass oa:SpecificResource",
            [
                f"sh:path oa:hasSource ; sh:class kg:SourceText ; {_ONE}",
                "sh:path oa:hasSelector ; sh:minCount 2 ; sh:maxCount 2",
            ],
        )
    )  # fmt: skip
    parts.append(
        _shape(
            "Quote", "sh:targetClass oa:TextQuoteSelector",
            [
                f"sh:path oa:exact ; sh:minLength 1 ; {_ONE_TEXT}",
                "sh:path oa:prefix ; sh:datatype xsd:string ; sh:maxLength 32 ; sh:maxCount 1",
                "sh:path oa:suffix ; sh:datatype xsd:string ; sh:maxLength 32 ; sh:maxCount 1",
            ],
        )
    )  # fmt: skip
    offset = f"sh:datatype xsd:nonNegativeInteger ; {_ONE}"
    parts.append(
        _shape(
            "Position", "sh:targetClass oa:TextPositionSelector",
            [f"sh:path oa:start ; {offset} ; sh:lessThan oa:end", f"sh:path oa:end ; {offset}"],
        )
    )  # fmt: skip
    parts.append(
        _shape(
            "SourceText", "sh:targetClass kg:SourceText",
            [f"sh:path schema:text ; {_ONE_TEXT}", f"sh:path schema:isPartOf ; sh:class kg:Paper ; {_ONE}"],
        )
    )  # fmt: skip
    parts.append(
        _shape(
            "Activity", "sh:targetClass prov:Activity",
            [
                f"sh:path prov:used ; sh:class kg:SourceText ; {_ONE}",
                f"sh:path prov:wasAssociatedWith ; sh:class prov:SoftwareAgent ; {_ONE}",
            ],
        )
    )  # fmt: skip
    return "".join(parts)


def _shape(name: str, target: str, properties: list[str]) -> str:
    lines = "".join(f" ;\n    sh:property [ {p} ]" for p in properties)
    return f"\nshape:{name} a sh:NodeShape ; {target} ; sh:nodeKind sh:IRI{lines} .\n"


def _classes(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return f"sh:class {node_class(names[0])}"
    return "sh:or ( " + " ".join(f"[ sh:class {node_class(n)} ]" for n in names) + " )"
