"""Papers that share most things with a paper, for all papers at once (the query ``related-papers``)."""

from __future__ import annotations

import numpy as np

from exports.site.facts import Facts


class RelatedPapers:
    """Finds the papers that have most entities in common.

    Each entity holds the numbers of its papers as an array; those of a paper's entities are laid end to end and
    counted, which takes some ten microseconds where nested dictionaries take milliseconds.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        # Numbered by title, so that the order of numbers is the order of ties.
        self._ids = sorted(facts.papers, key=lambda i: (facts.papers[i].title, i))
        self._number = {paper: number for number, paper in enumerate(self._ids)}
        self._things: dict[str, list[str]] = {}
        members: dict[str, list[int]] = {}
        for paper, by_relation in facts.to_things.items():
            things = {t for found in by_relation.values() for t in found if not t.startswith("resource/")}
            self._things[paper] = sorted(things)
            for thing in things:
                members.setdefault(thing, []).append(self._number[paper])
        self._members = {thing: np.array(numbers, dtype=np.int32) for thing, numbers in members.items()}

    def find(self, paper_id: str, most: int) -> list[tuple[str, int]]:
        """Paper id and number of shared things, most first."""
        arrays = [self._members[thing] for thing in self._things.get(paper_id, ())]
        if not arrays:
            return []
        counts = np.bincount(np.concatenate(arrays))
        own = self._number[paper_id]
        if own < len(counts):
            counts[own] = 0
        others = np.flatnonzero(counts)
        if len(others) > most:
            least = np.partition(counts[others], -most)[-most]
            others = others[counts[others] >= least]
        order = np.lexsort((others, -counts[others]))[:most]
        return [(self._ids[n], int(counts[n])) for n in others[order].tolist()]
