"""The decision: which candidates are entities, of which type, and which names belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractors.aliases import group_names, pair_candidates
from extractors.candidates import Candidate
from extractors.crf import TYPES, Floats
from extractors.features import Document
from extractors.trees import Trees


@dataclass(frozen=True, slots=True)
class Decision:
    """One entity of a document."""

    type: int
    members: tuple[int, ...]
    """Candidate numbers, the strongest first."""
    confidence: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A rising, piecewise linear map from a score to a probability.

    Fitted by the pool-adjacent-violators algorithm on held-out papers (Zadrozny and Elkan, KDD 2002).
    """

    scores: Floats
    chances: Floats

    def __call__(self, values: Floats) -> Floats:
        """The probabilities of some scores."""
        out: Floats = np.interp(values, self.scores, self.chances).astype(np.float32)
        return out


@dataclass(frozen=True, slots=True)
class Rescorer:
    """Trees over candidates, trees over pairs of names, and the calibration of the outcome."""

    trees: Trees
    pairs: Trees
    calibration: tuple[Calibration, ...]
    """One a type."""
    threshold: float
    """Calibrated confidence from which a candidate is an entity unless the caller asks otherwise."""

    def decide(
        self, document: Document, candidates: Sequence[Candidate], probabilities: Floats, *, threshold: float
    ) -> list[Decision]:
        """Choose the entities of a document.

        Args:
            document: the document.
            candidates: its candidates.
            probabilities: of "none" and each type, [candidates, 1 + types].
            threshold: least confidence.
        """
        if not candidates:
            return []
        kinds = probabilities[:, 1:].argmax(axis=1)
        raw = probabilities[:, 1:].max(axis=1)
        sure = np.empty(len(candidates), dtype=np.float32)
        for kind in range(len(TYPES)):
            mine = kinds == kind
            sure[mine] = self.calibration[kind](raw[mine])
        chosen = [number for number in range(len(candidates)) if sure[number] >= threshold]
        if not chosen:
            return []
        pairs, rows = pair_candidates(document, candidates, probabilities)
        same = self.pairs.probabilities(rows)[:, 0].tolist() if pairs else []
        strength = sure.tolist()
        return [
            Decision(int(kinds[group[0]]), tuple(group), strength[group[0]])
            for group in group_names(chosen, strength, pairs, same)
        ]
