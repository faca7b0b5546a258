"""Abbreviations and their long forms, as a text itself introduces them.

Input: any text. Output: pairs such as ``MAE`` and ``Masked Autoencoder`` with the offsets of both.
The candidates are those of Schwartz & Hearst, "A simple algorithm for identifying abbreviation definitions in
biomedical text", Pacific Symposium on Biocomputing 2003, 451-462: a short form in parentheses behind its long form, or
the other way round, and every letter of the short form found in order in the long form. Where their search takes the
nearest letter that fits, this one takes the cheapest alignment word by word: an initial costs nothing, a letter inside
a word or a word left out costs a little, so that ``Semi-supervised learning (SSL)`` is not cut to ``supervised
learning`` and coined names (``Low-Rank Adaptation (LoRA)``) are read as their authors mean them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MAX_SHORT = 20
_MAX_LETTERS = 16
_BRACKET = re.compile(r"\(([^()\n]{2,160})\)")
_SHORT = re.compile(r"[A-Za-z0-9$\\αβγδεζηθκλμνξπρστφχψω][\w.&+@*^/$\\{}-]*(?: [A-Z0-9][\w.+-]*)?")
_LEAD = re.compile(
    r"(?:(?:hence(?:forth)?|hereafter|hereinafter|here|abbreviated|abbrev\.|shortened|abbr\.|aka|a\.k\.a\.|i\.e\.|called"
    r"|termed|dubbed|named|denoted|namely|short|or|also|known|referred|simply|to|as|by|the|for)[,:]? )+",
    re.I,
)
_EXAMPLE = re.compile(r"(?:[Ee]\.g|eg\b|[Ss]ee\b|cf\b|such as|including|[Oo]urs\b)")
_BOUNDARY = re.compile(
    r"[.!?:;]\s|\s[-–—]{1,3}\s|[()\[\]\"“”\n]|''|``|,\s(?:and|or|but|which|that|where|we|i\.e|e\.g)\b"
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_STANDS_FOR = re.compile(
    r"\b([A-Za-z][\w-]{1,14}),? \(?(?:short for|(?:which |that )?stands for|standing for|an? (?:acronym|abbreviation) (?:for|of)) "
    r"[\"“]?([^().;:\n]{4,140})"
)
_LAST_TOKEN = re.compile(r"([^\s()\[\],;:\"“”'`]{2,16}) ?$")
_SMALL_WORDS = (
    "a an the of for with and in on to by via from as at using or into over under based through & de"
)
_SMALL = frozenset(_SMALL_WORDS.split())
_NO_START_WORDS = "a an the our this these and or of for with in to on by via from between through at under"
_NO_START = frozenset(_NO_START_WORDS.split())
_SOUNDS = {
    "x": ("cross", "ex", "trans"),
    "2": ("to", "two"),
    "4": ("for", "four"),
    "3": ("three",),
}
# What it costs to leave out a small word, a part of a compound, a word, a word at the end …
_SKIP_SMALL, _SKIP_PART, _SKIP_WORD, _SKIP_LAST = 0.05, 0.15, 0.8, 0.7
# … and to read a letter next to the last one, a capital, a letter elsewhere inside a word, to skip a digit, to cross a
# comma, to begin inside a compound, to read a capital of a word whose initial is left out.
_IN_ROW, _CAPITAL, _INSIDE, _DIGIT, _COMMA, _MID_START = 0.1, 0.05, 0.35, 0.3, 0.2, 0.5
_LATE = 0.15
# An alignment is accepted up to a base and so much a letter; costs and bounds were set on annotated abstracts.
_BASE, _SLOPE = 0.3, 0.2
_BASE_FIXED, _REVERSED = 1.0, 0.5
_REPEATED = re.compile(r"([a-z])([23])")
_FAR = 1e9


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and what it stands for.

    Attributes:
        short: the short form as the text has it, a plural s included.
        long: the long form as the text has it.
        short_span: start and end offset of ``short`` in the text.
        long_span: start and end offset of ``long`` in the text.
    """

    short: str
    long: str
    short_span: tuple[int, int]
    long_span: tuple[int, int]


