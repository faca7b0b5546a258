"""What a page knows: the graph, or its most connected part, as columns ready for JSON.

Input: a ``KnowledgeGraph`` and how many nodes to show. Output: ``PageData``, which both pages read. A sentence is not
stored beside each claim: a claim points into its paper's text, in UTF-16 units as JavaScript counts.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from exports.flat import count_papers, node_url
from exports.pages.layout import compute_layout
from kg.graph import KnowledgeGraph, Node, node_id, node_label, node_type
from kg.model import Claim, Entity
from kg.schema import NODE_TYPES, RELATIONS

# One for one, so that offsets stay true: control characters, lone surrogates, and the marks that reverse the reading
# direction and could make a name look like another.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_WEB = re.compile(r"https?://[^\s<>\"'`\\]+\Z", re.IGNORECASE)
_SCALE = 10_000

OVERVIEW = 1000
"""How many nodes a page of a large graph opens with."""


@dataclass(frozen=True, slots=True)
class PageData:
    """Everything that a page shows.

    Attributes:
        content: plain data for JSON: ``types``, ``relations``, ``nodes``, ``papers``, ``claims``, each by column.
        shown: number of nodes on the page.
        total: number of nodes of the graph.
    """

    content: dict[str, Any]
    shown: int
    total: int


def safe_text(text: str) -> str:
    """The text with every character that a page must not hold replaced by U+FFFD, one for one."""
    return _UNSAFE.sub("\ufffd", text)


def safe_url(url: str) -> str:
    """The URL if it is plain http or https, else nothing: no ``javascript:`` and no ``data:`` ever becomes a link."""
    return url if _WEB.match(url) and not _UNSAFE.search(url) else ""


def choose_nodes(graph: KnowledgeGraph, limit: int | None) -> list[Node]:
    """The best-connected part of the graph, in the order of the graph; all of it where ``limit`` is None.

    Half are the things that most papers speak of, half the papers that speak of most of these, so that what is shown
    hangs together.
    """
    nodes = list(graph.nodes())
    if limit is None or len(nodes) <= limit:
        return nodes
    spoken = count_papers(graph)
    things = [node_id(node) for node in nodes if node_type(node) != "paper"]
    things.sort(key=lambda identifier: (-spoken.get(identifier, 0), identifier))
    chosen = set(things[: limit // 2])
    ties: Counter[str] = Counter()
    statements = [c for c in graph.claims() if c.object in chosen and c.subject.startswith("paper/")]
    for claim in statements:
        ties[claim.subject] += 1
    papers = set(sorted(ties, key=lambda identifier: (-ties[identifier], identifier))[: limit - len(chosen)])
    # What none of these papers speaks of would stand alone.
    chosen = {claim.object for claim in statements if claim.subject in papers} | papers
    return [node for node in nodes if node_id(node) in chosen]


def collect(graph: KnowledgeGraph, *, limit: int | None = None) -> PageData:
    """Gather what a page shows, with positions.

    Args:
        graph: the graph.
        limit: the most nodes to show, best connected first; None for all.

    Returns:
        The data of the page.
    """
    nodes = choose_nodes(graph, limit)
    index = {node_id(node): number for number, node in enumerate(nodes)}
    claims = [c for c in graph.claims() if c.subject in index and c.object in index]
    ends = np.array([(index[c.subject], index[c.object]) for c in claims], dtype=np.int64).reshape(-1, 2)
    overview = [index[node_id(node)] for node in choose_nodes(graph, OVERVIEW)] if limit is None else []
    layout = compute_layout(
        len(nodes), ends, anchors=np.array(overview, dtype=np.int64) if overview else None
    )
    content = {
        "types": [
            {"name": t.name, "label": t.label, "plural": t.plural, "colour": t.colour}
            for t in NODE_TYPES.values()
        ],
        "relations": [
            {"name": r.name, "label": r.label, "inverse": r.inverse_label} for r in RELATIONS.values()
        ],
        "nodes": _node_columns(graph, nodes, layout.positions * _SCALE),
        **_claim_columns(graph, claims, index),
    }
    return PageData(content, len(nodes), len(graph))


def _node_columns(
    graph: KnowledgeGraph, nodes: list[Node], positions: np.ndarray[Any, Any]
) -> dict[str, list[Any]]:
    papers = count_papers(graph)
    types = {name: number for number, name in enumerate(NODE_TYPES)}
    return {
        "id": [safe_text(node_id(node)) for node in nodes],
        "type": [types[node_type(node)] for node in nodes],
        "label": [safe_text(node_label(node)) for node in nodes],
        "x": [round(float(x)) for x in positions[:, 0]],
        "y": [round(float(y)) for y in positions[:, 1]],
        "papers": [papers.get(node_id(node), 0) for node in nodes],
        "url": [safe_url(node_url(node)) for node in nodes],
        "aliases": [
            [safe_text(alias) for alias in node.aliases if alias != node.name]
            if isinstance(node, Entity)
            else []
            for node in nodes
        ],
        "links": [
            [url for url in map(safe_url, node.same_as) if url] if isinstance(node, Entity) else []
            for node in nodes
        ],
    }


def _claim_columns(graph: KnowledgeGraph, claims: list[Claim], index: dict[str, int]) -> dict[str, Any]:
    speaking = {claim.paper_id for claim in claims}
    papers = [paper for paper in graph.papers() if paper.node_id in index or paper.id in speaking]
    number = {paper.id: position for position, paper in enumerate(papers)}
    units = [_utf16_offsets(paper.text) for paper in papers]
    relations = {name: i for i, name in enumerate(RELATIONS)}
    columns: dict[str, list[Any]] = {
        key: [] for key in ("source", "target", "relation", "paper", "confidence", "start", "end", "focus")
    }
    for claim in claims:
        paper_number = number[claim.paper_id]
        unit = units[paper_number]
        columns["source"].append(index[claim.subject])
        columns["target"].append(index[claim.object])
        columns["relation"].append(relations[claim.relation])
        columns["paper"].append(paper_number)
        columns["confidence"].append(round(claim.confidence * 100))
        columns["start"].append(_at(unit, claim.evidence.start))
        columns["end"].append(_at(unit, claim.evidence.end))
        columns["focus"].append([_at(unit, e) for s in claim.evidence.focus for e in (s.start, s.end)])
    return {
        "papers": {
            "node": [index.get(paper.node_id, -1) for paper in papers],
            "title": [safe_text(paper.title) for paper in papers],
            "abstract": [safe_text(paper.abstract) for paper in papers],
            "date": [str(paper.date) if paper.date else "" for paper in papers],
            "year": [(paper.date.year if paper.date else None) or 0 for paper in papers],
            "authors": [safe_text(", ".join(paper.authors)) for paper in papers],
            "source": [sorted({safe_text(s.source) for s in paper.sightings}) for paper in papers],
            "url": [safe_url(node_url(paper)) for paper in papers],
        },
        "claims": columns,
    }


def _utf16_offsets(text: str) -> list[int] | None:
    """Offset in UTF-16 units of every code point and of the end; None where it is the offset in code points."""
    if text.isascii() or max(text) <= "\uffff":
        return None
    return [0, *accumulate(2 if char > "\uffff" else 1 for char in text)]


def _at(units: list[int] | None, offset: int) -> int:
    return offset if units is None else units[offset]
