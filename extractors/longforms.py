"""Abbreviations in brackets and their long forms, on words.

After Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text"
(PSB 2003): the letters of the short form are matched from right to left in the words before the bracket, the first
one at the beginning of a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_STOP = frozenset(".;:?!()[]")


@dataclass(frozen=True, slots=True)
class ShortForm:
    """An abbreviation and its long form, as word ranges (start, end)."""

    short: tuple[int, int]
    long: tuple[int, int]


def _match_back(short: str, words: Sequence[str], glued: Sequence[bool], low: int, high: int) -> int | None:
    """Word at which the long form begins, or None. The words ``low`` to ``high`` are searched."""
    letters = [letter for letter in short.lower() if letter.isalnum()]
    position = len(letters) - 1
    index = high - 1
    while index >= low:
        word = words[index].lower()
        at = len(word)
        while position >= 0:
            # The first letter must open a word, the others may stand anywhere inside one.
            if position == 0:
                if at == 0 or word[0] != letters[0]:
                    break
                return index
            found = word.rfind(letters[position], 0, at)
            if found < 0:
                break
            position -= 1
            at = found
        index -= 1
    return None


def find_short_forms(words: Sequence[str], glued: Sequence[bool]) -> list[ShortForm]:
    """Find "long form (SF)" pairs.

    Args:
        words: the words of a text.
        glued: per word, whether it follows its predecessor without white space.

    Returns:
        Pairs in the order of the text. A plural s of the short form ("LLMs") is left out of the matching.
    """
    out = []
    for index, word in enumerate(words):
        if word != "(":
            continue
        end = index + 1
        while end < len(words) and end - index <= 6 and words[end] not in ("(", ")", ",", ";", ":"):
            end += 1
        if end >= len(words) or end == index + 1 or words[end] not in (")", ",", ";"):
            continue
        if any(not glued[at] for at in range(index + 2, end)):
            continue
        short = "".join(words[index + 1 : end])
        stem = short[:-1] if len(short) > 2 and short.endswith("s") and short[-2].isupper() else short
        capitals = sum(1 for letter in stem if letter.isupper())
        size = sum(1 for letter in stem if letter.isalnum())
        if not 2 <= size <= 12 or capitals < 1 or not any(letter.isalpha() for letter in stem):
            continue
        low = index
        reach = min(size + 5, size * 2 + 2) * 2
        while low > 0 and index - low < reach and words[low - 1] not in _STOP:
            low -= 1
        start = _match_back(stem, words, glued, low, index)
        if start is None:
            continue
        long_text = "".join(words[start:index])
        if long_text == short or len(long_text) <= len(short):
            continue
        out.append(ShortForm((index + 1, end), (start, index)))
    return out
