"""The terms that the RDF uses beside the schema table: own ones with their meaning, and those of others.

The ontology, the SHACL shapes, the JSON-LD context, the documentation table and the "did you mean" of queries are
all read off ``kg.schema`` and this page.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kg.schema import NODE_TYPES, RELATIONS


@dataclass(frozen=True, slots=True)
class OwnClass:
    """A class of our own that is no node type.

    Attributes:
        name: prefixed name.
        label: for people.
        above: super-classes, as prefixed names.
        definition: one sentence.
    """

    name: str
    label: str
    above: tuple[str, ...]
    definition: str


@dataclass(frozen=True, slots=True)
class OwnProperty:
    """A property of our own that is no relation.

    Attributes:
        name: prefixed name.
        label: for people.
        domain: class, as a prefixed name, or empty where it goes with several.
        range: class or datatype, as a prefixed name.
        definition: one sentence.
    """

    name: str
    label: str
    domain: str
    range: str
    definition: str


OWN_CLASSES: tuple[OwnClass, ...] = (
    OwnClass("kg:Entity", "Entity", (), "A dataset, method, model, task or metric that papers name."),
    OwnClass(
        "kg:Assertion", "Assertion", ("rdf:Statement", "prov:Entity"),
        "One paper's text states one relation; subject, predicate and object are those of the plain triple.",
    ),
    OwnClass(
        "kg:SourceText", "Source text", ("schema:CreativeWork", "prov:Entity"),
        "A paper's title, two line feeds and its abstract: the text in which all offsets count.",
    ),
    OwnClass("kg:PaperGraph", "Paper graph", (), "The named graph of what one paper states, with the evidence."),
)  # fmt: skip

OWN_PROPERTIES: tuple[OwnProperty, ...] = (
    OwnProperty(
        "kg:confidence", "confidence", "kg:Assertion", "xsd:decimal",
        "How sure the extractor is of the assertion, from 0 to 1.",
    ),
    OwnProperty(
        "kg:evidence", "evidence", "kg:Assertion", "oa:SpecificResource",
        "The stretch of the source text that says it.",
    ),
    OwnProperty(
        "kg:surface", "surface", "kg:Assertion", "xsd:string",
        "The object's name as the paper has it, where it differs from the name of the node.",
    ),
    OwnProperty(
        "kg:statedType", "stated type", "kg:Assertion", "rdfs:Class",
        "What the paper takes the object for, where the evidence of all papers made the node something else.",
    ),
    OwnProperty(
        "kg:extractor", "extractor", "kg:Assertion", "prov:SoftwareAgent",
        "What found the assertion: name and version.",
    ),
    OwnProperty(
        "kg:support", "support", "", "xsd:integer",
        "Number of papers of this graph with at least one claim about it.",
    ),
    OwnProperty(
        "kg:key", "key", "kg:Entity", "xsd:string",
        "A name in its normal form (lower case, without spaces and hyphens), to look an entity up by.",
    ),
    OwnProperty("kg:kind", "kind", "kg:Resource", "xsd:string", "Which sort of site a resource is on."),
    OwnProperty(
        "kg:linkState", "link state", "kg:Resource", "xsd:string",
        "What was found behind the link: here, gone, moved, unknown or refused.",
    ),
    OwnProperty("kg:seen", "seen", "kg:Resource", "xsd:dateTime", "When somebody looked behind the link."),
    OwnProperty("kg:movedTo", "moved to", "kg:Resource", "xsd:anyURI", "Where the thing is now."),
    OwnProperty("kg:stars", "stars", "kg:Resource", "xsd:integer", "Stars of a repository, or likes of a page."),
    OwnProperty("kg:downloads", "downloads", "kg:Resource", "xsd:integer", "Downloads in the 30 days before it was seen."),
    OwnProperty("kg:licence", "licence", "kg:Resource", "xsd:string", "As the service names it; an SPDX id where it can."),
    OwnProperty("kg:language", "language", "kg:Resource", "xsd:string", "Main programming language, or kind of a demo."),
    OwnProperty("kg:lastChange", "last change", "kg:Resource", "xsd:date", "Day of the last change."),
    OwnProperty("kg:archived", "archived", "kg:Resource", "xsd:boolean", "True where it is read-only."),
    OwnProperty("kg:purpose", "purpose", "kg:Resource", "xsd:string", "Task that a model or dataset is for."),
    OwnProperty("kg:upvotes", "upvotes", "kg:Paper", "xsd:integer", "The most votes that a source shows for it."),
    OwnProperty("kg:authorCount", "author count", "kg:Paper", "xsd:integer", "Number of authors, where only that is known."),
    OwnProperty("kg:position", "position", "schema:Person", "xsd:integer", "Place in the list of authors, from 1."),
)  # fmt: skip

FOREIGN_CLASSES: tuple[str, ...] = (
    "fabio:Preprint", "fabio:ResearchPaper", "oa:Annotation", "oa:SpecificResource", "oa:TextPositionSelector",
    "oa:TextQuoteSelector", "prov:Activity", "prov:SoftwareAgent", "schema:Organization", "schema:Person",
    "schema:SoftwareSourceCode",
)  # fmt: skip

FOREIGN_PROPERTIES: tuple[tuple[str, str], ...] = (
    ("dcterms:identifier", "the paper's id in this graph"),
    ("fabio:hasArXivId", "arXiv id without version"),
    ("oa:end", "offset behind the last character, in Unicode code points of the source text"),
    ("oa:exact", "the words themselves"),
    ("oa:hasBody", "what the annotation says: the assertion"),
    ("oa:hasSelector", "how to find the stretch: by its words and by its position"),
    ("oa:hasSource", "the text that the stretch belongs to"),
    ("oa:hasTarget", "the stretch that the annotation is about"),
    ("oa:motivatedBy", "why it was annotated"),
    ("oa:prefix", "up to 32 characters before the words"),
    ("oa:start", "offset of the first character, in Unicode code points of the source text"),
    ("oa:suffix", "up to 32 characters behind the words"),
    ("owl:sameAs", "the same thing elsewhere, by identifier; of datasets, methods, models, tasks and metrics"),
    ("prism:publicationName", "journal or conference"),
    ("prov:used", "the text that a run of an extractor read"),
    ("prov:wasAssociatedWith", "the extractor of a run"),
    ("prov:wasDerivedFrom", "the paper that an assertion was read in"),
    ("prov:wasGeneratedBy", "the run that an assertion came from"),
    ("rdf:object", "the assertion's object"),
    ("rdf:predicate", "the assertion's relation"),
    ("rdf:subject", "the assertion's subject"),
    ("rdf:type", "class"),
    ("rdfs:label", "title or name, for tools that look for it there"),
    ("rdfs:seeAlso", "a link that the source gives beside the text"),
    ("schema:abstract", "the abstract"),
    ("schema:alternateName", "another surface form"),
    ("schema:author", "an author"),
    ("schema:codeRepository", "URL of the code"),
    ("schema:datePublished", "date, as precise as the source has it"),
    ("schema:isPartOf", "the paper that a source text belongs to"),
    ("schema:keywords", "a keyword or category"),
    ("schema:name", "title or name"),
    ("schema:sameAs", "the same thing elsewhere, by identifier"),
    ("schema:sourceOrganization", "the organisation shown beside the paper"),
    ("schema:subjectOf", "the named graph with the paper's claims"),
    ("schema:text", "the text itself"),
    ("schema:url", "address of the thing"),
    ("skos:closeMatch", "probably, not certainly, the same"),
)  # fmt: skip


def node_class(name: str) -> str:
    """Prefixed name of the own class of a node type."""
    return f"kg:{NODE_TYPES[name].term}"


@cache
def relation_property(name: str) -> str:
    """Prefixed name of the own property of a relation."""
    return f"kg:{RELATIONS[name].term}"


def known_classes() -> tuple[str, ...]:
    """Every class that the RDF may hold, as prefixed names, sorted."""
    found = {node_class(n) for n in NODE_TYPES} | {c for t in NODE_TYPES.values() for c in t.classes}
    return tuple(sorted(found | {c.name for c in OWN_CLASSES} | set(FOREIGN_CLASSES)))


def known_properties() -> tuple[str, ...]:
    """Every property that the RDF may hold, as prefixed names, sorted."""
    found = {relation_property(n) for n in RELATIONS} | {p.name for p in OWN_PROPERTIES}
    return tuple(sorted(found | {name for name, _ in FOREIGN_PROPERTIES}))
