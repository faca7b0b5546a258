"""Words cut into the pieces of a fixed vocabulary, the way uncased BERT models do.

After Wu et al., "Google's neural machine translation system" (2016), section 4.1, and the greedy longest-match-first
rule of Devlin et al., "BERT" (NAACL 2019). The encoder's vocabulary knows lower-case letters only, so each piece also
carries the case that it had in the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

UNKNOWN, BEGIN, END = "[UNK]", "[CLS]", "[SEP]"
CASES = 8
"""Number of case classes of a piece."""

_LONGEST = 60  # letters of a word that are looked at: a longer one is a hash or a URL
_CACHE = 200_000  # distinct words remembered


def fold_word(word: str) -> str:
    """Lower-case a word and take the accents off its letters."""
    lower = word.lower()
    if lower.isascii():
        return lower
    bare = "".join(
        letter for letter in unicodedata.normalize("NFD", lower) if unicodedata.category(letter) != "Mn"
    )
    return bare or lower


def class_of_case(piece: str) -> int:
    """Case class (1 to 7) of the letters that a piece stands for; 0 is kept for "not known"."""
    if piece.islower():
        return 1
    if piece.isdigit():
        return 2
    if piece.isupper():
        return 3 if len(piece) > 1 else 4
    if piece[0].isupper() and piece[1:].islower():
        return 5
    return 7 if any(letter.isalpha() for letter in piece) else 6


class WordPiece:
    """Cuts words into numbered pieces.

    Args:
        vocabulary: the pieces in the order of their numbers; one that continues a word begins with ``##``.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = tuple(vocabulary)
        self._numbers = {piece: number for number, piece in enumerate(self.vocabulary)}
        self.unknown = self._numbers[UNKNOWN]
        self.begin = self._numbers[BEGIN]
        self.end = self._numbers[END]
        self._cache: dict[str, tuple[tuple[int, int], ...]] = {}

    def __len__(self) -> int:
        return len(self.vocabulary)

    def cut(self, word: str) -> tuple[tuple[int, int], ...]:
        """Cut one word (no white space in it, not empty).

        Returns:
            (number of the piece, case class) pairs, at least one.
        """
        pieces = self._cache.get(word)
        if pieces is None:
            if len(self._cache) >= _CACHE:
                self._cache.clear()
            pieces = self._cache[word] = self._cut(word)
        return pieces

    def _cut(self, word: str) -> tuple[tuple[int, int], ...]:
        folded = fold_word(word)
        aligned = len(folded) == len(word)
        folded = folded[:_LONGEST]
        out: list[tuple[int, int]] = []
        at, opening = 0, True
        while at < len(folded):
            if folded[at] == "_":
                # BERT treats the underscore as punctuation: a piece of its own that ends a word.
                out.append((self._numbers.get("_", self.unknown), 0))
                at, opening = at + 1, True
                continue
            stop = folded.find("_", at)
            stop = len(folded) if stop < 0 else stop
            end = stop
            number = None
            while end > at:
                number = self._numbers.get(folded[at:end] if opening else "##" + folded[at:end])
                if number is not None:
                    break
                end -= 1
            if number is None:
                number, end = self.unknown, at + 1
            out.append((number, class_of_case(word[at:end]) if aligned else 0))
            at, opening = end, False
        return tuple(out) or ((self.unknown, 0),)
