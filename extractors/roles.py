"""How the paper relates to each of its entities: introduces, evaluates_on, uses, compares_with or mentions.

An entity is described by the words around its places, by where it stands, by its type and by how it compares with
the document's other entities; boosted trees choose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from extractors.crf import TYPES, Floats
from extractors.features import Document

ROLES = ("introduces", "evaluates_on", "uses", "compares_with", "mentions")
_LEFT, _RIGHT = 6, 5
INTRODUCED = 0.42
"""Least chance, entity and role together, at which a paper is said to introduce a dataset, method or model."""


def choose_role(chances: Floats, *, confidence: float, core: bool) -> int:
    """Choose the role of an entity.

    That a paper introduces something is the strongest thing to say about it, so an entity that may be none is not
    said to be introduced; the next best role is taken.

    Args:
        chances: of each role.
        confidence: chance that the entity is one.
        core: it is a dataset, method or model.
    """
    best = int(chances.argmax())
    if best == 0 and core and float(chances[0]) * confidence < INTRODUCED:
        best = 1 + int(chances[1:].argmax())
    return best


def role_cues(document: Document, places: Sequence[tuple[int, int]]) -> dict[str, float]:
    """Words near the places of an entity.

    Returns:
        ``L:word`` (shortly before), ``R:word`` (shortly after) and ``S:word`` (elsewhere in the sentence), each with
        the share of places at which it stands; ``B:word`` and ``A:word`` for the very next words.
    """
    lower = document.lower
    out: dict[str, float] = {}
    share = 1.0 / len(places)
    for start, end in places:
        number = document.sentence_of[start]
        begin, stop = document.sentences[number]
        names: set[str] = set()
        low, high = max(begin, start - _LEFT), min(stop, end + _RIGHT)
        names.update(f"S:{word}" for word in lower[begin:low])
        names.update(f"S:{word}" for word in lower[high:stop])
        names.update(f"L:{word}" for word in lower[low:start])
        names.update(f"R:{word}" for word in lower[end:high])
        names.add(f"B:{lower[start - 1] if start > begin else ''}")
        names.add(f"A:{lower[end] if end < stop else ''}")
        for name in names:
            out[name] = out.get(name, 0.0) + share
    return out


def role_columns(cues: Sequence[str], candidate_columns: Sequence[str]) -> tuple[str, ...]:
    """Names of the columns of :func:`describe_roles`."""
    own = (
        "places",
        "share of places",
        "sentences",
        "first sentence",
        "last sentence",
        "in title",
        "before colon",
        "only title name",
        "rank",
        "of its type",
        "confidence",
        "introduced before",
    )
    return (*own, *(f"type {name}" for name in TYPES), *candidate_columns, *cues)


def describe_roles(
    document: Document,
    places: Sequence[Sequence[tuple[int, int]]],
    kinds: Sequence[int],
    confidences: Sequence[float],
    rows: Floats,
    cues: Mapping[str, int],
) -> Floats:
    """One row of numbers for each entity of a document.

    Args:
        document: the document.
        places: word ranges of each entity.
        kinds: type of each.
        confidences: how sure the type is.
        rows: the row of its strongest candidate, [entities, candidate columns].
        cues: number of each cue word that counts.
    """
    count = len(places)
    own = np.zeros((count, 12 + len(TYPES)), dtype=np.float32)
    words = np.zeros((count, len(cues)), dtype=np.float32)
    total = sum(map(len, places)) or 1
    sentences = max(1, len(document.sentences) - 1)
    firsts = [min(place) for place in places]
    titled = [sum(start < document.title_end for start, _ in place) for place in places]
    for number, place in enumerate(places):
        inside = sorted({document.sentence_of[start] for start, _ in place})
        body = [s for s in inside if document.sentences[s][0] >= document.title_end] or [sentences + 1]
        kind = kinds[number]
        own[number, :12] = (
            len(place),
            len(place) / total,
            len(inside),
            min(body) / sentences,
            max(body) / sentences,
            titled[number] > 0,
            any(start < document.colon for start, _ in place),
            titled[number] > 0 and sum(t > 0 for t in titled) == 1,
            sum(first < firsts[number] for first in firsts),
            sum(k == kind for k in kinds),
            confidences[number],
            sum(first < firsts[number] and k == kind for first, k in zip(firsts, kinds, strict=True)),
        )
        own[number, 12 + kind] = 1.0
        for name, share in role_cues(document, place).items():
            column = cues.get(name)
            if column is not None:
                words[number, column] = share
    return np.concatenate([own, rows, words], axis=1, dtype=np.float32)
