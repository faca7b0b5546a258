"""The feature tagger: the fitted random field together with what it needs to know about words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from extractors.crf import (
    FORBIDDEN,
    TYPES,
    Chains,
    Floats,
    Ints,
    SpanScores,
    allowed_transitions,
    forward_backward,
    span_probabilities,
)
from extractors.features import Document, describe_places, describe_word
from extractors.names import NameTable, mark_names

SPAN_TYPES = len(TYPES) + 1
"""The five types, and one for names that may be listed or left out."""
SPAN_FLOOR = 0.03


def place_features(
    document: Document, table: NameTable | None, exclude: Mapping[str, Sequence[int]] | None = None
) -> list[list[str]]:
    """All features of each word that depend on its place."""
    rows = describe_places(document)
    if table is None:
        return rows
    for row, marks in zip(rows, mark_names(table, document, exclude=exclude), strict=True):
        row.extend(marks)
    return rows


class _Numbers(dict[str, int]):
    """Numbers of features; unknown ones share the number of a feature without weight."""

    missing = 0

    def __missing__(self, name: str) -> int:
        return self.missing


class FieldTagger:
    """Gives every possible name in a document its probability.

    Args:
        word_index: number of each word feature.
        word_weights: [word features, window, labels].
        place_index: number of each place feature.
        place_weights: [place features, labels].
        start: [labels].
        transition: [labels, labels].
        clusters: cluster numbers of lower-case words.
    """

    def __init__(
        self,
        word_index: Mapping[str, int],
        word_weights: Floats,
        place_index: Mapping[str, int],
        place_weights: Floats,
        start: Floats,
        transition: Floats,
        clusters: Mapping[str, Sequence[int]],
    ) -> None:
        self._word_index = word_index
        self._word_weights = word_weights
        self._place_index = _Numbers(place_index)
        self._place_index.missing = len(place_index)
        self._place_weights = np.concatenate(
            [place_weights, np.zeros((1, place_weights.shape[1]), np.float32)]
        )
        self._start = start
        self._transition = transition
        self._clusters = clusters
        self._window = word_weights.shape[1] // 2
        self._rows: dict[str, int] = {}
        self._cache = np.zeros((4096, *word_weights.shape[1:]), dtype=np.float32)

    def parts(
        self,
    ) -> tuple[list[str], Floats, list[str], Floats, Floats, Floats, Mapping[str, Sequence[int]]]:
        """Everything that the tagger was made of, feature names in the order of their numbers."""
        return (
            sorted(self._word_index, key=lambda name: self._word_index[name]),
            self._word_weights,
            sorted(self._place_index, key=lambda name: self._place_index[name]),
            self._place_weights[:-1],
            self._start,
            self._transition,
            self._clusters,
        )

    def _row(self, word: str) -> int:
        """Number of the cached scores of a word."""
        row = self._rows.get(word)
        if row is None:
            row = len(self._rows)
            if row == len(self._cache):
                if row >= 1 << 17:
                    self._rows.clear()
                    row = 0
                else:
                    self._cache = np.concatenate([self._cache, np.zeros_like(self._cache)])
            index = self._word_index
            known = sorted({index[name] for name in describe_word(word, self._clusters) if name in index})
            self._cache[row] = self._word_weights[known].sum(axis=0) if known else 0.0
            self._rows[word] = row
        return row

    def emission_scores(
        self, documents: Sequence[Document], table: NameTable | None
    ) -> tuple[Floats, Chains]:
        """Score of each label at each word of all documents, laid one after the other."""
        words = sum(len(document.words) for document in documents)
        if len(self._rows) + words > 1 << 17:
            self._rows.clear()
        ids = np.array([self._row(word) for document in documents for word in document.forms], dtype=np.int64)
        lengths = np.array([end - begin for d in documents for begin, end in d.sentences], dtype=np.int64)
        scores = gather_window(self._cache, ids, lengths, self._window)
        rows = [row for document in documents for row in place_features(document, table)]
        if rows:
            # Every word has a feature (its neighbour, or that it is the first), so that no sum is empty.
            flat = list(map(self._place_index.__getitem__, chain.from_iterable(rows)))
            counts = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
            scores += np.add.reduceat(self._place_weights[flat], np.cumsum(counts) - counts)
        return scores, Chains.of(lengths)

    def find_spans(
        self, documents: Sequence[Document], table: NameTable, *, floor: float = SPAN_FLOOR
    ) -> list[SpanScores]:
        """Possible spans of each document."""
        if not any(document.words for document in documents):
            return [empty_spans() for _ in documents]
        scores, chains = self.emission_scores(documents, table)
        lattice = forward_backward(scores, self._start, self._transition, chains)
        spans = span_probabilities(lattice, chains, types=SPAN_TYPES, floor=floor)
        return split_spans(spans, [len(document.words) for document in documents])


def gather_window(hidden: Floats, ids: Ints, lengths: Ints, window: int) -> Floats:
    """Sum the cached scores of the words around each word, never across a sentence border.

    Args:
        hidden: [distinct words, 2 * window + 1, labels].
        ids: row of each word in ``hidden``.
        lengths: sentence lengths.
        window: how many words on each side are seen.
    """
    offsets = np.cumsum(lengths) - lengths
    place = np.arange(len(ids)) - np.repeat(offsets, lengths)
    remaining = np.repeat(lengths, lengths) - 1 - place
    scores: Floats = hidden[ids, window]
    for shift in range(-window, window + 1):
        if shift:
            target = np.nonzero(place >= -shift if shift < 0 else remaining >= shift)[0]
            scores[target] += hidden[ids[target + shift], window + shift]
    return scores


def empty_spans() -> SpanScores:
    """No spans."""
    none = np.zeros(0, dtype=np.int64)
    return SpanScores(none, none, none, np.zeros(0, dtype=np.float32))


def split_spans(spans: SpanScores, sizes: Sequence[int]) -> list[SpanScores]:
    """Cut the spans of a batch by document."""
    bases = np.cumsum([0, *sizes])
    cuts = np.searchsorted(spans.start, bases)
    return [
        SpanScores(spans.start[a:b] - base, spans.end[a:b] - base, spans.type[a:b], spans.probability[a:b])
        for a, b, base in zip(cuts[:-1], cuts[1:], bases[:-1], strict=True)
    ]


def spans_from_probabilities(
    probabilities: Floats, document: Document, *, floor: float = SPAN_FLOOR
) -> SpanScores:
    """Possible spans from a tagger that judges each word alone.

    Its probabilities serve as the emissions of a field with fixed transitions, so that spans are weighed as wholes.

    Args:
        probabilities: [words, 11 or 12 labels]: O, B and I of the five types, and perhaps one for optional names.
        document: the document.
        floor: less probable spans are left out.
    """
    if not len(probabilities):
        return empty_spans()
    labels = 1 + 2 * SPAN_TYPES
    full = np.full((len(probabilities), labels), 1e-5, dtype=np.float32)
    full[:, : probabilities.shape[1]] = probabilities
    if probabilities.shape[1] > labels - 2:
        # A single label for optional names: it may open a span or go on with it.
        full[:, -1] = full[:, -2]
    scores = np.log(np.maximum(full, 1e-5)).astype(np.float32)
    first, allowed = allowed_transitions(SPAN_TYPES)
    transition = np.where(allowed, 0.0, FORBIDDEN).astype(np.float32)
    chains = Chains.of(np.array([end - begin for begin, end in document.sentences], dtype=np.int64))
    start = np.where(first, 0.0, FORBIDDEN).astype(np.float32)
    lattice = forward_backward(scores, start, transition, chains)
    return span_probabilities(lattice, chains, types=SPAN_TYPES, floor=floor)


def arrays_of_strings(strings: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Strings as bytes, for a file."""
    return np.frombuffer("\n".join(strings).encode(), dtype=np.uint8)


def strings_of_array(array: npt.NDArray[Any]) -> list[str]:
    """The strings that :func:`arrays_of_strings` packed."""
    text = array.tobytes().decode()
    return text.split("\n") if text else []
