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
_LEADING = frozenset({"a", "an", "the"})
_WITH = frozenset({"by", "from", "through", "using", "via", "with"})
_NO_DOERS = frozenset({"transformer"})
_LAST_ENDINGS = (
    ("ization", "iz"), ("izing", "iz"), ("ized", "iz"), ("izer", "iz"), ("ize", "iz"), ("ation", "at"), ("ating", "at"),
    ("ated", "at"), ("ator", "at"), ("ate", "at"), ("ings", ""), ("ing", ""), ("ers", ""), ("er", ""), ("ed", ""), ("e", ""),
)  # fmt: skip
_SHORTEST_STEM = 3
_DIGITS = re.compile(r"\d+(?:\.\d+)*[a-z]?")
_SHARED_START = 5
_FALSE_FRIENDS = (frozenset({"general", "generalized", "generalised", "generalization", "generalisation"}),)
"""Words that begin like others and mean something else: ``general`` is not ``generative``."""


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
    """The words in order, the last one without a verb's or doer's ending; empty for names of one word.

    ``kernel density estimates`` and ``kernel density estimating`` meet; words before the last must be equal, since
    ``weight loss`` is no ``weighted loss``.
    """
    words = ["with" if word.lower() in _WITH else word.lower() for word in name_words(name)]
    while words and words[0] in _LEADING:
        words.pop(0)
    if len(words) < 2:
        return ""
    last = words[-1]
    if not last.isalpha() or last in _NO_DOERS:
        return " ".join(words)
    for ending, instead in _LAST_ENDINGS:
        if last.endswith(ending) and len(last) - len(ending) >= _SHORTEST_STEM:
            last = last[: -len(ending)] + instead
            break
    if len(last) > _SHORTEST_STEM and last[-1] == last[-2] and last[-1] not in "sl":
        last = last[:-1]
    return " ".join((*words[:-1], last))


def numbers_of(key: str) -> tuple[str, ...]:
    """Versions, sizes and years in a key, in order: what must be equal in names of one thing."""
    return tuple(_DIGITS.findall(key))


def are_variants(left: str, right: str) -> bool:
    """True where two long forms of one abbreviation differ in a single word, and in its ending only.

    ``Joint-Embedding Prediction Architecture`` and ``Joint-Embedding Predictive Architectures`` are variants,
    ``self-supervised learning`` and ``semi-supervised learning`` are not.
    """
    first, second = stems(left), stems(right)
    ours, theirs = set(_content(left)), set(_content(right))
    if any(bool(friends & ours) != bool(friends & theirs) for friends in _FALSE_FRIENDS):
        return False
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
