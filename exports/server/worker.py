"""What a worker process does: take a job, run it on the store, send the answer in frames; one at a time, until killed.

Nothing here watches the clock: a worker that takes too long is killed from outside.
"""

from __future__ import annotations

import email
import hashlib
import io
import json
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any, BinaryIO, cast

import pyoxigraph as ox

from exports.server.frames import (
    DATA,
    END,
    FAIL,
    HEAD,
    FrameWriter,
    TooLargeError,
    pack,
    pack_json,
    read_frame,
)
from exports.server.negotiation import GRAPH_TYPES, RESULT_TYPES, choose
from exports.server.rewriting import add_using, cap_rows
from exports.sparql.prepare import RefusedError, explain_syntax
from exports.sparql.results import FORMATS, Answer, serialize, write_triples
from exports.sparql.store import SparqlStore
from exports.sparql.tokens import open_code_points, split_tokens
from kg.errors import KGError, QueryError

SORTED_TRIPLES = 10_000
"""Answers of up to so many triples are sorted, so that the same question gives the same bytes."""

RDF_TYPES: dict[str, ox.RdfFormat] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/trig": ox.RdfFormat.TRIG,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
"""Media types of bodies that a graph store takes."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker allows.

    Attributes:
        max_rows: rows of an answer.
        max_bytes: bytes of an answer.
        allow_services: hosts that SERVICE may ask.
        writable: updates and the Graph Store Protocol's writes are allowed.
    """

    max_rows: int = 1_000_000
    max_bytes: int = 1 << 29
    allow_services: tuple[str, ...] = ()
    writable: bool = False


