"""Which of a document's names stand for one thing.

"DPO" and "Direct Preference Optimization", "accuracy" and "classification accuracy": an annotator lists them once.
Pairs of names that have anything in common are described by a row of numbers; boosted trees say how likely they are
one entity.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from extractors.candidates import Candidate
from extractors.crf import TYPES, Floats
from extractors.features import Document
from extractors.wordlists import CUES, HEADS

PAIR_FEATURES = (
    "same type",
    "agreement",
    "higher",
    "lower",
    *(f"type {name}" for name in TYPES),
    "abbreviation",
    "suffix",
    "prefix",
    "inside",
    "common words",
    "longer words",
    "shorter words",
    "key prefix",
    "common start",
    "common end",
    "initials",
    "subsequence",
    "same numbers",
    "distance",
    "bracket",
    "capitals longer",
    "capitals shorter",
    "overlapping places",
    "places longer",
    "places shorter",
    "head differs",
    "plural",
    "generic rest",
    "same stems",
    "shared stems",
    "alike",
    "initials part",
    "both introduced",
)


_GENERIC = frozenset(HEADS) | frozenset(
    ["prompting", "based", "pre", "language", "large", "deep", "neural", "learning", "training", "model", "s"]
)


def _stems(words: AbstractSet[str]) -> frozenset[str]:
    return frozenset(word[:5] for word in words)


def _alike(one: str, two: str) -> float:
    """Share of letter pairs that two keys have in common (Dice)."""
    a = {one[at : at + 2] for at in range(len(one) - 1)}
    b = {two[at : at + 2] for at in range(len(two) - 1)}
    return 2.0 * len(a & b) / max(1, len(a) + len(b))


def _introduced(document: Document, candidate: Candidate) -> bool:
    start = candidate.places[0][0]
    return any(CUES.get(word) == "intro" for word in document.lower[max(0, start - 6) : start])


def _common(left: str, right: str) -> int:
    size = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        size += 1
    return size


def _subsequence(short: str, long: str) -> bool:
    letters = iter(long)
    return all(letter in letters for letter in short)


def pair_candidates(
    document: Document, candidates: Sequence[Candidate], probabilities: Floats, *, floor: float = 0.2
) -> tuple[list[tuple[int, int]], Floats]:
    """Describe the pairs of names that might be one entity.

    Args:
        document: the document.
        candidates: its candidates.
        probabilities: of "none" and each type, [candidates, 1 + types].
        floor: candidates less likely to be an entity are left out.

    Returns:
        Pairs (i, j) of candidate numbers, the longer name first, and a row for each.
    """
    strong = [number for number in range(len(candidates)) if 1.0 - probabilities[number, 0] >= floor]
    if len(strong) < 2:
        return [], np.zeros((0, len(PAIR_FEATURES)), dtype=np.float32)
    kinds = probabilities[:, 1:].argmax(axis=1).tolist()
    tops = probabilities[:, 1:].max(axis=1).tolist()
    facts = {}
    lower, forms = document.lower, document.forms
    for number in strong:
        start, end = candidates[number].places[0]
        words = [word for word in lower[start:end] if word[0].isalnum()]
        capitals = sum(letter.isupper() for form in forms[start:end] for letter in form)
        numbers = {word for word in words if any(letter.isdigit() for letter in word)}
        facts[number] = (words, set(words), "".join(word[0] for word in words), capitals, numbers)
    pairs, rows = [], []
    for at, one in enumerate(strong):
        for two in strong[at + 1 :]:
            a, b = (one, two) if len(candidates[one].key) >= len(candidates[two].key) else (two, one)
            long, short = candidates[a], candidates[b]
            long_words, long_set, initials, long_capitals, long_numbers = facts[a]
            short_words, short_set, _, short_capitals, short_numbers = facts[b]
            abbreviation = short.key in long.partners
            shared = len(long_set & short_set)
            key, other = long.key, short.key
            same_letters = other == initials or (
                len(other) <= 8 and other[0] == key[0] and _subsequence(other, key)
            )
            if not (abbreviation or shared or same_letters or _common(key, other) >= 3):
                continue
            size, less = len(long_words), len(short_words)
            distance, bracket, overlapping = _distance(document, long, short)
            rows.append(
                (
                    float(kinds[a] == kinds[b]),
                    float(probabilities[a, 1:] @ probabilities[b, 1:]),
                    max(tops[a], tops[b]),
                    min(tops[a], tops[b]),
                    *(float(kinds[a] == kind) for kind in range(len(TYPES))),
                    float(abbreviation),
                    float(long_words[size - less :] == short_words) if less else 0.0,
                    float(long_words[:less] == short_words),
                    float(other in key),
                    shared / max(1, len(long_set | short_set)),
                    float(size),
                    float(less),
                    float(key.startswith(other)),
                    _common(key, other) / len(key),
                    _common(key[::-1], other[::-1]) / len(key),
                    float(other == initials),
                    float(same_letters),
                    float(long_numbers == short_numbers),
                    float(distance),
                    float(bracket),
                    float(long_capitals),
                    float(short_capitals),
                    float(overlapping),
                    float(len(long.places)),
                    float(len(short.places)),
                    float(bool(long_words) and bool(short_words) and long_words[-1] != short_words[-1]),
                    float(key == other + "s"),
                    float(bool(short_set) and short_set < long_set and long_set - short_set <= _GENERIC),
                    float(_stems(long_set) == _stems(short_set)),
                    len(_stems(long_set) & _stems(short_set)) / max(1, len(_stems(short_set))),
                    _alike(key, other),
                    float(len(other) >= 2 and other[:3] == initials[:3]),
                    float(_introduced(document, long) and _introduced(document, short)),
                )
            )
            pairs.append((a, b))
    return pairs, np.array(rows, dtype=np.float32).reshape(len(pairs), len(PAIR_FEATURES))


def _distance(document: Document, one: Candidate, two: Candidate) -> tuple[int, bool, bool]:
    """Fewest words between the two, whether only a bracket is between them, whether places overlap."""
    best, bracket, overlapping = 200, False, False
    for start, end in one.places:
        for begin, stop in two.places:
            if start < stop and begin < end:
                overlapping = True
                continue
            low, high = (end, begin) if end <= begin else (stop, start)
            if high - low < best:
                best = high - low
            if high - low == 1 and document.forms[low] == "(":
                bracket = True
    return best, bracket, overlapping


def group_names(
    chosen: Sequence[int],
    strength: Sequence[float],
    pairs: Sequence[tuple[int, int]],
    same: Sequence[float],
    *,
    threshold: float = 0.5,
) -> list[list[int]]:
    """Join the chosen candidates into entities.

    From the strongest down, each joins the group of the member that is most likely the same thing, if that is likelier
    than the threshold.

    Returns:
        Groups of candidate numbers, each with its strongest first.
    """
    known = {}
    for (a, b), p in zip(pairs, same, strict=True):
        known[a, b] = known[b, a] = p
    groups: list[list[int]] = []
    for number in sorted(chosen, key=lambda n: (-strength[n], n)):
        best, where = threshold, -1
        for index, group in enumerate(groups):
            nearest = max(known.get((number, member), 0.0) for member in group)
            if nearest > best:
                best, where = nearest, index
        if where < 0:
            groups.append([number])
        else:
            groups[where].append(number)
    return groups