def find_abbreviations(text: str) -> tuple[Abbreviation, ...]:
    """Find what the text abbreviates: ``long (SHORT)``, ``SHORT (long)``, ``SHORT, short for long``.

    Args:
        text: any text; offsets point into it.

    Returns:
        The pairs in the order of the text.
    """
    found: list[Abbreviation] = []
    for bracket in _BRACKET.finditer(text):
        pair = _short_inside(text, bracket) or _long_inside(text, bracket)
        if pair:
            found.append(pair)
    if " for " in text:
        found.extend(pair for match in _STANDS_FOR.finditer(text) if (pair := _stands_for(text, match)))
        found.sort(key=lambda pair: (min(pair.short_span, pair.long_span), pair.short_span))
    return tuple(found)


def _short_inside(text: str, bracket: re.Match[str]) -> Abbreviation | None:
    """The pair of ``long (SHORT)``, if it is one."""
    start, end = _inner_span(text, bracket.start(1), bracket.end(1))
    lead = _LEAD.match(text, start, end)
    start = lead.end() if lead else start
    start, end = _inner_span(text, start, end)
    match = _SHORT.match(text, start, end)
    if match is None or (match.end() < end and text[match.end()] not in ",;:"):
        return None
    end = match.end()
    letters = _letters(text[start:end])
    if letters is None:
        return None
    floor = max(0, bracket.start() - 14 * len(letters) - 40)
    for boundary in _BOUNDARY.finditer(text, floor, bracket.start()):
        floor = boundary.end()
    words = list(_WORD.finditer(text, floor, bracket.start()))
    if words and words[0].start() == floor and floor and text[floor - 1].isalnum():
        words = words[1:]
    if not words or bracket.start() - words[-1].end() > 3:
        return None
    words = words[-(2 * len(letters) + 5) :]
    aligned = _align(text, words, letters, fixed=False)
    doubled = _REPEATED.sub(lambda match: match.group(1) * int(match.group(2)), letters)
    if doubled != letters:
        aligned = _align(text, words, doubled, fixed=False) or aligned
    if aligned is None:
        return None
    return _pair(text, (start, end), (words[aligned[0]].start(), words[-1].end()))


def _long_inside(text: str, bracket: re.Match[str]) -> Abbreviation | None:
    """The pair of ``SHORT (long)``, if it is one."""
    before = _LAST_TOKEN.search(text, max(0, bracket.start() - 20), bracket.start())
    if before is None or (before.start() and text[before.start() - 1].isalnum()):
        return None
    letters = _letters(before.group(1))
    if letters is None:
        return None
    start, end = _inner_span(text, bracket.start(1), bracket.end(1))
    lead = _LEAD.match(text, start, end)
    start = lead.end() if lead else start
    cut = text.find(";", start, end)
    end = cut if cut >= 0 else end
    comma = text.find(", ", start, end)
    for stop in (end, comma):
        words = list(_WORD.finditer(text, start, stop)) if stop > start else []
        while words and words[0].group().lower() in ("a", "an", "the", "our"):
            words = words[1:]
        if len(words) == 1 and words[0].group().lower().startswith(letters):
            continue
        if (
            words
            and len(words) <= 2 * len(letters) + 2
            and _align(text, words, letters, fixed=True) is not None
        ):
            return _pair(text, before.span(1), (words[0].start(), words[-1].end()))
    return None


def _stands_for(text: str, match: re.Match[str]) -> Abbreviation | None:
    """The pair of ``SHORT, short for long``; the long form is as short as it can be."""
    letters = _letters(match.group(1))
    if letters is None:
        return None
    words = list(_WORD.finditer(text, match.start(2), match.end(2)))
    best, last = _FAR, None
    for count in range(1, min(len(words), 2 * len(letters) + 2) + 1):
        aligned = _align(text, words[:count], letters, fixed=True)
        if aligned and aligned[1] < best - 1e-9:
            last, best = words[count - 1], aligned[1]
    return _pair(text, match.span(1), (words[0].start(), last.end())) if last else None


def _pair(text: str, short: tuple[int, int], long: tuple[int, int]) -> Abbreviation | None:
    """The pair of two spans, unless the long form is none: not longer, or holding the short form itself."""
    short_text, long_text = text[slice(*short)], text[slice(*long)]
    if long[0] and text[long[0] - 1] == "$":
        long = long[0] - 1, long[1]
        long_text = text[slice(*long)]
    if len(long_text) <= len(short_text) or re.search(rf"(?<!\w){re.escape(short_text)}(?!\w)", long_text):
        return None
    return Abbreviation(short_text, long_text, short, long)


