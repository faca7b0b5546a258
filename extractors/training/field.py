"""From annotated papers to a feature tagger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from extractors.crf import TYPES, Floats, Ints
from extractors.features import Document, describe_word, read_document
from extractors.names import NameTable
from extractors.tagger import SPAN_TYPES, FieldTagger, place_features
from extractors.training.crf import Encoded, feature_matrix, fit_crf, index_features
from extractors.training.gold import GoldPaper, project_spans

Contribution = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Annotated papers with their words cut and numbered, ready for any number of fits."""

    papers: tuple[GoldPaper, ...]
    documents: tuple[Document, ...]
    clusters: Mapping[str, Sequence[int]]
    word_index: dict[str, int]
    words: sparse.csr_matrix
    """Features of each distinct word; below them the same rows without the word's identity."""
    word_ids: tuple[Ints, ...]
    labels: tuple[Ints, ...]


def label_words(paper: GoldPaper, document: Document) -> Ints:
    """The label of each word: B and I of the five types, and of a sixth for optional names."""
    labels = np.zeros(len(document.words), dtype=np.int64)
    for span in project_spans(document.text, document.words, paper.entities):
        entity = paper.entities[span.entity]
        kind = len(TYPES) if entity.optional else TYPES.index(entity.type)
        labels[span.start] = 1 + 2 * kind
        labels[span.start + 1 : span.end] = 2 + 2 * kind
    return labels


def read_corpus(
    papers: Sequence[GoldPaper], clusters: Mapping[str, Sequence[int]], *, least: int = 3
) -> Corpus:
    """Cut and number the words of annotated papers.

    Args:
        papers: the papers.
        clusters: cluster numbers of words.
        least: a feature counts if so many words (or, for a word's identity, places) have it.
    """
    documents = tuple(read_document(paper.title, paper.abstract) for paper in papers)
    vocabulary: dict[str, int] = {}
    ids = tuple(
        np.array([vocabulary.setdefault(form, len(vocabulary)) for form in document.forms], dtype=np.int64)
        for document in documents
    )
    places = (
        np.bincount(np.concatenate(ids), minlength=len(vocabulary)) if ids else np.zeros(0, dtype=np.int64)
    )
    rows = [describe_word(word, clusters) for word in vocabulary]
    counts: Counter[str] = Counter()
    for number, row in enumerate(rows):
        for name in row:
            counts[name] += int(places[number]) if name.startswith(("l=", "w=")) else 1
    index = index_features(counts, least=least)
    bare = [[name for name in row if not name.startswith(("l=", "w="))] for row in rows]
    labels = tuple(label_words(paper, document) for paper, document in zip(papers, documents, strict=True))
    return Corpus(
        tuple(papers), documents, clusters, index, feature_matrix([*rows, *bare], index), ids, labels
    )


def fit_field(
    corpus: Corpus,
    chosen: Sequence[int],
    table: NameTable | None,
    contributions: Mapping[int, Contribution],
    *,
    epochs: int = 10,
    decay: float = 0.2,
    least: int = 3,
    place_index: dict[str, int] | None = None,
    seed: int = 0,
    log: Callable[[str], object] | None = None,
) -> FieldTagger:
    """Fit a feature tagger to some of the papers.

    Args:
        corpus: all papers.
        chosen: numbers of those to learn from.
        table: names known from elsewhere, counted over exactly these papers; None to do without.
        contributions: what each of them brought into the table; it is taken off while learning from that paper.
        epochs: passes.
        decay: weight decay.
        least: a place feature counts if it occurs so often.
        place_index: the place features to use, in place of those that occur often enough.
        seed: of the order of papers.
        log: told about progress.
    """
    rows: list[list[str]] = []
    lengths: list[int] = []
    ranges: list[tuple[int, int]] = []
    for number in chosen:
        document = corpus.documents[number]
        rows.extend(place_features(document, table, contributions.get(number)))
        ranges.append((len(lengths), len(lengths) + len(document.sentences)))
        lengths.extend(end - begin for begin, end in document.sentences)
    index = place_index or index_features(Counter(name for row in rows for name in row), least=least)
    sizes = np.array(lengths, dtype=np.int64)
    distinct = corpus.words.shape[0] // 2
    data = Encoded(
        word_ids=np.concatenate([corpus.word_ids[n] for n in chosen]),
        places=feature_matrix(rows, index),
        sentence_lengths=sizes,
        sentence_starts=np.cumsum(sizes) - sizes,
        document_sentences=ranges,
        labels=np.concatenate([corpus.labels[n] for n in chosen]),
    )
    fitted = fit_crf(
        corpus.words,
        data,
        range(len(ranges)),
        types=SPAN_TYPES,
        epochs=epochs,
        decay=decay,
        drop_row=np.concatenate([np.arange(distinct) + distinct] * 2),
        seed=seed,
        log=log,
    )
    return FieldTagger(
        corpus.word_index,
        prune(fitted.word),
        index,
        prune(fitted.place),
        fitted.start,
        fitted.transition,
        corpus.clusters,
    )


def prune(weights: Floats, *, least: float = 0.02) -> Floats:
    """Set tiny weights to zero and round the rest to multiples of 1/64, so that files compress."""
    rounded: Floats = (np.round(weights * 64) / 64).astype(np.float32)
    rounded[np.abs(weights) < least] = 0.0
    return rounded
