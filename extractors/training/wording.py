"""Fitting the linear model of wording."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from extractors.crf import Ints
from extractors.training.crf import feature_matrix, index_features
from extractors.wording import CLASSES, Wording


def fit_wording(
    rows: Sequence[Sequence[str]],
    labels: Ints,
    *,
    least: int = 4,
    epochs: int = 8,
    rate: float = 0.08,
    decay: float = 0.1,
    batch: int = 256,
    seed: int = 0,
) -> Wording:
    """Fit a softmax regression by Adam.

    Args:
        rows: features of each candidate.
        labels: 0 for none, 1 + type.
        least: a feature counts if it occurs so often.
        epochs: passes.
        rate: first learning rate, falling linearly.
        decay: weight decay, relative to the learning rate.
        batch: candidates a step.
        seed: of the order.
    """
    index = index_features(Counter(name for row in rows for name in row), least=least)
    table = feature_matrix(rows, index)
    sizes = np.maximum(1, np.diff(table.indptr))
    table.data = np.repeat(1.0 / np.sqrt(sizes), np.diff(table.indptr)).astype(np.float32)
    weights = np.zeros((len(index), CLASSES), dtype=np.float32)
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    shares = np.bincount(labels, minlength=CLASSES) + 1.0
    bias = np.log(shares / shares.sum()).astype(np.float32)
    rng = np.random.default_rng(seed)
    order = np.arange(len(labels))
    total = epochs * ((len(order) + batch - 1) // batch)
    step = 0
    for _ in range(epochs):
        rng.shuffle(order)
        for low in range(0, len(order), batch):
            chosen = order[low : low + batch]
            part = table[chosen]
            scores = part @ weights + bias
            scores -= scores.max(axis=1, keepdims=True)
            grad = np.exp(scores)
            grad /= grad.sum(axis=1, keepdims=True)
            grad[np.arange(len(chosen)), labels[chosen]] -= 1.0
            bias -= np.float32(rate * 0.1) * grad.mean(axis=0)
            gradient = (part.T @ grad) / np.float32(len(chosen))
            step += 1
            speed = rate * (1.0 - 0.95 * step / total)
            first = 0.9 * first + 0.1 * gradient
            second = 0.99 * second + 0.01 * np.square(gradient)
            fix = np.float32(speed * np.sqrt(1 - 0.99**step) / (1 - 0.9**step))
            weights -= fix * first / (np.sqrt(second) + np.float32(1e-6))
            weights *= np.float32(1.0 - speed * decay)
    return Wording(index, (np.round(weights * 64) / 64).astype(np.float32), bias)
