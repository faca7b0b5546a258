"""What the encoder is told about each word besides its letters.

The encoder reads lower-case pieces. Case, place and repetition are what gives a name away in an abstract, so every
word also carries twelve small numbers, each of which picks one row of a learnt table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.encoder_brackets import find_brackets

FEATURES = (
    ("shape", 18),
    ("part", 5),
    ("opens a sentence", 2),
    ("times in the document", 5),
    ("times with a capital inside a sentence", 4),
    ("shape before", 18),
    ("shape after", 18),
    ("share of capitals", 6),
    ("glued", 4),
    ("in the title too", 4),
    ("abbreviation", 6),
    ("length", 5),
)
"""Name and number of values of each feature."""

FEATURE_ROWS = sum(size for _, size in FEATURES)
_OFFSETS = np.cumsum([0] + [size for _, size in FEATURES])[:-1].astype(np.int64)

_CAPITALS = 8  # shapes from this number on hold a capital


def number_shape(word: str) -> int:
    """Shape class (1 to 17) of a word: sort of sign, digits, or pattern of its capitals."""
    first = word[0]
    if len(word) == 1 and not first.isalnum():
        if first in "-–/":
            return 1
        if first in "()[]":
            return 2
        return 3 if first in ".:;,!?" else 4
    if word.isdigit():
        return 5
    letters = word.isalpha()
    if word.islower():
        return 6 if letters else 7
    if word.isupper():
        if not letters:
            return 8
        return 9 if len(word) == 1 else 10 if len(word) <= 5 else 11
    if first.isupper():
        if word[1:].islower():
            return 12 if letters else 13
        return 14 if letters else 15
    return 16 if any(letter.isupper() for letter in word) else 17


def describe_words(words: Sequence[str], *, glued: Sequence[bool], title_words: int) -> NDArray[np.int64]:
    """Features of every word of a document.

    Args:
        words: the words of title and abstract.
        glued: per word, whether it follows its predecessor without white space.
        title_words: how many of the words make up the title.

    Returns:
        Array [number of words, 12] of rows of the feature table: column ``k`` lies within the rows of feature ``k``.
    """
    count = len(words)
    table = np.zeros((count, len(FEATURES)), np.int64)
    lower = [word.lower() for word in words]
    times = Counter(lower)
    shapes = [number_shape(word) for word in words]
    opens = [index in (0, title_words) or words[index - 1] in ".!?:" for index in range(count)]
    colon = next((index for index in range(title_words) if words[index] == ":"), 0)
    title, head = set(lower[:title_words]), set(lower[:colon])
    capitals: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    for index, shape in enumerate(shapes):
        if shape >= _CAPITALS:
            capitals[lower[index]] += 1
            if not opens[index] and index >= title_words:
                inside[lower[index]] += 1
    abbreviation = [0] * count
    shorts = set()
    for short, long in find_brackets(words, glued):
        for index in range(*short):
            abbreviation[index] = 1
            if words[index][0].isalnum():
                shorts.add(lower[index])
        for index in range(*long):
            abbreviation[index] = 3
        abbreviation[long[0]] = 2
        abbreviation[long[1] - 1] = 4
    bracket = False
    rows = []
    for index, word in enumerate(words):
        folded = lower[index]
        if word in "([":
            bracket = True
        if index < title_words:
            part = 1 if index < colon else 2
        else:
            part = 4 if bracket else 3
        shared = 0
        if word[0].isalnum():
            if index < title_words:
                shared = 3 if times[folded] > 1 else 0
            else:
                shared = 2 if folded in head else 1 if folded in title else 0
        large = capitals[folded]
        rows.append(
            (
                shapes[index],
                part,
                opens[index],
                min(times[folded], 5) - 1,
                min(inside[folded], 3),
                shapes[index - 1] if index else 0,
                shapes[index + 1] if index + 1 < count else 0,
                1 + int(4 * large / times[folded]) if large else 0,
                glued[index] + 2 * (index + 1 < count and glued[index + 1]),
                shared,
                abbreviation[index] or (5 if folded in shorts else 0),
                min(len(word), 9) // 2,
            )
        )
        if word in ")]":
            bracket = False
    if rows:
        table[:] = rows
    table += _OFFSETS
    return table
