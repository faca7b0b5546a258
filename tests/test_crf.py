"""The conditional random field against the sums that define it."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from extractors.crf import (
    FORBIDDEN,
    Chains,
    Floats,
    allowed_transitions,
    forward_backward,
    span_probabilities,
)
from extractors.tagger import gather_window

TYPES = 2
LABELS = 1 + 2 * TYPES


def _field(seed: int, words: int) -> tuple[Floats, Floats, Floats]:
    rng = np.random.default_rng(seed)
    first, allowed = allowed_transitions(TYPES)
    scores = rng.normal(size=(words, LABELS)).astype(np.float32)
    start = np.where(first, rng.normal(size=LABELS), FORBIDDEN).astype(np.float32)
    transition = np.where(allowed, rng.normal(size=(LABELS, LABELS)), FORBIDDEN).astype(np.float32)
    return scores, start, transition


def _paths(scores: Floats, start: Floats, transition: Floats) -> dict[tuple[int, ...], float]:
    weights = {}
    for path in product(range(LABELS), repeat=len(scores)):
        total = start[path[0]] + sum(scores[at, label] for at, label in enumerate(path))
        total += sum(transition[a, b] for a, b in pairwise(path))
        weights[path] = float(np.exp(total))
    return weights


def test_marginals_are_sums_over_all_paths() -> None:
    """The recursion gives what adding up every labelling gives."""
    scores, start, transition = _field(0, 4)
    weights = _paths(scores, start, transition)
    total = sum(weights.values())
    lattice = forward_backward(scores, start, transition, Chains.of(np.array([4])))
    for at, label in product(range(4), range(LABELS)):
        share = sum(w for path, w in weights.items() if path[at] == label) / total
        assert lattice.marginals[at, label] == pytest.approx(share, abs=1e-5)


def test_the_likelihood_is_the_sum_of_all_paths() -> None:
    """Its logarithm comes out of the scaling."""
    scores, start, transition = _field(1, 4)
    total = sum(_paths(scores, start, transition).values())
    lattice = forward_backward(scores, start, transition, Chains.of(np.array([4])))
    assert lattice.log_likelihood == pytest.approx(np.log(total), abs=1e-4)


def test_span_probabilities_are_sums_over_paths() -> None:
    """A span's probability is the share of labellings in which it is exactly one entity."""
    scores, start, transition = _field(2, 4)
    weights = _paths(scores, start, transition)
    total = sum(weights.values())
    chains = Chains.of(np.array([4]))
    lattice = forward_backward(scores, start, transition, chains)
    found = span_probabilities(lattice, chains, types=TYPES, floor=1e-6)
    got = {
        (a, b, k): p
        for a, b, k, p in zip(
            found.start.tolist(),
            found.end.tolist(),
            found.type.tolist(),
            found.probability.tolist(),
            strict=True,
        )
    }
    for begin, kind in product(range(4), range(TYPES)):
        for end in range(begin + 1, 5):
            opening, inside = 1 + 2 * kind, 2 + 2 * kind
            share = (
                sum(
                    w
                    for path, w in weights.items()
                    if path[begin] == opening
                    and all(label == inside for label in path[begin + 1 : end])
                    and (end == 4 or path[end] != inside)
                )
                / total
            )
            assert got.get((begin, end, kind), 0.0) == pytest.approx(share, abs=1e-5)


def test_sequences_of_a_batch_do_not_touch() -> None:
    """A sentence gets the same marginals alone and among others."""
    scores, start, transition = _field(3, 9)
    together = forward_backward(scores, start, transition, Chains.of(np.array([2, 4, 3])))
    alone = forward_backward(scores[2:6], start, transition, Chains.of(np.array([4])))
    assert np.allclose(together.marginals[2:6], alone.marginals, atol=1e-6)


def test_a_window_does_not_cross_a_sentence() -> None:
    """Words of the neighbouring sentence add nothing."""
    hidden = np.arange(2 * 3 * 1, dtype=np.float32).reshape(2, 3, 1)
    apart = gather_window(hidden, np.array([0, 1]), np.array([1, 1]), 1)
    joined = gather_window(hidden, np.array([0, 1]), np.array([2]), 1)
    assert apart[:, 0].tolist() == [1.0, 4.0]
    assert joined[:, 0].tolist() == [1.0 + 5.0, 4.0 + 0.0]


def test_inside_follows_only_its_own_type() -> None:
    """No labelling opens with I or changes type inside a span."""
    first, allowed = allowed_transitions(TYPES)
    assert first.tolist() == [True, True, False, True, False]
    assert not allowed[0, 2] and not allowed[1, 4] and allowed[1, 2] and allowed[2, 2] and allowed[2, 3]
