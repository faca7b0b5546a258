"""SPARQL: the embedded store, checks of queries, answers, and the named queries."""

from exports.sparql.prepare import prepare
from exports.sparql.results import FORMATS, serialize
from exports.sparql.store import SparqlStore

__all__ = ["FORMATS", "SparqlStore", "prepare", "serialize"]
