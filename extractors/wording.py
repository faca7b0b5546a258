"""A linear model of wording: the words around a name and the letters in it, against its type.

The noun kinds of :mod:`extractors.contexts` are few and chosen by hand; here every word that occurs often enough near
annotated names has a weight. The model is a softmax regression; its outcome is one more voice for the decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from extractors.candidates import Candidate
from extractors.crf import TYPES, Floats
from extractors.features import Document, word_shape
from extractors.wordlists import CUES

CLASSES = 1 + len(TYPES)
COLUMNS = tuple(f"wording {name}" for name in ("none", *TYPES))
_PLACES = 4
_RIGHT, _LEFT = 10, 5
_BREAK = frozenset(".;:?!")


def describe_wording(document: Document, candidate: Candidate) -> list[str]:
    """What the linear model sees of a candidate, as strings."""
    lower, forms = document.lower, document.forms
    out: set[str] = set()
    start, end = candidate.places[-1]
    surface = document.text[document.words[start][0] : document.words[end - 1][1]]
    flat = surface.lower()
    out.update(f"n:{word}" for word in lower[start:end])
    out.add(f"last:{lower[end - 1]}")
    out.add(f"shape:{word_shape(surface)[:12]}")
    tail = forms[end - 1]
    for size in (2, 3, 4, 5):
        if len(flat) > size:
            out.add(f"end:{flat[-size:]}")
            out.add(f"begin:{flat[:size]}")
    if tail != tail.lower():
        # The last capitalised part of a coined name: the Bench of KnitBench.
        cut = len(tail) - 1
        while cut > 0 and not (tail[cut].isupper() and not tail[cut - 1].isupper()):
            cut -= 1
        out.add(f"part:{tail[cut:].lower()}")
    titled = False
    for start, end in candidate.places[:_PLACES]:
        number = document.sentence_of[start]
        begin, stop = document.sentences[number]
        if start < document.title_end:
            titled = True
            out.update(f"t:{word}" for word in lower[end:stop])
            continue
        introduced = any(CUES.get(word) == "intro" for word in lower[max(begin, start - 6) : start])
        mark = "i" if introduced else "r"
        for index in range(end, min(stop, end + _RIGHT)):
            out.add(f"{mark}:{lower[index]}")
            if lower[index] in _BREAK:
                break
        out.add(f"r1:{lower[end] if end < stop else '.'}")
        if end + 1 < stop:
            out.add(f"r2:{lower[end]}_{lower[end + 1]}")
        for index in range(max(begin, start - _LEFT), start):
            out.add(f"l:{lower[index]}")
        if start > begin:
            out.add(f"l1:{lower[start - 1]}")
            if start - 1 > begin:
                out.add(f"l2:{lower[start - 2]}_{lower[start - 1]}")
    if titled and document.colon and candidate.places[0][0] < document.colon:
        out.update(f"c:{word}" for word in lower[document.colon + 1 : document.title_end])
        for index in range(document.title_end + 1, len(lower)):
            if lower[index - 1] in ("our", "proposed") or (
                lower[index - 1] == "this" and lower[index].isalpha()
            ):
                out.add(f"own:{lower[index]}")
    return sorted(out)


@dataclass(frozen=True, slots=True)
class Wording:
    """The fitted model."""

    index: Mapping[str, int]
    weights: Floats
    """[features, classes]"""
    bias: Floats

    def probabilities(self, rows: Sequence[Sequence[str]]) -> Floats:
        """Probability of "none" and each type, [rows, classes]."""
        scores = np.empty((len(rows), CLASSES), dtype=np.float32)
        index, weights = self.index, self.weights
        for number, row in enumerate(rows):
            known = [index[name] for name in row if name in index]
            scores[number] = weights[known].sum(axis=0) * _norm(len(known)) + self.bias
        scores -= scores.max(axis=1, keepdims=True, initial=-np.inf)
        mass = np.exp(scores)
        out: Floats = mass / mass.sum(axis=1, keepdims=True)
        return out


def _norm(count: int) -> np.float32:
    """Rows are scaled to unit length."""
    return np.float32(1.0 / np.sqrt(max(1, count)))
