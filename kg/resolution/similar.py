"""When two fuller names are variants of one: word stems, and long forms that share an abbreviation.

Numbers never count as similar: versions, sizes and years must be equal.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kg.resolution.spelling import name_words

_FUNCTION = frozenset({"a", "an", "and", "by", "for", "from", "of", "the", "to", "using", "via", "with"})
_ENDINGS = (
    "izations", "ization", "ational", "ations", "ation", "ators", "ator", "ative", "ings", "ing", "ized", "izer", "ize",
    "ions", "ion", "ers", "er", "ed", "es", "al", "ive", "ate", "e", "s",
)  # fmt: skip
_SHORTEST_STEM = 3
_DIGITS = re.compile(r"\d+(?:\.\d+)*[a-z]?")
_SHARED_START = 5


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The word without its ending, doubled last letter undone: ``modeling``, ``models`` → ``model``."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            cut = word[: -len(ending)]
            return (
                cut[:-1] if len(cut) > _SHORTEST_STEM and cut[-1] == cut[-2] and cut[-1] not in "sl" else cut
            )
    return word


@lru_cache(maxsize=1 << 16)
def stems(name: str) -> tuple[str, ...]:
    """Stems of the name's words in order, function words left out."""
    return tuple(stem(word) for word in _content(name))


def _content(name: str) -> list[str]:
    words = (word.lower() for word in name_words(name))
    return [word for word in words if word not in _FUNCTION]


def stem_key(name: str) -> str:
    """The stems in one string; empty for names of one word, which are too short to be compared so."""
    parts = stems(name)
    return " ".join(parts) if len(parts) > 1 else ""


def numbers_of(key: str) -> tuple[str, ...]:
    """Versions, sizes and years in a key, in order: what must be equal in names of one thing."""
    return tuple(_DIGITS.findall(key))


def are_variants(left: str, right: str) -> bool:
    """True where two long forms of one abbreviation differ in a single word, and in its ending only.

    ``Joint-Embedding Prediction Architecture`` and ``Joint-Embedding Predictive Architectures`` are variants,
    ``self-supervised learning`` and ``semi-supervised learning`` are not.
    """
    first, second = stems(left), stems(right)
    if first == second:
        return bool(first)
    if len(first) != len(second) or len(first) < 2:
        return False
    different = [i for i, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]
    return len(different) == 1 and _share_start(_content(left)[different[0]], _content(right)[different[0]])


def _share_start(left: str, right: str) -> bool:
    shared = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        shared += 1
    return shared >= _SHARED_START and 2 * shared >= max(len(left), len(right))


def contains_words(long: str, short: str) -> bool:
    """True where all words of ``short`` stand in ``long``: a narrower or wider name, not another one for the same thing."""
    inner = set(stems(short))
    return bool(inner) and inner <= set(stems(long))
