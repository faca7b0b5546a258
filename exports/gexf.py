"""GEXF 1.2 (https://gexf.net), the format of Gephi, with the schema's colours."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
from networkx.readwrite.gexf import GEXFWriter

from exports.flat import flatten
from kg.atomic import atomic_write
from kg.graph import KnowledgeGraph


class GEXFExporter:
    """Writes one GEXF file: typed attributes, labels, colours by type, sizes by the number of papers."""

    name = "gexf"
    suffixes = (".gexf",)

    def write(self, graph: KnowledgeGraph, path: Path, *, base_iri: str) -> None:
        """Write the graph; the base IRI plays no part, for GEXF has plain ids.

        Raises:
            ExportError: where the file cannot be written.
        """
        writer = GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
        writer.add_graph(_dress(flatten(graph)))
        for meta in writer.xml.iter("meta"):
            # The writer stamps today's date, which would make every file new.
            meta.attrib.pop("lastmodifieddate", None)
        writer.indent(writer.xml)
        with atomic_write(path, binary=True) as stream:
            stream.write(b'<?xml version="1.0" encoding="UTF-8"?>\n')
            stream.write(ElementTree.tostring(writer.xml, encoding="utf-8"))
            stream.write(b"\n")


def _dress(flat: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    """Turn colour and weight into what Gephi draws; number the edges, whose ids networkx reads back as integers."""
    for _, data in flat.nodes(data=True):
        colour = str(data.pop("colour"))
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        shape: dict[str, Any] = {"color": {"r": red, "g": green, "b": blue, "a": 1.0}}
        shape["size"] = round(4 + 3 * float(data["papers"]) ** 0.5, 2)
        data["viz"] = shape
    numbered: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    numbered.add_nodes_from(flat.nodes(data=True))
    for number, (source, target, key, data) in enumerate(flat.edges(keys=True, data=True)):
        numbered.add_edge(source, target, key=number, claim=key, weight=data["confidence"], **data)
    return numbered


gexf = GEXFExporter()
