"""Names met before: how often each was an entity, of which type, and how often it was not.

Two sources stand side by side for each normalised name: the annotated abstracts (counts of papers), and a large pile
of unlabelled abstracts that an earlier tagger has read (mean probability of each type over all its places there).
Both are evidence for the taggers, never a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from extractors.crf import TYPES
from extractors.features import Document, NameHit

KINDS = (*TYPES, "optional", "none")
LONGEST = 7


@lru_cache(maxsize=65536)
def word_key(lower: str) -> str:
    """The part of a lower-case word that counts in a name."""
    return (
        lower
        if lower.isalnum() and lower.isascii()
        else "".join(c for c in lower if c.isascii() and (c.isalnum() or c in "+*"))
    )


def fold_plural(key: str) -> str:
    """Take a plural s off a key."""
    return key[:-1] if len(key) > 4 and key[-1] == "s" and key[-2] != "s" else key


@dataclass(slots=True)
class NameTable:
    """Evidence by normalised name."""

    gold: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Papers in which the name was of each of :data:`KINDS`."""
    corpus: dict[str, tuple[float, ...]] = field(default_factory=dict)
    """Logarithm of the number of places, then mean probability of each type and of "optional"."""
    openers: dict[str, int] = field(default_factory=dict)
    """First word of a known name: the most words of such a name."""
    pairs: set[str] = field(default_factory=set)
    """The first two words of known names that have more than one, normalised together."""
    marks: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)
    """Features of names that have been asked for, see :func:`evidence_features`."""

    def find(self, document: Document) -> list[NameHit]:
        """Find all known names in a document, overlapping ones too; none crosses a sentence border."""
        if document.known is None or document.known[0] is not self:
            document.known = self, self._find(document.lower, document.sentences)
        return document.known[1]

    def _find(self, lower: Sequence[str], sentences: Sequence[tuple[int, int]]) -> list[NameHit]:
        hits = []
        gold, corpus, openers, pairs = self.gold, self.corpus, self.openers, self.pairs
        for begin, end in sentences:
            for start in range(begin, end):
                reach = openers.get(lower[start])
                if reach is None:
                    continue
                key = word_key(lower[start])
                folded = fold_plural(key)
                if folded in gold or folded in corpus:
                    hits.append(NameHit(start, start + 1, folded))
                parts = 1
                for stop in range(start + 1, min(end, start + reach)):
                    part = word_key(lower[stop])
                    if not part:
                        continue
                    key += part
                    parts += 1
                    folded = fold_plural(key)
                    if parts == 2 and folded not in pairs:
                        break
                    if folded in gold or folded in corpus:
                        hits.append(NameHit(start, stop + 1, folded))
        return hits

    def index_openers(self, names: Iterable[Sequence[str]]) -> None:
        """Learn the first words of names given as lower-case word sequences."""
        for words in names:
            if not words:
                continue
            self.openers[words[0]] = min(LONGEST, max(self.openers.get(words[0], 0), len(words)))
            parts = [part for part in map(word_key, words) if part]
            if len(parts) > 1 and word_key(words[0]):
                self.pairs.add(fold_plural(parts[0] + parts[1]))


def evidence_columns() -> tuple[str, ...]:
    """Names of the columns that :func:`evidence_row` gives."""
    return (
        *(f"gold {kind}" for kind in KINDS),
        "gold papers",
        "corpus places",
        *(f"corpus {kind}" for kind in (*TYPES, "optional")),
    )


def evidence_row(
    table: NameTable, key: str, exclude: Mapping[str, Sequence[int]] | None = None
) -> list[float]:
    """What is known about a name: shares of each kind among the annotated papers, smoothed, and the corpus figures.

    Args:
        table: the names.
        key: a normalised name.
        exclude: counts to take off first, by name: those of the paper that is being learnt from.
    """
    counts = table.gold.get(key)
    own = exclude.get(key) if exclude else None
    row = [0.0] * (len(KINDS) + 1)
    if counts is not None:
        values = [a - b for a, b in zip(counts, own, strict=True)] if own is not None else list(counts)
        total = sum(values)
        if total > 0:
            row = [value / (total + 1.0) for value in values]
            row.append(float(np.log1p(total)))
    corpus = table.corpus.get(key)
    if corpus is None:
        row.extend([-1.0] * (2 + len(TYPES)))
    else:
        row.extend(corpus)
    return row


def evidence_features(row: Sequence[float]) -> tuple[str, ...]:
    """The same as coarse strings, for the tagger."""
    out = []
    kinds = len(KINDS)
    total = row[kinds]
    if total > 0:
        best = max(range(kinds), key=lambda k: row[k])
        share = row[best]
        out.append(f"g={KINDS[best]}{'+' if share > 0.7 else '' if share > 0.45 else '-'}")
    places = row[kinds + 1]
    if places >= 0:
        values = row[kinds + 2 :]
        best = max(range(len(values)), key=lambda k: values[k])
        level = int(values[best] * 5)
        out.append(f"u={KINDS[best]}{level}")
    return tuple(out)


def mark_names(
    table: NameTable,
    document: Document,
    *,
    exclude: Mapping[str, Sequence[int]] | None = None,
) -> list[list[str]]:
    """Features of each word from the known names that cover it: what they were, and where in them it stands."""
    count = len(document.words)
    out: list[list[str]] = [[] for _ in range(count)]
    # What a paper itself brought into the table is taken off, so its features are its own.
    cache = {} if exclude else table.marks
    hits = sorted(table.find(document), key=lambda hit: (hit.start - hit.end, hit.start))
    covered_gold = [False] * count
    covered_corpus = [False] * count
    for hit in hits:
        features = cache.get(hit.key)
        if features is None:
            features = cache[hit.key] = evidence_features(evidence_row(table, hit.key, exclude))
        for feature in features:
            covered = covered_gold if feature[0] == "g" else covered_corpus
            # The longest known name speaks for its words.
            start, end = hit.start, hit.end
            if True in covered[start:end]:
                continue
            covered[start:end] = [True] * (end - start)
            for index in range(start, end):
                out[index].append(feature + ("B" if index == start else "E" if index == end - 1 else "I"))
    return out
