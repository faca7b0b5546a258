"""Cytoscape JSON (``.cyjs``), for Cytoscape desktop and Cytoscape.js."""

from __future__ import annotations

import json
from pathlib import Path

from exports.flat import flatten
from kg.atomic import atomic_write
from kg.graph import KnowledgeGraph


class CytoscapeExporter:
    """Writes ``{"elements": {"nodes": […], "edges": […]}}``, each element under ``data``."""

    name = "cytoscape"
    suffixes = (".cyjs", ".cytoscape.json")

    def write(self, graph: KnowledgeGraph, path: Path, *, base_iri: str) -> None:
        """Write the graph; ``data.base_iri`` names the base under which the node ids are IRIs.

        Raises:
            ExportError: where the file cannot be written.
        """
        flat = flatten(graph)
        nodes = [
            {"data": {"id": node, "name": data["label"], **data}} for node, data in flat.nodes(data=True)
        ]
        edges = [
            {"data": {"id": key, "source": source, "target": target, "interaction": data["relation"], **data}}
            for source, target, key, data in flat.edges(keys=True, data=True)
        ]
        content = {
            "format_version": "1.0",
            "generated_by": "paper-kg",
            "data": {"name": "paper-kg", "base_iri": base_iri},
            "elements": {"nodes": nodes, "edges": edges},
        }
        with atomic_write(path) as stream:
            json.dump(content, stream, ensure_ascii=False, indent=1)
            stream.write("\n")


cytoscape = CytoscapeExporter()
