"""A linear-chain conditional random field over words, in numpy.

Lafferty, McCallum and Pereira (ICML 2001); the scaled forward-backward recursion is Rabiner's (1989). Sequences are
sentences of different lengths, laid one after the other in flat arrays and advanced together, longest first, so that
one step costs one small matrix product for the whole batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

TYPES = ("dataset", "method", "model", "task", "metric")
LABELS = ("O", *(f"{prefix}-{name}" for name in TYPES for prefix in "BI"))

FORBIDDEN = -30.0
"""Score of what must not happen."""


def allowed_transitions(types: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which labels may open a sequence, and which may follow each other: I only after B or I of its own type."""
    labels = 1 + 2 * types
    pairs = np.ones((labels, labels), dtype=bool)
    first = np.ones(labels, dtype=bool)
    for kind in range(types):
        inside = 2 + 2 * kind
        first[inside] = False
        pairs[:, inside] = False
        pairs[1 + 2 * kind, inside] = True
        pairs[inside, inside] = True
    return first, pairs


@dataclass(frozen=True, slots=True)
class Chains:
    """The shape of a batch of sequences: where each begins and how long it is, longest first."""

    starts: Ints
    lengths: Ints
    actives: Ints
    """Number of sequences longer than t, for every t below the longest length."""

    @classmethod
    def of(cls, lengths: Ints) -> Chains:
        """Lay sequences of these lengths one after the other (in the given order) in flat arrays."""
        lengths = np.asarray(lengths, dtype=np.int64)
        offsets = np.cumsum(lengths) - lengths
        order = np.argsort(-lengths, kind="stable")
        ordered = lengths[order]
        longest = int(ordered[0]) if len(ordered) else 0
        actives = np.searchsorted(-ordered, -np.arange(longest), side="left")
        return cls(offsets[order], ordered, actives)


@dataclass(frozen=True, slots=True)
class Lattice:
    """Scaled forward and backward messages of a batch.

    ``alpha * beta`` is the probability of each label at each word; ``emission / scale`` are the factors along a path.
    """

    alpha: Floats
    beta: Floats
    emission: Floats
    scale: Floats
    transition: Floats
    log_likelihood: float

    @property
    def marginals(self) -> Floats:
        """Probability of each label at each word, [words, labels]."""
        return self.alpha * self.beta


def forward_backward(scores: Floats, start: Floats, transition: Floats, chains: Chains) -> Lattice:
    """Run the two recursions.

    Args:
        scores: emission scores (logarithms), [words, labels].
        start: score of each label at the first word, [labels].
        transition: score of each pair of neighbouring labels, [labels, labels]; -inf forbids a pair.
        chains: where the sequences lie.
    """
    top = scores.max(axis=1, keepdims=True)
    emission = np.exp(scores - top)
    trans = np.exp(transition)
    alpha = np.empty_like(emission)
    beta = np.empty_like(emission)
    scale = np.empty(len(emission), dtype=emission.dtype)
    starts, actives = chains.starts, chains.actives
    for step, active in enumerate(actives):
        at = starts[:active] + step
        now = emission[at] * (np.exp(start) if step == 0 else alpha[at - 1] @ trans)
        total = now.sum(axis=1)
        scale[at] = total
        alpha[at] = now / total[:, None]
    beta[starts + chains.lengths - 1] = 1.0
    back = np.ascontiguousarray(trans.T)
    for step in range(len(actives) - 1, 0, -1):
        at = starts[: actives[step]] + step
        beta[at - 1] = (emission[at] * beta[at] / scale[at][:, None]) @ back
    likelihood = float(np.log(scale, dtype=np.float64).sum() + top.sum(dtype=np.float64))
    return Lattice(alpha, beta, emission, scale, trans, likelihood)


@dataclass(frozen=True, slots=True)
class SpanScores:
    """Spans with their probability: words ``start`` to ``end`` (exclusive) are one entity of the type."""

    start: Ints
    end: Ints
    type: Ints
    probability: Floats


def span_probabilities(
    lattice: Lattice, chains: Chains, *, types: int = len(TYPES), longest: int = 10, floor: float = 0.02
) -> SpanScores:
    """Exact posterior probability of every span that is not improbable.

    P(span) = P(B at its first word) x the factors of I at the others x the chance that I does not follow; labels
    1 + 2t and 2 + 2t are B and I of type t.

    Args:
        lattice: the messages of a batch.
        chains: its shape.
        types: number of span types.
        longest: the most words in a span.
        floor: spans below this probability are left out.
    """
    words = len(lattice.alpha)
    begin_label = 1 + 2 * np.arange(types)
    inside_label = begin_label + 1
    factor = lattice.emission / lattice.scale[:, None]
    last = np.zeros(words, dtype=bool)
    last[chains.starts + chains.lengths - 1] = True
    weighted = factor * lattice.beta
    # Mass of all continuations that do not go on with I, after a word labelled B or I.
    stop_begin = np.ones((words, types), dtype=np.float32)
    stop_inside = np.ones((words, types), dtype=np.float32)
    following = weighted[1:]
    trans = lattice.transition
    inside_next = following[:, inside_label]
    stop_begin[:-1] = following @ trans[begin_label].T - inside_next * trans[begin_label, inside_label]
    stop_inside[:-1] = following @ trans[inside_label].T - inside_next * trans[inside_label, inside_label]
    stop_begin[last] = 1.0
    stop_inside[last] = 1.0
    first_step = factor[:, inside_label] * trans[begin_label, inside_label]
    next_step = factor[:, inside_label] * trans[inside_label, inside_label]
    starts, kinds = np.nonzero(lattice.alpha[:, begin_label] * lattice.beta[:, begin_label] >= floor)
    mass = lattice.alpha[starts, begin_label[kinds]]
    found = []
    for length in range(1, longest + 1):
        at = starts + length - 1
        stop = stop_begin if length == 1 else stop_inside
        probability = mass * stop[at, kinds]
        keep = probability >= floor
        found.append((starts[keep], starts[keep] + length, kinds[keep], probability[keep]))
        going = ~last[at]
        starts, kinds, mass, at = starts[going], kinds[going], mass[going], at[going]
        if not len(starts):
            break
        mass = mass * (first_step if length == 1 else next_step)[at + 1, kinds]
        inside = inside_label[kinds]
        going = mass * lattice.beta[at + 1, inside] >= floor
        starts, kinds, mass = starts[going], kinds[going], mass[going]
    start, end, kind, probability = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((kind, end, start))
    return SpanScores(start[order], end[order], kind[order], probability[order].astype(np.float32))
