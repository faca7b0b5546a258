"""The one tokenisation that every trained part of this package shares.

A word is a run of letters, digits and underscores, or a single other character that is not white space.
"GPT-4o" is therefore three words. Nothing is normalised: a word is always a slice of the text.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+|[^\w\s]")
_SIGNS_BEFORE = frozenset("%~>°@,;: ")
_OWNERS = ("'s", "\u2019s")
_SIGNS_BEHIND = frozenset("@~\\,;: ")


def split_words(text: str) -> list[tuple[int, int]]:
    """Split a text into words.

    Args:
        text: any text.

    Returns:
        The (start, end) character offsets of the words, in order; ``text[start:end]`` is the word.
    """
    return [match.span() for match in _WORD.finditer(text)]


def join_text(title: str, abstract: str) -> str:
    """The text of a paper: its title, an empty line, its abstract."""
    return f"{title}\n\n{abstract}"


def without_signs(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without what belongs to the words around it: the per cent of ``% accuracy``, the at of ``mAP@``, an owner's 's."""
    first, last = start, end
    while first < last and text[first] in _SIGNS_BEFORE:
        first += 1
    while last > first and text[last - 1] in _SIGNS_BEHIND:
        last -= 1
    if text[first:last].endswith(_OWNERS) and last - first > 2:
        last -= 2
    return (first, last) if first < last else (start, end)
