"""What the site's pages look up again and again, gathered once.

Input: a ``KnowledgeGraph``. Output: claims by node, pages by node, things by paper.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict

from exports.pages.data import safe_text
from exports.pages.site.names import page_path
from kg.graph import KnowledgeGraph, Node, node_id, node_label, node_type
from kg.model import Claim, Paper

_COMMON = 400
"""A thing that more papers than this name says nothing about which of them are related."""


class SiteIndex:
    """Look-ups for one graph.

    Attributes:
        graph: the graph.
        nodes: by id.
        labels: by id, safe to show.
        paths: of the pages, by id.
        claims: at each node, by id, in the order of the graph.
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self.graph = graph
        self.nodes: dict[str, Node] = {node_id(node): node for node in graph.nodes()}
        self.labels = {i: safe_text(node_label(node)) for i, node in self.nodes.items()}
        self.types = {i: node_type(node) for i, node in self.nodes.items()}
        self.paths = {i: page_path(i) for i in self.nodes}
        self.claims: dict[str, list[Claim]] = defaultdict(list)
        self.things: dict[str, set[str]] = defaultdict(set)
        self.papers: dict[str, set[str]] = defaultdict(set)
        for claim in graph.claims():
            self.claims[claim.subject].append(claim)
            self.claims[claim.object].append(claim)
            if claim.subject.startswith("paper/"):
                self.things[claim.subject].add(claim.object)
                self.papers[claim.object].add(claim.subject)

    def groups(self, identifier: str) -> list[tuple[str, bool, list[tuple[str, list[Claim]]]]]:
        """Relation, direction (True where it leads away), and the other ends with their claims, surest first."""
        found: dict[tuple[str, bool], dict[str, list[Claim]]] = {}
        for claim in self.claims[identifier]:
            away = claim.subject == identifier
            other = claim.object if away else claim.subject
            found.setdefault((claim.relation, away), {}).setdefault(other, []).append(claim)
        groups = []
        for (relation, away), ends in found.items():
            rows = [
                (other, sorted(claims, key=lambda c: (-c.confidence, c.id))) for other, claims in ends.items()
            ]
            rows.sort(key=lambda row: (self._recent(row[0]), -row[1][0].confidence, row[0]))
            groups.append((relation, away, rows))
        return groups

    def _recent(self, identifier: str) -> int:
        node = self.nodes[identifier]
        return -(node.date.year or 0) if isinstance(node, Paper) and node.date else 0

    def months(self, identifier: str) -> dict[str, int]:
        """Papers that speak of a node by year, without gaps; by month where all are of one or two years."""
        dates = [
            node.date
            for node in (self.nodes[i] for i in self.papers[identifier])
            if isinstance(node, Paper) and node.date is not None and node.date.year is not None
        ]
        years = {d.year for d in dates if d.year}
        if len(dates) < 2:
            return {}
        low, high = min(years), max(years)
        if high - low <= 1 and all(d.month for d in dates):
            counts = Counter((d.year or 0) * 12 + (d.month or 1) - 1 for d in dates)
            return {f"{m // 12}-{m % 12 + 1:02d}": counts[m] for m in range(min(counts), max(counts) + 1)}
        by_year = Counter(d.year for d in dates)
        return {str(year): by_year[year] for year in range(low, high + 1)}

    def together(self, identifier: str, *, limit: int = 12) -> list[tuple[str, int]]:
        """Things that most papers name together with this one, and in how many."""
        counts: Counter[str] = Counter()
        for paper in heapq.nsmallest(2000, self.papers[identifier]):
            counts.update(self.things[paper])
        del counts[identifier]
        ranked = heapq.nsmallest(
            limit,
            ((i, n) for i, n in counts.items() if self.types[i] not in ("paper", "resource")),
            key=lambda row: (-row[1], row[0]),
        )
        return [row for row in ranked if row[1] > 1][:limit] or ranked[: limit // 2]

    def related(self, identifier: str, *, limit: int = 8) -> list[tuple[str, int]]:
        """Papers that share most things with a paper, rare ones counting more; and how many they share."""
        weights: dict[str, float] = defaultdict(float)
        shared: Counter[str] = Counter()
        for thing in sorted(self.things[identifier]):
            papers = self.papers[thing]
            if not 1 < len(papers) <= _COMMON:
                continue
            share = 1.0 / len(papers)
            for paper in papers:
                weights[paper] += share
                shared[paper] += 1
        weights.pop(identifier, None)
        ranked = heapq.nsmallest(limit, weights, key=lambda i: (-round(weights[i], 9), i))
        return [(i, shared[i]) for i in ranked]
