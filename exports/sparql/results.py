"""Answers of queries as bytes: the W3C result formats, and RDF for CONSTRUCT and DESCRIBE."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeGuard

import pyoxigraph as ox

from exports.rdf.iris import Iris
from kg.errors import QueryError

_PREFIX_IN_USE = re.compile(rb"(?:^|[\s^])([A-Za-z][\w.-]*:)")
Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """A way to write an answer.

    Attributes:
        name: as people ask for it.
        media_type: as in HTTP.
        results: the engine's format for SELECT and ASK, or None.
        graph: the engine's format for CONSTRUCT and DESCRIBE, or None.
    """

    name: str
    media_type: str
    results: ox.QueryResultsFormat | None = None
    graph: ox.RdfFormat | None = None


FORMATS: MappingProxyType[str, ResultFormat] = MappingProxyType(
    {
        row.name: row
        for row in (
            ResultFormat("json", "application/sparql-results+json", ox.QueryResultsFormat.JSON),
            ResultFormat("xml", "application/sparql-results+xml", ox.QueryResultsFormat.XML),
            ResultFormat("csv", "text/csv; charset=utf-8", ox.QueryResultsFormat.CSV),
            ResultFormat("tsv", "text/tab-separated-values; charset=utf-8", ox.QueryResultsFormat.TSV),
            ResultFormat("turtle", "text/turtle; charset=utf-8", graph=ox.RdfFormat.TURTLE),
            ResultFormat("ntriples", "application/n-triples", graph=ox.RdfFormat.N_TRIPLES),
            ResultFormat("jsonld", "application/ld+json", graph=ox.RdfFormat.JSON_LD),
            ResultFormat("rdfxml", "application/rdf+xml", graph=ox.RdfFormat.RDF_XML),
        )
    }
)


def is_table(answer: Answer) -> TypeGuard[ox.QuerySolutions]:
    """True for the answer of a SELECT."""
    return isinstance(answer, ox.QuerySolutions)


def is_graph(answer: Answer) -> bool:
    """True for the answer of a CONSTRUCT or DESCRIBE."""
    return isinstance(answer, ox.QueryTriples)


def serialize(answer: Answer, format: str, iris: Iris) -> bytes:
    """An answer in one of the formats.

    Args:
        answer: what the store gave; it is used up.
        format: one of ``FORMATS``; ``json`` and ``xml`` mean JSON-LD and RDF/XML for an answer that is a graph.
        iris: whose prefixes Turtle uses.

    Raises:
        QueryError: where the format does not go with the answer.
    """
    if isinstance(answer, ox.QueryTriples):
        wanted = FORMATS.get({"json": "jsonld", "xml": "rdfxml"}.get(format, format))
        if wanted is None or wanted.graph is None:
            known = ", ".join(f.name for f in FORMATS.values() if f.graph)
            raise QueryError(
                f"an answer that is a graph cannot be written as {format!r}", hint=f"Use one of {known}"
            )
        return write_triples(answer, wanted.graph, iris)
    wanted = FORMATS.get(format)
    if wanted is None or wanted.results is None:
        known = ", ".join(f.name for f in FORMATS.values() if f.results)
        raise QueryError(
            f"an answer that is a table cannot be written as {format!r}", hint=f"Use one of {known}"
        )
    if isinstance(answer, ox.QueryBoolean) and wanted.name in ("csv", "tsv"):
        # The standard has no such thing; one bare word is what scripts expect.
        return b"true\n" if answer else b"false\n"
    body = answer.serialize(format=wanted.results)
    return body if body is not None else b""


def read_table(answer: ox.QuerySolutions, iris: Iris) -> tuple[list[str], list[list[str]]]:
    """Column names and rows as short text: IRIs as prefixed names where there is one, literals without datatype."""
    columns = [variable.value for variable in answer.variables]
    return columns, [[show(solution[i], iris) for i in range(len(columns))] for solution in answer]


def show(term: object, iris: Iris) -> str:
    """One term as short text; empty for an unbound variable."""
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return iris.shorten(term.value) or f"<{term.value}>"
    if isinstance(term, ox.Literal):
        return term.value
    return str(term)


def table_text(columns: list[str], rows: list[list[str]]) -> str:
    """A table as CSV text, for tests and logs."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([columns, *rows])
    return stream.getvalue()


def write_triples(triples: Iterable[ox.Triple], format: ox.RdfFormat, iris: Iris) -> bytes:
    """Triples in a fixed order, with the prefixes they use; the same bytes every time."""
    triples = sorted(triples, key=str)
    prefixes = iris.prefixes if format == ox.RdfFormat.TURTLE else None
    body = ox.serialize(triples, format=format, prefixes=prefixes)
    if body is None:
        return b""
    if prefixes is None:
        return body
    # The engine writes prefixes in the order of a hash table; put them into one that lasts.
    lines = body.split(b"\n")
    count = next((i for i, line in enumerate(lines) if not line.startswith(b"@prefix ")), len(lines))
    rest = b"\n".join(lines[count:])
    used = set(_PREFIX_IN_USE.findall(rest))
    kept = [line for line in sorted(lines[:count]) if line.split(b" ")[1] in used]
    return b"\n".join([*kept, rest])
