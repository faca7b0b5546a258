"""Boosted decision trees, evaluated in numpy: all trees for all rows at once, one level at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from extractors.crf import Floats

_SHALLOW = 5
"""Levels that all rows go down together."""


@dataclass(frozen=True, slots=True)
class Trees:
    """An ensemble. Nodes of all trees lie in one array; a leaf points at itself.

    Attributes:
        feature: column that a node looks at.
        threshold: a row goes left where its value is not above this.
        left: index of the node to the left; the one to the right is ``left + 1``, of a leaf the leaf itself.
        value: what a leaf adds.
        roots: index of the root of each tree; tree ``i`` belongs to class ``i % classes``.
        depth: levels below the deepest root.
        classes: number of classes.
    """

    feature: npt.NDArray[np.intp]
    threshold: Floats
    left: npt.NDArray[np.intp]
    value: Floats
    roots: npt.NDArray[np.intp]
    depth: int
    classes: int

    def scores(self, rows: Floats) -> Floats:
        """Sum of the leaves of each class, [rows, classes]."""
        count, width = rows.shape
        if not count:
            return np.zeros((0, self.classes), dtype=np.float32)
        flat = np.ascontiguousarray(rows).ravel()
        at = np.broadcast_to(self.roots, (count, len(self.roots))).copy()
        base = (np.arange(count, dtype=np.intp) * width)[:, None]
        # Indices of the platform's own size, and no check of bounds that the model keeps anyway: twice as fast.
        for _ in range(self.depth):
            column = self.feature.take(at, mode="clip")
            column += base
            above = flat.take(column, mode="clip") > self.threshold.take(at, mode="clip")
            at = self.left.take(at, mode="clip")
            at += above
        leaves = self.value.take(at, mode="clip")
        total: Floats = (
            leaves.reshape(count, -1, self.classes).sum(axis=1, dtype=np.float64).astype(np.float32)
        )
        return total

    def probabilities(self, rows: Floats) -> Floats:
        """Probability of each class (softmax; for one class the logistic function), [rows, classes]."""
        scores = self.scores(rows)
        if self.classes == 1:
            return (1.0 / (1.0 + np.exp(-scores))).astype(np.float32)
        scores -= scores.max(axis=1, keepdims=True, initial=-np.inf)
        mass = np.exp(scores)
        result: Floats = mass / mass.sum(axis=1, keepdims=True)
        return result

    def arrays(self, prefix: str) -> dict[str, npt.NDArray[Any]]:
        """Everything as arrays for a file."""
        return {
            f"{prefix}.feature": self.feature.astype(np.int16),
            f"{prefix}.threshold": self.threshold,
            f"{prefix}.left": self.left.astype(np.int32),
            f"{prefix}.value": self.value,
            f"{prefix}.roots": self.roots.astype(np.int32),
            f"{prefix}.shape": np.array([self.depth, self.classes], dtype=np.int32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]], prefix: str) -> Trees:
        """The ensemble that :meth:`arrays` wrote."""
        depth, classes = arrays[f"{prefix}.shape"].tolist()
        return cls(
            arrays[f"{prefix}.feature"].astype(np.intp),
            arrays[f"{prefix}.threshold"],
            arrays[f"{prefix}.left"].astype(np.intp),
            arrays[f"{prefix}.value"],
            arrays[f"{prefix}.roots"].astype(np.intp),
            depth,
            classes,
        )
