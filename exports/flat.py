"""The graph as plain networkx data that any file format can hold.

Input: a ``KnowledgeGraph``. Output: a ``networkx.MultiDiGraph`` whose attributes are only strings, integers and
floats, whose strings are legal in XML and UTF-8, and whose order is that of the graph (papers, entities, resources;
claims by paper). GraphML, GEXF and Cytoscape all start from here, so that they agree.
"""

from __future__ import annotations

import re

import networkx as nx

from kg.graph import KnowledgeGraph, Node, node_id, node_label, node_type
from kg.model import Entity, Paper, Resource
from kg.schema import NODE_TYPES, RELATIONS

LIST_SEPARATOR = " | "

# What XML 1.0 (https://www.w3.org/TR/xml/#charsets) does not allow, lone surrogates and non-characters among it.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

Plain = str | int | float


def clean_text(text: str) -> str:
    """The text without the characters that XML or UTF-8 cannot hold; carriage returns become line feeds."""
    return _ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def join_list(values: tuple[str, ...]) -> str:
    """Several values in one cell."""
    return LIST_SEPARATOR.join(clean_text(v) for v in values)


def node_url(node: Node) -> str:
    """The web page of a node: of the paper, the thing or the resource; empty where none is known."""
    if isinstance(node, Resource):
        return node.url
    if isinstance(node, Entity):
        return node.homepage or ""
    if node.arxiv_id:
        return f"https://arxiv.org/abs/{node.arxiv_id}"
    return f"https://doi.org/{node.doi}" if node.doi else ""


def count_papers(graph: KnowledgeGraph) -> dict[str, int]:
    """Number of papers that speak of each node, by node id; nodes that none speaks of are left out."""
    papers: dict[str, set[str]] = {}
    for claim in graph.claims():
        papers.setdefault(claim.subject, set()).add(claim.paper_id)
        papers.setdefault(claim.object, set()).add(claim.paper_id)
    return {node: len(ids) for node, ids in papers.items()}


def flatten(graph: KnowledgeGraph) -> nx.MultiDiGraph[str]:
    """The graph with plain attributes, one edge a claim, keyed by the claim's id."""
    flat: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    papers = count_papers(graph)
    for node in graph.nodes():
        flat.add_node(clean_text(node_id(node)), **_node_attributes(node, papers.get(node_id(node), 0)))
    for claim in graph.claims():
        flat.add_edge(
            clean_text(claim.subject),
            clean_text(claim.object),
            key=clean_text(claim.id),
            relation=claim.relation,
            label=RELATIONS[claim.relation].label,
            paper=clean_text(claim.paper_id),
            confidence=round(claim.confidence, 6),
            evidence=clean_text(claim.evidence.quote),
            start=claim.evidence.start,
            end=claim.evidence.end,
            surface=clean_text(claim.surface),
            stated_type=claim.stated_type,
            extractor=clean_text(claim.extractor),
        )
    return flat


def _node_attributes(node: Node, papers: int) -> dict[str, Plain]:
    kind = node_type(node)
    plain: dict[str, Plain] = {
        "label": clean_text(node_label(node)),
        "type": kind,
        "colour": NODE_TYPES[kind].colour,
        "papers": papers,
    }
    url = clean_text(node_url(node))
    if url:
        plain["url"] = url
    if isinstance(node, Paper):
        plain |= {"abstract": clean_text(node.abstract), "authors": join_list(node.authors)}
        if node.date is not None:
            plain["date"] = str(node.date)
            if node.date.year is not None:
                plain["year"] = node.date.year
    elif isinstance(node, Entity):
        plain |= {"aliases": join_list(node.aliases), "same_as": join_list(node.same_as)}
        if node.close_match:
            plain["close_match"] = join_list(node.close_match)
    else:
        plain["kind"] = str(node.kind)
    return plain
