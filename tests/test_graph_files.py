"""GraphML, GEXF and Cytoscape JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from pages_graph import make_graph, make_hostile_graph

from exports.cytoscape import cytoscape
from exports.gexf import gexf
from exports.graphml import graphml
from kg.graph import KnowledgeGraph
from kg.schema import DEFAULT_BASE_IRI

EXPORTERS = (graphml, gexf, cytoscape)


def _write(exporter: Any, graph: KnowledgeGraph, path: Path) -> Path:
    exporter.write(graph, path, base_iri=DEFAULT_BASE_IRI)
    return path


@pytest.mark.parametrize(("exporter", "read"), [(graphml, nx.read_graphml), (gexf, nx.read_gexf)])
@pytest.mark.parametrize("make", [make_graph, make_hostile_graph])
def test_networkx_reads_it_back(
    tmp_path: Path, exporter: Any, read: Callable[[Path], Any], make: Callable[[], KnowledgeGraph]
) -> None:
    """Same nodes, same number of edges, whatever the names hold."""
    graph = make()
    back = read(_write(exporter, graph, tmp_path / "g.xml"))
    assert back.number_of_nodes() == len(graph)
    assert back.number_of_edges() == len(graph.claims())
    assert back.is_directed()


def test_graphml_attributes_are_typed(tmp_path: Path) -> None:
    """Numbers come back as numbers, evidence as text."""
    back = nx.read_graphml(_write(graphml, make_graph(), tmp_path / "g.graphml"), force_multigraph=True)
    assert back.nodes["dataset/widgetbench"]["papers"] == 2
    assert back.nodes["paper/2401.00001"]["year"] == 2024
    edge = back.edges["paper/2401.00001", "model/widgetnet", "claim/2401.00001/introduces/model/widgetnet"]
    assert edge["confidence"] == 0.9
    assert edge["evidence"] == "We present WidgetNet, a model that reads widgets."


def test_gexf_has_the_colours_of_the_schema_and_no_date(tmp_path: Path) -> None:
    """Gephi draws the types as the pages do; the file does not say when it was written."""
    text = _write(gexf, make_graph(), tmp_path / "g.gexf").read_text("utf-8")
    assert '<viz:color r="0" g="114" b="178"' in text
    assert "lastmodified" not in text


def test_cytoscape_names_every_end(tmp_path: Path) -> None:
    """Every edge joins two listed nodes and carries its sentence."""
    content = json.loads(_write(cytoscape, make_graph(), tmp_path / "g.cyjs").read_text("utf-8"))
    nodes = {n["data"]["id"] for n in content["elements"]["nodes"]}
    for edge in content["elements"]["edges"]:
        assert {edge["data"]["source"], edge["data"]["target"]} <= nodes
        assert edge["data"]["evidence"]


@pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda e: e.name)
def test_the_bytes_are_the_same_twice(tmp_path: Path, exporter: Any) -> None:
    """Writing again gives the same bytes."""
    first = _write(exporter, make_graph(), tmp_path / "a").read_bytes()
    assert first == _write(exporter, make_graph(), tmp_path / "b").read_bytes()
