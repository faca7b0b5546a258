"""People's decisions applied: they override what the rules would do."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from kg.merges import DIFFERENT, SAME, Decision, Decisions, Reference
from kg.model import EntityType
from kg.resolution.assign import Assigned
from kg.resolution.items import KINDS, Items, key_of, tidy
from kg.resolution.labels import Labels
from kg.resolution.slugs import slug

_NODE_ID = re.compile(rf"({'|'.join(EntityType)})/(\S+)")


def apply_decisions(items: Items, labels: Labels, assigned: Assigned, decisions: Decisions) -> None:
    """Join and separate labels as people decided; called before the rules join labels, so that these obey.

    A decision about a name that no paper has does nothing: names come and go with the papers.
    """
    if not decisions.entries:
        return
    finder = _Finder(items, decisions)
    for decision in decisions.entries:
        if decision.verdict == DIFFERENT:
            _separate(items, labels, assigned, finder, decision)
    for decision in decisions.entries:
        if decision.verdict == SAME:
            sides = finder.rows(decision.left), finder.rows(decision.right)
            if all(sides):
                chosen = sorted({assigned.label[row] for side in sides for row in side})
                for label in chosen:
                    labels.join(chosen[0], label, reason=_says(decisions, decision), score=1.0)
    for decision in decisions.entries:
        if decision.verdict == DIFFERENT:
            for left in sorted({assigned.label[row] for row in finder.rows(decision.left)}):
                for right in sorted({assigned.label[row] for row in finder.rows(decision.right)}):
                    labels.keep_apart(left, right)


def _separate(items: Items, labels: Labels, assigned: Assigned, finder: _Finder, decision: Decision) -> None:
    """Give the left side a label of its own where both sides would share one."""
    left, right = finder.rows(decision.left), finder.rows(decision.right)
    theirs = {labels.find(assigned.label[row]) for row in right}
    for row in left:
        if labels.find(assigned.label[row]) in theirs and row not in right:
            assigned.label[row] = labels.number(("split", tidy(decision.left.name), decision.left.paper))
            assigned.reasons.pop(row, None)


def _says(decisions: Decisions, decision: Decision) -> str:
    return f"decided (line {decision.line})" if decision.line else "decided"


class _Finder:
    """The rows that a reference means: those of the very spelling, else those of the same key."""

    def __init__(self, items: Items, decisions: Decisions) -> None:
        self._found: dict[Reference, frozenset[int]] = {}
        references = {r for d in decisions.entries for r in (d.left, d.right)}
        rivals: dict[Reference, set[str]] = defaultdict(set)
        for decision in decisions.entries:
            if decision.verdict == DIFFERENT and key_of(decision.left.name) == key_of(decision.right.name):
                rivals[decision.left].add(decision.right.name)
                rivals[decision.right].add(decision.left.name)
        by_key: dict[str, list[int]] = defaultdict(list)
        by_slug: dict[str, list[int]] = defaultdict(list)
        wanted = {key_of(r.name) for r in references}
        slugs = {m.group(2) for r in references if (m := _NODE_ID.fullmatch(r.name))}
        for row, name in enumerate(items.name):
            key = key_of(name)
            if key in wanted:
                by_key[key].append(row)
            if slugs:
                plain = slug(tidy(name))
                for text in (plain, f"{plain}-{slug(items.papers[items.paper[row]])}"):
                    if text in slugs:
                        by_slug[text].append(row)
        for reference in references:
            node = _NODE_ID.fullmatch(reference.name)
            if node is not None and by_slug.get(node.group(2)):
                rows: Iterable[int] = by_slug[node.group(2)]
                of_type = [row for row in rows if KINDS[items.kind[row]] == node.group(1)]
                rows = of_type or rows
            else:
                rows = by_key.get(key_of(reference.name), ())
            if reference.paper:
                rows = [row for row in rows if items.papers[items.paper[row]] == reference.paper]
            elif reference in rivals:
                # Two spellings with one key: only the letters as written tell them apart.
                rows = [row for row in rows if tidy(items.name[row]) == reference.name]
            self._found[reference] = frozenset(rows)

    def rows(self, reference: Reference) -> list[int]:
        """Rows in order."""
        return sorted(self._found[reference])
