"""Abbreviations in brackets, on words, as the encoder was told about them when it was trained.

After Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text" (PSB 2003):
the letters of the short form are matched from right to left in the words before the bracket, the first one at the
beginning of a word. This is an input of a trained network, so it must not change without training anew;
:mod:`extractors.abbreviations` is the place for a better rule.
"""

from __future__ import annotations

from collections.abc import Sequence

_STOP = frozenset(".;:?!()[]")
_CLOSERS = frozenset((")", ",", ";"))
_BREAKS = frozenset(("(", ")", ",", ";", ":"))

Bracket = tuple[tuple[int, int], tuple[int, int]]


def _match_back(short: str, words: Sequence[str], low: int, high: int) -> int | None:
    """Word at which the long form begins, or None. The words ``low`` to ``high`` are searched."""
    letters = [letter for letter in short.lower() if letter.isalnum()]
    position = len(letters) - 1
    for index in range(high - 1, low - 1, -1):
        word = words[index].lower()
        at = len(word)
        while position >= 0:
            if position == 0:
                # The first letter must open a word, the others may stand anywhere inside one.
                if at == 0 or word[0] != letters[0]:
                    break
                return index
            found = word.rfind(letters[position], 0, at)
            if found < 0:
                break
            position -= 1
            at = found
    return None


def find_brackets(words: Sequence[str], glued: Sequence[bool]) -> list[Bracket]:
    """Find ``long form (SF)`` pairs.

    Args:
        words: the words of a text.
        glued: per word, whether it follows its predecessor without white space.

    Returns:
        (short form, long form) as word ranges (start, end), in the order of the text. A plural s of the short form is
        left out of the matching.
    """
    out: list[Bracket] = []
    for index, word in enumerate(words):
        if word != "(":
            continue
        end = index + 1
        while end < len(words) and end - index <= 6 and words[end] not in _BREAKS:
            end += 1
        if end >= len(words) or end == index + 1 or words[end] not in _CLOSERS:
            continue
        if not all(glued[index + 2 : end]):
            continue
        short = "".join(words[index + 1 : end])
        stem = short[:-1] if len(short) > 2 and short.endswith("s") and short[-2].isupper() else short
        size = sum(letter.isalnum() for letter in stem)
        if not 2 <= size <= 12 or not any(letter.isupper() for letter in stem):
            continue
        low = index
        reach = min(size + 5, size * 2 + 2) * 2
        while low > 0 and index - low < reach and words[low - 1] not in _STOP:
            low -= 1
        start = _match_back(stem, words, low, index)
        if start is None or len("".join(words[start:index])) <= len(short):
            continue
        out.append(((index + 1, end), (start, index)))
    return out