class Failure(Exception):
    """An answer that is not 2xx."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def work(source: BinaryIO, target: BinaryIO, store: SparqlStore, settings: WorkerSettings) -> None:
    """Do jobs until the source ends."""
    while (frame := read_frame(source)) is not None:
        job: dict[str, Any] = json.loads(frame.payload)
        body = _read_body(source) if job.get("body") else b""
        try:
            _do(job, body, target, store, settings)
            target.write(pack(END))
        except Failure as failure:
            target.write(pack_json(FAIL, {"status": failure.status, "message": failure.message}))
        except RefusedError as error:
            target.write(pack_json(FAIL, {"status": 403, "message": str(error)}))
        except KGError as error:
            target.write(pack_json(FAIL, {"status": 400, "message": str(error)}))
        except TooLargeError:
            message = f"The answer has more than {settings.max_bytes:,} bytes. Ask for less, with LIMIT for instance"
            target.write(pack_json(FAIL, {"status": 413, "message": message}))
        except MemoryError:
            target.write(
                pack_json(FAIL, {"status": 503, "message": "The query needs more memory than it may have"})
            )
        except (OSError, RuntimeError, ValueError, RecursionError) as error:
            if isinstance(error, BrokenPipeError):
                return
            target.write(pack_json(FAIL, {"status": 400, "message": f"The query failed: {error}"}))
        target.flush()


def _do(
    job: dict[str, Any], body: bytes, target: BinaryIO, store: SparqlStore, settings: WorkerSettings
) -> None:
    kind = job["kind"]
    if kind == "query":
        _query(job, target, store, settings)
    elif kind == "update":
        _update(job, store, settings)
        target.write(pack_json(HEAD, {"status": 204, "media_type": ""}))
    elif kind == "read-graph":
        _read_graph(job, target, store, settings)
    elif kind == "write-graph":
        status = _write_graph(job, body, store, settings)
        target.write(pack_json(HEAD, {"status": status, "media_type": "", "location": job.get("made", "")}))
    else:
        raise Failure(400, f"unknown job {kind!r}")


def _query(job: dict[str, Any], target: BinaryIO, store: SparqlStore, settings: WorkerSettings) -> None:
    text = job["query"]
    prepared = store.prepare(text, allow_services=settings.allow_services)
    capped = cap_rows(text, settings.max_rows)
    options: dict[str, Any] = {}
    if job.get("default_graphs") or job.get("named_graphs"):
        options["default_graph"] = [_node(g) for g in job.get("default_graphs", ())]
        options["named_graphs"] = [_node(g) for g in job.get("named_graphs", ())]
    base = job.get("base") or store.iris.base
    try:
        answer: Answer = store.store.query(capped, prefixes=store.iris.prefixes, base_iri=base, **options)
    except SyntaxError as error:
        raise explain_syntax(text, error) from None
    offered = GRAPH_TYPES if isinstance(answer, ox.QueryTriples) else RESULT_TYPES
    wanted = job.get("format") or choose(job.get("accept", ""), offered)
    if wanted is None:
        raise Failure(406, "This answer comes as " + ", ".join(dict.fromkeys(media for media, _ in offered)))
    if wanted in ("json", "xml") and isinstance(answer, ox.QueryTriples):
        wanted = {"json": "jsonld", "xml": "rdfxml"}[wanted]
    row = FORMATS.get(wanted)
    if row is None or (row.graph if isinstance(answer, ox.QueryTriples) else row.results) is None:
        raise Failure(406, f"This answer cannot be written as {wanted!r}")
    head = {
        "status": 200,
        "media_type": row.media_type,
        "hints": list(prepared.hints),
        "limit": settings.max_rows,
    }
    _send(answer, wanted, head, target, store, settings)


def _send(
    answer: Answer,
    wanted: str,
    head: dict[str, Any],
    target: BinaryIO,
    store: SparqlStore,
    settings: WorkerSettings,
) -> None:
    """The head goes with the first bytes, so that what fails at once is still a clean failure."""
    writer = _LateHead(target, pack_json(HEAD, head), settings.max_bytes)
    row = FORMATS[wanted]
    if isinstance(answer, ox.QueryBoolean):
        writer.write(serialize(answer, wanted, store.iris))
    elif isinstance(answer, ox.QuerySolutions) and row.results is not None:
        answer.serialize(cast(IO[bytes], writer), row.results)
    elif isinstance(answer, ox.QueryTriples) and row.graph is not None:
        first = list(islice(answer, SORTED_TRIPLES + 1))
        writer.replace_head(pack_json(HEAD, head | {"empty": not first}))
        if len(first) <= SORTED_TRIPLES:
            writer.write(write_triples(first, row.graph, store.iris))
        else:
            prefixes = store.iris.prefixes if row.graph == ox.RdfFormat.TURTLE else None
            ox.serialize(chain(first, answer), cast(IO[bytes], writer), row.graph, prefixes=prefixes)
    writer.flush()


class _LateHead(FrameWriter):
    def __init__(self, stream: BinaryIO, head: bytes, most: int) -> None:
        super().__init__(stream, most)
        self._head: bytes | None = head
        self._out = stream

    def replace_head(self, head: bytes) -> None:
        """Change the head, which has not been sent yet."""
        self._head = head

    def flush(self) -> None:
        if self._head is not None:
            self._out.write(self._head)
            self._head = None
        super().flush()


def _update(job: dict[str, Any], store: SparqlStore, settings: WorkerSettings) -> None:
    if not settings.writable:
        raise Failure(403, "This endpoint is read-only")
    text = job["update"]
    for word in _fetching_words(text):
        raise Failure(403, f"{word} would fetch from outside, and updates may not")
    text = add_using(text, job.get("default_graphs", []), job.get("named_graphs", []))
    try:
        store.store.update(text, prefixes=store.iris.prefixes, base_iri=job.get("base") or store.iris.base)
    except SyntaxError as error:
        raise explain_syntax(text, error) from None


def _fetching_words(update: str) -> list[str]:
    """SERVICE and LOAD where they are keywords, or might be (a comparison can look like an IRI)."""
    found = []
    for text in {update, open_code_points(update)}:
        for token in split_tokens(text):
            if token.kind == "word" and token.text.upper() in ("SERVICE", "LOAD"):
                found.append(token.text.upper())
            elif token.kind == "iri" and ")" in token.text and "service" in token.text.lower():
                found.append("SERVICE")
    return found


def _read_graph(job: dict[str, Any], target: BinaryIO, store: SparqlStore, settings: WorkerSettings) -> None:
    graph = _graph_name(job)
    if isinstance(graph, ox.NamedNode) and not store.store.contains_named_graph(graph):
        raise Failure(404, f"There is no graph <{graph.value}> here")
    wanted = choose(job.get("accept", ""), GRAPH_TYPES)
    if wanted is None:
        raise Failure(406, "A graph comes as " + ", ".join(media for media, _ in GRAPH_TYPES))
    row = FORMATS[wanted]
    if row.graph is None:
        raise Failure(406, "A graph cannot be written so")
    writer = _LateHead(
        target, pack_json(HEAD, {"status": 200, "media_type": row.media_type}), settings.max_bytes
    )
    prefixes = store.iris.prefixes if row.graph == ox.RdfFormat.TURTLE else None
    store.store.dump(cast(IO[bytes], writer), row.graph, from_graph=graph, prefixes=prefixes)
    writer.flush()


def _write_graph(job: dict[str, Any], body: bytes, store: SparqlStore, settings: WorkerSettings) -> int:
    """PUT, POST or DELETE of a graph (SPARQL 1.1 Graph Store HTTP Protocol, sections 5.3 to 5.6)."""
    if not settings.writable:
        raise Failure(403, "This endpoint is read-only")
    if job.get("whole") and not _keeps_graphs(job):
        # A graph without a name gets one of its content (section 5.5).
        job["made"] = job["graph"] = f"{store.iris.base}graph/posted/{hashlib.sha256(body).hexdigest()[:32]}"
    graph = _graph_name(job)
    there = isinstance(graph, ox.DefaultGraph) or store.store.contains_named_graph(graph)
    if job["method"] == "DELETE":
        if not there:
            raise Failure(404, "There is no such graph here")
        if isinstance(graph, ox.DefaultGraph):
            store.store.clear_graph(graph)
        else:
            store.store.remove_graph(graph)
        return 204
    base = graph.value if isinstance(graph, ox.NamedNode) else job.get("base") or store.iris.base
    quads = [quad for media, part in _parts(job, body) for quad in _parse(media, part, base)]
    if not (job.get("whole") and _keeps_graphs(job)):
        quads = [ox.Quad(q.subject, q.predicate, q.object, graph) for q in quads]
    if job["method"] == "PUT":
        store.store.clear_graph(graph)
    if isinstance(graph, ox.NamedNode):
        store.store.add_graph(graph)
    store.store.extend(quads)
    return 204 if there else 201


def _parts(job: dict[str, Any], body: bytes) -> list[tuple[str, bytes]]:
    """The documents of a body with their media types: one, or those of a form with files (section 5.5)."""
    if job["content_type"] != "multipart/form-data":
        return [(job["content_type"], body)]
    header = f"Content-Type: {job['content_header']}\r\n\r\n".encode("latin-1", "replace")
    message = email.message_from_bytes(header + body)
    return [
        (part.get_content_type(), payload)
        for part in message.walk()
        if not part.is_multipart() and isinstance(payload := part.get_payload(decode=True), bytes)
    ]


def _parse(media: str, body: bytes, base: str) -> list[ox.Quad]:
    format = RDF_TYPES.get(media)
    if format is None:
        raise Failure(415, "A graph's body is one of " + ", ".join(RDF_TYPES))
    try:
        return list(ox.parse(io.BytesIO(body), format, base_iri=base))
    except SyntaxError as error:
        raise Failure(400, f"The body cannot be read: {error}") from None


def _keeps_graphs(job: dict[str, Any]) -> bool:
    format = RDF_TYPES.get(job.get("content_type", ""))
    return format is not None and format.supports_datasets


def _graph_name(job: dict[str, Any]) -> ox.NamedNode | ox.DefaultGraph:
    return _node(job["graph"]) if job.get("graph") else ox.DefaultGraph()


def _node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise QueryError(f"{iri!r} is no IRI: {error}") from None


def _read_body(source: BinaryIO) -> bytes:
    parts = []
    while (frame := read_frame(source)) is not None and frame.kind == DATA:
        parts.append(frame.payload)
    return b"".join(parts)