def _inner_span(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without spaces and quotation marks at its ends."""
    while start < end and text[start] in " \"'`“”‘’*_{}":
        start += 1
    while end > start and text[end - 1] in " \"'`“”‘’*_{}":
        end -= 1
    return start, end


def _letters(short: str) -> str | None:
    """Letters and digits of a short form in lower case, without a plural s; None for what cannot be one."""
    if len(short) > _MAX_SHORT or _EXAMPLE.match(short):
        return None
    if not any(character.isupper() for character in short) or short.isdigit():
        return None
    if short[1:].islower() and len(short) > 6:
        return None
    if len(short) > 2 and short.endswith("s") and short[-2].isupper():
        short = short[:-1]
    letters = "".join(character for character in short.lower() if character.isalnum())
    if len(letters) == 2 and letters[1] in "23":
        letters = letters[0] * int(letters[1])
    if not 2 <= len(letters) <= _MAX_LETTERS or sum(character.isalpha() for character in letters) < 2:
        return None
    return letters


def _align(text: str, words: list[re.Match[str]], letters: str, *, fixed: bool) -> tuple[int, float] | None:
    """Align the letters of a short form with words, from the cheapest first word on.

    Args:
        text: the text.
        words: the words that may make up the long form, the last of them its end.
        letters: the short form's letters.
        fixed: the first word must be the first of the long form.

    Returns:
        Index of the long form's first word and the cost, or None where no alignment is cheap enough.
    """
    plain = [word.group().lower() for word in words]
    count, size = len(words), len(letters)
    joined = [word.start() > 0 and text[word.start() - 1] in "-/‐‑–" for word in words]
    capitals = [word.group()[1:] != plain[at][1:] for at, word in enumerate(words)]
    skips = [0.0] * count
    for at, word in enumerate(plain):
        comma = _COMMA if at and "," in text[words[at - 1].end() : words[at].start()] else 0.0
        skip = _SKIP_SMALL if word in _SMALL else _SKIP_PART if joined[at] else _SKIP_WORD
        skips[at] = skip + comma
    # costs[w]: the cheapest way to place letters[i:] in words[w:], for the i at hand; from the last letter back.
    tail = [0.0] * (count + 1)
    for at in range(count - 1, -1, -1):
        skip = _SKIP_SMALL if plain[at] in _SMALL else _SKIP_PART if joined[at] else _SKIP_LAST
        tail[at] = tail[at + 1] + skip * (_REVERSED if fixed else 1)
    table: list[list[float]] = [[_FAR] * (count + 1) for _ in range(size)] + [tail]
    starts = [_FAR] * count
    for i in range(size - 1, -1, -1):
        row = table[i]
        letter = letters[i]
        if letter.isdigit() and i:
            following = table[i + 1]
            for at in range(count + 1):
                row[at] = following[at] + _DIGIT
        for at in range(count - 1, -1, -1):
            cost = _FAR
            if plain[at][0] == letter or any(
                plain[at].startswith(sound) for sound in _SOUNDS.get(letter, ())
            ):
                cost = _place(words[at].group(), plain[at], letters, i, at, table, 0)
            elif i and capitals[at]:
                inside = words[at].group().find(letter.upper(), 1)
                if inside > 0:
                    cost = _LATE + _place(words[at].group(), plain[at], letters, i, at, table, inside)
            if i == 0:
                starts[at] = cost
            else:
                row[at] = min(row[at], cost, row[at + 1] + skips[at])
    best, first = _FAR, 0
    for at in range(count - 1, -1, -1):
        cost = starts[at] + (_MID_START if joined[at] and not fixed else 0.0)
        if cost < best - 1e-9 and (plain[at] not in _NO_START or (at + 1 < count and joined[at + 1])):
            best, first = cost, at
        if fixed and at == 0:
            best, first = starts[0], 0
    return (first, best) if best <= (_BASE_FIXED if fixed else _BASE) + _SLOPE * size else None


def _place(
    word: str, plain: str, letters: str, i: int, at: int, table: list[list[float]], position: int
) -> float:
    """The cost of placing ``letters[i]`` on a word's initial, and as many more inside the word as pays."""
    best = table[i + 1][at + 1]
    cost, taken = 0.0, i + 1
    while taken < len(letters):
        following = plain.find(letters[taken], position + 1)
        if following < 0:
            break
        if word[following].isupper():
            cost += _CAPITAL
        else:
            cost += _IN_ROW if following == position + 1 else _INSIDE
        position, taken = following, taken + 1
        best = min(best, cost + table[taken][at + 1])
    return best
