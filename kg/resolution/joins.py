"""Labels that are variants of each other become one: same stems, or names that papers give side by side."""

from __future__ import annotations

from collections import Counter, defaultdict

from kg.resolution.abbreviations import is_short
from kg.resolution.assign import Assigned
from kg.resolution.items import KINDS, Items
from kg.resolution.known import KnownNames
from kg.resolution.labels import Labels
from kg.resolution.senses import type_fit
from kg.resolution.similar import contains_words, numbers_of, stem_key

_FITS = 0.9
_PAPERS_NEEDED, _SHARE_NEEDED = 3, 0.1


def join_variants(items: Items, known: KnownNames, labels: Labels, assigned: Assigned) -> None:
    """Join the labels of the rows where their names are variants; remember weaker signs as guesses."""
    kinds = label_kinds(items, assigned)
    _join_stems(items, labels, assigned, kinds)
    _join_aliases(items, known, labels, assigned, kinds)


def label_kinds(items: Items, assigned: Assigned) -> dict[int, int]:
    """By label, the number of the type that most of its rows have."""
    counts: dict[int, Counter[int]] = defaultdict(Counter)
    for row in range(len(items)):
        counts[assigned.label[row]][items.kind[row]] += 1
    return {label: min(c, key=lambda k: (-c[k], k)) for label, c in counts.items()}


def _join_stems(items: Items, labels: Labels, assigned: Assigned, kinds: dict[int, int]) -> None:
    """Names whose words have the same stems, the same numbers and the same type."""
    seen: set[tuple[int, int]] = set()
    blocks: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in range(len(items)):
        label = assigned.label[row]
        if (items.key[row], label) in seen:
            continue
        seen.add((items.key[row], label))
        if labels.names[label][0] == "own":
            continue
        key = stem_key(items.name[row])
        if key:
            blocks[(key, kinds[label])].append(row)
    for (key, _), rows in sorted(blocks.items()):
        first = rows[0]
        for row in rows[1:]:
            same = numbers_of(items.keys[items.key[row]]) == numbers_of(items.keys[items.key[first]])
            if same and assigned.label[row] != assigned.label[first]:
                labels.join(
                    assigned.label[first], assigned.label[row], reason=f"same stems: {key}", score=0.88
                )


def _join_aliases(
    items: Items, known: KnownNames, labels: Labels, assigned: Assigned, kinds: dict[int, int]
) -> None:
    """Names that papers give as two names of one thing, if enough papers do and the names are no parts of each other.

    Enough are three, and a tenth of those that have the rarer name: of many papers on contrastive learning some will
    always speak of its loss as if it were the same.
    """
    sizes = Counter(assigned.label)
    label_of_key: dict[int, set[int]] = defaultdict(set)
    for row in range(len(items)):
        label_of_key[items.key[row]].add(assigned.label[row])
    votes: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    for row in sorted(items.aliases):
        own = assigned.label[row]
        for key, alias in items.aliases[row]:
            if is_short(alias):
                continue  # what letters mean is settled by the senses; papers that use them differ
            others = label_of_key.get(key, ())
            if len(others) == 1 and own not in others:
                votes[(own, next(iter(others)))].append((row, alias))
    for (left, right), found in sorted(votes.items()):
        if labels.find(left) == labels.find(right):
            continue
        row, alias = found[0]
        name = items.name[row]
        parts = contains_words(name, alias) or contains_words(alias, name)
        if parts or type_fit(KINDS[kinds[left]], KINDS[kinds[right]]) < _FITS:
            continue
        if numbers_of(items.keys[items.key[row]]) != numbers_of(items.keys[_key_of(items, row, alias)]):
            continue
        papers = len({items.paper[r] for r, _ in found})
        if papers >= max(_PAPERS_NEEDED, _SHARE_NEEDED * min(sizes[left], sizes[right])):
            labels.join(left, right, reason=f"{papers} papers give both names", score=0.85)
        else:
            assigned.guess(left, right, 0.5)


def _key_of(items: Items, row: int, alias: str) -> int:
    return next(key for key, text in items.aliases[row] if text == alias)
