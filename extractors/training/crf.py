"""Fitting the conditional random field of :mod:`extractors.crf`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from extractors.crf import FORBIDDEN, Chains, Floats, Ints, allowed_transitions, forward_backward


@dataclass(slots=True)
class Encoded:
    """Documents as numbers. Words of all documents lie in one flat array, sentence after sentence."""

    word_ids: Ints
    """Row of each word in the table of word features, [words]."""
    places: sparse.csr_matrix
    """Place features, [words, place features]."""
    sentence_lengths: Ints
    sentence_starts: Ints
    document_sentences: list[tuple[int, int]]
    """Range of sentences of each document."""
    labels: Ints
    dense: Floats | None = None
    """Further real-valued features of each word, [words, any]."""
    weights: Floats | None = None
    """Weight of each sentence."""


@dataclass(slots=True)
class CrfWeights:
    """A fitted field."""

    word: Floats
    """[word features, window, labels]"""
    place: Floats
    """[place features, labels]"""
    dense: Floats
    """[dense features, labels]"""
    start: Floats
    transition: Floats


def index_features(counts: Counter[str], *, least: int) -> dict[str, int]:
    """Number the features that occur at least ``least`` times, in order of their text."""
    return {name: number for number, name in enumerate(sorted(f for f, n in counts.items() if n >= least))}


def feature_matrix(rows: Sequence[Sequence[str]], index: dict[str, int]) -> sparse.csr_matrix:
    """One row of ones and zeros for each list of features; unknown ones are left out."""
    indices: list[int] = []
    ends = [0]
    for row in rows:
        indices.extend(sorted({index[f] for f in row if f in index}))
        ends.append(len(indices))
    return sparse.csr_matrix(
        (
            np.ones(len(indices), dtype=np.float32),
            np.array(indices, dtype=np.int64),
            np.array(ends, dtype=np.int64),
        ),
        shape=(len(rows), len(index)),
    )


def gather_scores(
    hidden: Floats, ids: Ints, lengths: Ints, window: int
) -> tuple[Floats, list[tuple[Ints, Ints]]]:
    """Sum the cached scores of the words around each word, never across a sentence border.

    Args:
        hidden: [distinct words, 2 * window + 1, labels].
        ids: row of each word in ``hidden``.
        lengths: sentence lengths.
        window: how many words on each side are seen.

    Returns:
        Scores [words, labels], and for each offset the (target, source) positions that were added.
    """
    total = len(ids)
    offsets = np.cumsum(lengths) - lengths
    place = np.arange(total) - np.repeat(offsets, lengths)
    remaining = np.repeat(lengths, lengths) - 1 - place
    scores = hidden[ids, window].copy()
    pairs = []
    everything = np.arange(total)
    for shift in range(-window, window + 1):
        if shift == 0:
            pairs.append((everything, everything))
            continue
        target = np.nonzero(place >= -shift if shift < 0 else remaining >= shift)[0]
        source = target + shift
        scores[target] += hidden[ids[source], window + shift]
        pairs.append((target, source))
    return scores, pairs


def fit_crf(
    words: sparse.csr_matrix,
    data: Encoded,
    documents: Sequence[int],
    *,
    types: int,
    window: int = 3,
    epochs: int = 12,
    rate: float = 0.02,
    decay: float = 2e-3,
    batch: int = 32,
    drop_row: Ints | None = None,
    drop_share: float = 0.15,
    seed: int = 0,
    log: Callable[[str], object] | None = None,
) -> CrfWeights:
    """Maximise the likelihood of the labels by Adam with decoupled weight decay, averaging the last third.

    Args:
        words: features of each distinct word, [distinct words, word features].
        data: the documents.
        documents: which of them to learn from.
        types: number of span types.
        window: words seen on either side.
        epochs: passes over the documents.
        rate: first learning rate; it falls linearly to a twentieth.
        decay: weight decay, relative to the learning rate.
        batch: documents a step.
        drop_row: for each distinct word, the row that describes it without its identity; with a chance of
            ``drop_share`` a word of a document is shown so, which teaches the field to do with the form alone.
        seed: of the order of the documents.
        log: told the mean log-likelihood after each pass.
    """
    rng = np.random.default_rng(seed)
    labels = 1 + 2 * types
    span = 2 * window + 1
    first, pairs_allowed = allowed_transitions(types)
    n_word, n_place = words.shape[1], data.places.shape[1]
    n_dense = 0 if data.dense is None else data.dense.shape[1]
    params = {
        "word": np.zeros((n_word, span * labels), dtype=np.float32),
        "place": np.zeros((n_place, labels), dtype=np.float32),
        "dense": np.zeros((n_dense, labels), dtype=np.float32),
        "start": np.zeros(labels, dtype=np.float32),
        "transition": np.zeros((labels, labels), dtype=np.float32),
    }
    moments = {name: (np.zeros_like(value), np.zeros_like(value)) for name, value in params.items()}
    average = {name: np.zeros_like(value) for name, value in params.items()}
    averaged = 0
    steps = 0
    order = np.array(sorted(documents))
    total_steps = epochs * ((len(order) + batch - 1) // batch)
    sent_starts, sent_lengths = data.sentence_starts, data.sentence_lengths
    for epoch in range(epochs):
        rng.shuffle(order)
        likelihood, seen = 0.0, 0
        for low in range(0, len(order), batch):
            chosen = order[low : low + batch]
            sentences = np.concatenate([np.arange(*data.document_sentences[d]) for d in chosen])
            lengths = sent_lengths[sentences]
            rows = np.concatenate(
                [np.arange(s, s + n) for s, n in zip(sent_starts[sentences], lengths, strict=True)]
            )
            ids = data.word_ids[rows]
            if drop_row is not None:
                ids = np.where(rng.random(len(ids)) < drop_share, drop_row[ids], ids)
            distinct, ids = np.unique(ids, return_inverse=True)
            table = words[distinct]
            hidden = (table @ params["word"]).reshape(len(distinct), span, labels)
            scores, pairs = gather_scores(hidden, ids, lengths, window)
            places = data.places[rows]
            scores += places @ params["place"]
            if data.dense is not None:
                scores += data.dense[rows] @ params["dense"]
            start = np.where(first, params["start"], FORBIDDEN).astype(np.float32)
            transition = np.where(pairs_allowed, params["transition"], FORBIDDEN).astype(np.float32)
            chains = Chains.of(lengths)
            lattice = forward_backward(scores, start, transition, chains)
            gold = data.labels[rows]
            grad = lattice.marginals
            offsets = np.cumsum(lengths) - lengths
            observed = scores[np.arange(len(rows)), gold].sum(dtype=np.float64) + start[gold[offsets]].sum()
            inner = np.ones(len(rows), dtype=bool)
            inner[offsets] = False
            here = np.nonzero(inner)[0]
            observed += transition[gold[here - 1], gold[here]].sum(dtype=np.float64)
            likelihood += observed - lattice.log_likelihood
            seen += len(rows)
            grad[np.arange(len(rows)), gold] -= 1.0
            grads = {}
            grads["start"] = grad[offsets].sum(axis=0)
            weighted = lattice.emission[here] * lattice.beta[here] / lattice.scale[here][:, None]
            expected = (lattice.alpha[here - 1].T @ weighted) * lattice.transition
            np.subtract.at(expected, (gold[here - 1], gold[here]), 1.0)
            grads["transition"] = np.where(pairs_allowed, expected, 0.0)
            grads["place"] = places.T @ grad
            grads["dense"] = data.dense[rows].T @ grad if data.dense is not None else params["dense"]
            back = np.zeros((len(distinct), span, labels), dtype=np.float32)
            for slot, (target, source) in enumerate(pairs):
                pick = sparse.csr_matrix(
                    (np.ones(len(target), dtype=np.float32), (ids[source], np.arange(len(target)))),
                    shape=(len(distinct), len(target)),
                )
                back[:, slot] = pick @ grad[target]
            grads["word"] = table.T @ back.reshape(len(distinct), span * labels)
            steps += 1
            speed = rate * (1.0 - 0.95 * steps / total_steps)
            for name, value in params.items():
                if not value.size:
                    continue
                gradient = grads[name] * np.float32(1.0 / len(chosen))
                m, v = moments[name]
                m *= 0.9
                m += 0.1 * gradient
                v *= 0.99
                v += 0.01 * np.square(gradient)
                fix = np.float32(speed * np.sqrt(1 - 0.99**steps) / (1 - 0.9**steps))
                value -= fix * m / (np.sqrt(v) + np.float32(1e-4))
                if name not in ("start", "transition"):
                    value *= np.float32(1.0 - speed * decay)
            if steps > total_steps * 2 // 3 and steps % 4 == 0:
                averaged += 1
                for name, value in params.items():
                    average[name] += value
        if log:
            log(f"pass {epoch + 1}: log-likelihood a word {likelihood / seen:.4f}")
    if averaged:
        params = {name: value / averaged for name, value in average.items()}
    return CrfWeights(
        word=params["word"].reshape(n_word, span, labels),
        place=params["place"],
        dense=params["dense"],
        start=np.where(first, params["start"], FORBIDDEN).astype(np.float32),
        transition=np.where(pairs_allowed, params["transition"], FORBIDDEN).astype(np.float32),
    )
