"""The RDF exporters: each writes a whole graph to one file, streamed, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from exports.rdf.iris import Iris
from exports.rdf.jsonld import write_jsonld
from exports.rdf.lines import write_lines
from exports.rdf.rdfxml import write_rdfxml
from exports.rdf.statements import PROFILES, Block, Profile
from exports.rdf.triples import GraphSource, describe
from exports.rdf.turtle import write_turtle
from kg.atomic import atomic_write
from kg.errors import ExportError
from kg.schema import DEFAULT_BASE_IRI

Writer = Callable[[Iterable[Block], Iris], Iterator[str]]
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class RdfExporter:
    """One RDF serialisation.

    Attributes:
        name: of the format, such as ``turtle``.
        suffixes: of its files, the usual one first.
        media_type: as in HTTP.
        holds_graphs: True where it keeps the named graphs; else all statements are in one graph.
        pieces: writes blocks as text.
    """

    name: str
    suffixes: tuple[str, ...]
    media_type: str
    holds_graphs: bool
    pieces: Writer

    def write(
        self, graph: GraphSource, path: Path, *, base_iri: str = DEFAULT_BASE_IRI, profile: Profile = "full"
    ) -> None:
        """Write the graph to a file, all or nothing.

        The same graph gives the same bytes, whatever the hash seed and the order in which it was put together.

        Args:
            graph: what to write.
            path: the file to make or replace.
            base_iri: where the IRIs begin.
            profile: ``full`` with the evidence, ``core`` without.

        Raises:
            ExportError: where the file cannot be written, or for a base that is no IRI or an unknown profile.
        """
        with atomic_write(Path(path)) as stream:
            for chunk in self.chunks(graph, base_iri=base_iri, profile=profile):
                stream.write(chunk)

    def chunks(
        self, graph: GraphSource, *, base_iri: str = DEFAULT_BASE_IRI, profile: Profile = "full"
    ) -> Iterator[str]:
        """The file as pieces of text of about 256 KiB.

        Raises:
            ExportError: for a base that is no IRI or an unknown profile.
        """
        if profile not in PROFILES:
            raise ExportError(f"unknown profile {profile!r}", hint=f"Known profiles: {', '.join(PROFILES)}")
        iris = Iris(base_iri)
        blocks = describe(graph, iris, profile=profile)
        if not self.holds_graphs and profile == "full":
            blocks = _without_repeats(blocks)
        held: list[str] = []
        size = 0
        for piece in self.pieces(blocks, iris):
            held.append(piece)
            size += len(piece)
            if size >= _CHUNK:
                yield "".join(held)
                held, size = [], 0
        yield "".join(held)


def _without_repeats(blocks: Iterator[Block]) -> Iterator[Block]:
    """Leave out the plain triples of the named graphs: the default graph has them already."""
    for block in blocks:
        if not block.graph or any(predicate == "rdf:type" for predicate, _, _ in block.pairs):
            yield block


def _nquads(blocks: Iterable[Block], iris: Iris) -> Iterator[str]:
    return write_lines(blocks, iris, quads=True)


def _ntriples(blocks: Iterable[Block], iris: Iris) -> Iterator[str]:
    return write_lines(blocks, iris, quads=False)


def _turtle(blocks: Iterable[Block], iris: Iris) -> Iterator[str]:
    return write_turtle(blocks, iris, graphs=False)


def _trig(blocks: Iterable[Block], iris: Iris) -> Iterator[str]:
    return write_turtle(blocks, iris, graphs=True)


turtle = RdfExporter("turtle", (".ttl",), "text/turtle", False, _turtle)
ntriples = RdfExporter("ntriples", (".nt",), "application/n-triples", False, _ntriples)
nquads = RdfExporter("nquads", (".nq",), "application/n-quads", True, _nquads)
trig = RdfExporter("trig", (".trig",), "application/trig", True, _trig)
jsonld = RdfExporter("jsonld", (".jsonld",), "application/ld+json", True, write_jsonld)
rdfxml = RdfExporter("rdfxml", (".rdf",), "application/rdf+xml", False, write_rdfxml)

FORMATS: tuple[RdfExporter, ...] = (turtle, ntriples, nquads, trig, jsonld, rdfxml)
