"""Which names are short forms, and whether one abbreviates another.

The letters of a short form must occur in the long one in order, begin words in the main, and the first ones must
agree: the test of Schwartz and Hearst (2003), made stricter, since here both forms are given.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kg.names import normal_form

_WORD = re.compile(r"[^\W_]+")
_MOST = 12


@lru_cache(maxsize=1 << 16)
def is_short(name: str) -> bool:
    """True for what looks like an abbreviation or coinage: one word, at most twelve signs, two or more capitals or few."""
    if " " in name.strip() or not 2 <= len(name) <= _MOST:
        return False
    capitals = sum(c.isupper() for c in name)
    return capitals >= 2 or (capitals == 1 and len(name) <= 4)


@lru_cache(maxsize=1 << 16)
def abbreviates(short: str, long: str) -> bool:
    """True where ``short`` can be read as a short form of ``long``."""
    letters = normal_form(short)
    words = _WORD.findall(long.casefold())
    if len(words) < 2 and len(letters) > 4:
        return False
    joined = "".join(words)
    if not letters or not joined or len(letters) >= len(joined) or letters[0] != joined[0]:
        return False
    starts, at = set(), 0
    for word in words:
        starts.add(at)
        at += len(word)
    if joined.startswith(letters) and len(letters) in starts:
        return False  # the first words of a name are a part of it, no abbreviation
    position = begun = 0
    for letter in letters:
        # A letter that begins a later word is the likelier reading than one inside this word.
        ahead = [s for s in sorted(starts) if s >= position and joined[s] == letter]
        inside = joined.find(letter, position)
        if ahead and (inside < 0 or ahead[0] - position <= _longest(words) + 1):
            position = ahead[0] + 1
            begun += 1
        elif inside >= 0:
            position = inside + 1
        else:
            return False
    return begun * 2 >= min(len(letters), len(words))


def _longest(words: list[str]) -> int:
    return max(len(word) for word in words)
