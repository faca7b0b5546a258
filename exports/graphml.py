"""GraphML (http://graphml.graphdrawing.org/specification.html): read by yEd, Gephi, igraph, Neo4j, networkx."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import networkx as nx

from exports.flat import flatten
from kg.atomic import atomic_write
from kg.graph import KnowledgeGraph


class GraphMLExporter:
    """Writes one GraphML file with typed attributes; an edge a claim, its id the claim's."""

    name = "graphml"
    suffixes = (".graphml",)

    def write(self, graph: KnowledgeGraph, path: Path, *, base_iri: str) -> None:
        """Write the graph; the base IRI plays no part, for GraphML has plain ids.

        Raises:
            ExportError: where the file cannot be written.
        """
        buffer = BytesIO()
        # The writer without lxml, whichever is installed: the bytes must not depend on it.
        nx.readwrite.graphml.write_graphml_xml(flatten(graph), buffer, named_key_ids=True)
        with atomic_write(path, binary=True) as stream:
            stream.write(buffer.getvalue())


graphml = GraphMLExporter()
