"""RDF: IRIs, statements, serialisations, ontology, shapes and checks."""

from exports.rdf.formats import FORMATS, RdfExporter, jsonld, nquads, ntriples, rdfxml, trig, turtle
from exports.rdf.iris import Iris
from exports.rdf.statements import Block, Profile
from exports.rdf.triples import describe

__all__ = [
    "FORMATS", "Block", "Iris", "Profile", "RdfExporter", "describe", "jsonld", "nquads", "ntriples", "rdfxml", "trig",
    "turtle",
]  # fmt: skip
