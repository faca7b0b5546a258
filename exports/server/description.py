"""The description of the service (SPARQL 1.1 Service Description), in the format that a client wants."""

from __future__ import annotations

import pyoxigraph as ox

from exports.rdf.iris import Iris
from exports.server.negotiation import GRAPH_TYPES, choose
from exports.server.pool import AnswerError
from exports.sparql.results import FORMATS, write_triples

_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle", "N-Triples",
    "JSON-LD", "RDF_XML",
)  # fmt: skip


def describe_service(
    endpoint: str, iris: Iris, statements: int, accept: str, *, writable: bool
) -> tuple[bytes, str]:
    """The description.

    Args:
        endpoint: absolute address of the endpoint.
        iris: the IRIs of the data.
        statements: how many there are.
        accept: the client's Accept header.
        writable: whether updates are allowed.

    Returns:
        The body and its media type.

    Raises:
        AnswerError: 406 where the client takes no RDF.
    """
    wanted = choose(accept, GRAPH_TYPES)
    if wanted is None:
        raise AnswerError(406, "The description comes as " + ", ".join(media for media, _ in GRAPH_TYPES))
    formats = " , ".join(f"<http://www.w3.org/ns/formats/{name}>" for name in _FORMATS)
    languages = "sd:SPARQL11Query" + (" , sd:SPARQL11Update" if writable else "")
    text = f"""
        @prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
        @prefix void: <http://rdfs.org/ns/void#> .
        <{endpoint}> a sd:Service ; sd:endpoint <{endpoint}> ; sd:supportedLanguage {languages} ;
            sd:resultFormat {formats} ; sd:defaultDataset <{endpoint}#dataset> .
        <{endpoint}#dataset> a sd:Dataset ; sd:defaultGraph <{endpoint}#default> .
        <{endpoint}#default> a sd:Graph ; void:uriSpace "{iris.base}" .
        <{endpoint}#dataset> void:triples {statements} .
    """
    row = FORMATS[wanted]
    if row.graph is None:
        raise AnswerError(406, "The description cannot be written so")
    triples = [quad.triple for quad in ox.parse(text, ox.RdfFormat.TURTLE)]
    return write_triples(triples, row.graph, iris), row.media_type
