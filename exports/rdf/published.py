"""Exporters of what goes with the data: ontology, SHACL shapes, JSON-LD context, VoID description."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from exports.rdf.context import make_context
from exports.rdf.iris import Iris
from exports.rdf.ontology import make_ontology
from exports.rdf.shapes import make_shapes
from exports.rdf.triples import GraphSource
from exports.rdf.void import make_void
from kg.atomic import atomic_write
from kg.schema import DEFAULT_BASE_IRI


@dataclass(frozen=True, slots=True)
class CompanionExporter:
    """A document that describes the RDF.

    Attributes:
        name: of the format.
        suffixes: of its files.
        make: gives the text for a graph and its IRIs.
    """

    name: str
    suffixes: tuple[str, ...]
    make: Callable[[GraphSource, Iris], str]

    def write(self, graph: GraphSource, path: Path, *, base_iri: str = DEFAULT_BASE_IRI) -> None:
        """Write the document, all or nothing.

        Raises:
            ExportError: where the file cannot be written or the base is no IRI.
        """
        text = self.make(graph, Iris(base_iri))
        with atomic_write(Path(path)) as stream:
            stream.write(text)


def _context(_: GraphSource, iris: Iris) -> str:
    return json.dumps({"@context": make_context(iris)}, ensure_ascii=False, indent=2) + "\n"


ontology = CompanionExporter("ontology", (".ontology.ttl",), lambda _, iris: make_ontology(iris))
shapes = CompanionExporter("shapes", (".shapes.ttl",), lambda _, iris: make_shapes(iris))
context = CompanionExporter("context", (".context.jsonld",), _context)
void = CompanionExporter("void", (".void.ttl",), make_void)
