"""Fill an Oxigraph store with a graph."""

from __future__ import annotations

import tempfile

import pyoxigraph as ox

from exports.rdf.formats import nquads
from exports.rdf.statements import Profile
from exports.rdf.triples import GraphSource


def fill_store(store: ox.Store, graph: GraphSource, *, base_iri: str, profile: Profile = "full") -> None:
    """Put all statements of a graph into an empty store; they pass through a file, so that memory holds them once.

    Raises:
        OSError: where the disk is full.
        ExportError: where the base is no IRI.
    """
    with tempfile.TemporaryFile() as file:
        for chunk in nquads.chunks(graph, base_iri=base_iri, profile=profile):
            file.write(chunk.encode("utf-8"))
        file.seek(0)
        store.bulk_load(file, ox.RdfFormat.N_QUADS)
