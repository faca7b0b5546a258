"""What the feature tagger sees of a text.

Two kinds of features, both plain strings:

* *word features* depend on the form of a word alone (its letters, shape, affixes, clusters). The tagger looks at
  them in a window around each word and caches their summed weights per distinct word;
* *place features* depend on where the word stands: in the title, in brackets, glued to its neighbour, repeated
  elsewhere in the document, part of an abbreviation or of its long form, within reach of a cue.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from extractors.abbreviations import find_abbreviations
from extractors.wordlists import CUES, HEADS
from extractors.words import join_text, split_words

_SENTENCE_END = frozenset(".?!")
_VOWEL_CLASSES = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "X" * 26 + "x" * 26 + "d" * 10
)
_REPEATS = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class ShortForm:
    """An abbreviation and its long form, as word ranges (start, end)."""

    short: tuple[int, int]
    long: tuple[int, int]


@dataclass(frozen=True, slots=True)
class NameHit:
    """A known name in a document: words ``start`` to ``end`` (exclusive), and its normalised form."""

    start: int
    end: int
    key: str


@dataclass(slots=True)
class Document:
    """A text cut into words, with what the features need to know about it."""

    title: str
    text: str
    words: list[tuple[int, int]]
    forms: list[str]
    lower: list[str]
    glued: list[bool]
    """Per word: it follows the word before it without white space."""
    sentences: list[tuple[int, int]]
    """Word ranges."""
    title_end: int
    """Number of words in the title."""
    colon: int
    """Index of the first colon of the title, or 0 where it has none."""
    short_forms: list[ShortForm] = field(default_factory=list)
    sentence_of: list[int] = field(default_factory=list)
    """Per word the number of its sentence."""
    known: tuple[object, list[NameHit]] | None = None
    """The table in which known names have last been looked up, and those found."""


def read_document(title: str, abstract: str) -> Document:
    """Cut a paper's title and abstract into words and sentences."""
    text = join_text(title, abstract)
    words = split_words(text)
    forms = [text[start:end] for start, end in words]
    glued = [False] * len(words)
    sentences = []
    begin = 0
    title_end = len(words)
    limit = len(title)
    before = -1
    for index, (start, end) in enumerate(words):
        if start == before:
            glued[index] = True
        elif index and (start > limit) and (words[index - 1][1] <= limit):
            title_end = index
            sentences.append((begin, index))
            begin = index
        elif index > begin and forms[index - 1] in _SENTENCE_END and not forms[index][0].islower():
            sentences.append((begin, index))
            begin = index
        before = end
    if begin < len(words):
        sentences.append((begin, len(words)))
    colon = 0
    for index in range(min(title_end, 12)):
        if forms[index] == ":":
            colon = index
            break
    lower = [form.lower() for form in forms]
    return Document(
        title,
        text,
        words,
        forms,
        lower,
        glued,
        sentences,
        title_end,
        colon,
        _short_forms(text, words),
        [number for number, (begin, end) in enumerate(sentences) for _ in range(begin, end)],
    )


def _short_forms(text: str, words: Sequence[tuple[int, int]]) -> list[ShortForm]:
    """The abbreviations of a text as word ranges; those that do not begin and end with a word are left out."""
    found = find_abbreviations(text)
    if not found:
        return []
    starts = {start: index for index, (start, _) in enumerate(words)}
    ends = {end: index + 1 for index, (_, end) in enumerate(words)}
    out = []
    for pair in found:
        short = starts.get(pair.short_span[0]), ends.get(pair.short_span[1])
        long = starts.get(pair.long_span[0]), ends.get(pair.long_span[1])
        if short[0] is None or short[1] is None or long[0] is None or long[1] is None:
            continue
        out.append(ShortForm((short[0], short[1]), (long[0], long[1])))
    return out


def fold_digits(lower: str) -> str:
    """Write every digit of a number as 0."""
    return "0" * len(lower) if lower.isdigit() else lower


@lru_cache(maxsize=65536)
def word_shape(word: str) -> str:
    """Letters as X and x, digits as d, runs shortened: "GPT4o" becomes "Xdx"."""
    return _REPEATS.sub(r"\1", word.translate(_VOWEL_CLASSES))


def describe_word(word: str, clusters: Mapping[str, Sequence[int]]) -> list[str]:
    """Features of the form of a word: itself, its shape, its affixes, its case, its distributional clusters.

    Args:
        word: the word.
        clusters: numbers of the clusters (coarse to fine) of lower-case words, digits written as 0.
    """
    lower = word.lower()
    size = len(word)
    out = [f"l={lower}", f"s={word_shape(word)}"]
    out.extend(f"c{level}={number}" for level, number in enumerate(clusters.get(fold_digits(lower), ())))
    if word != lower:
        out.append(f"w={word}")
    if not word[0].isalnum():
        return out
    for length in (2, 3, 4):
        if size > length:
            out.append(f"p{length}={lower[:length]}")
            out.append(f"x{length}={lower[-length:]}")
    upper = sum(1 for letter in word if letter.isupper())
    digits = sum(1 for letter in word if letter.isdigit())
    if upper:
        if size > 1 and upper == size - digits:
            out.append("c=all")
        elif upper == 1 and word[0].isupper():
            out.append("c=title")
        else:
            out.append("c=mixed")
        out.append(f"up={min(upper, 4)}")
    else:
        out.append("c=low" if not digits else "c=digits" if digits == size else "c=lowdig")
    if digits:
        out.append(f"dig={min(digits, 4)}{'a' if digits < size else ''}")
    out.append(f"n={min(size, 12)}")
    return out


def _chunks(document: Document) -> list[tuple[int, int]]:
    """Per word: the run of glued words it belongs to, without brackets, quotes and punctuation at its ends."""
    forms, glued = document.forms, document.glued
    out = [(0, 0)] * len(forms)
    begin = 0
    count = len(forms)
    while begin < count:
        end = begin + 1
        while end < count and glued[end] and forms[end] not in _CUT and forms[end - 1] not in _CUT:
            end += 1
        first, last = begin, end
        while last > first + 1 and forms[last - 1] in _TRIM:
            last -= 1
        while first < last - 1 and forms[first] in _TRIM:
            first += 1
        for index in range(begin, end):
            out[index] = (first, last) if first <= index < last else (index, index + 1)
        begin = end
    return out


_CUT = frozenset('()[]{}"“”‘’;,`')
_TRIM = frozenset(".,:;?!'\"*_$")


def describe_places(document: Document) -> list[list[str]]:
    """Features of every word of a document that depend on where it stands.

    Returns:
        One list of feature strings a word.
    """
    forms, lower, glued = document.forms, document.lower, document.glued
    count = len(forms)
    chunks = _chunks(document)
    text, words = document.text, document.words
    chunk_text = [
        forms[index] if last - first == 1 else text[words[first][0] : words[last - 1][1]]
        for index, (first, last) in enumerate(chunks)
    ]
    occurrences: Counter[str] = Counter()
    in_title: set[str] = set()
    for index, (first, _) in enumerate(chunks):
        if first == index and lower[index][0].isalnum():
            occurrences[chunk_text[index]] += 1
            if index < document.title_end:
                in_title.add(chunk_text[index].lower())
    colon, title_end = document.colon, document.title_end
    title_names = {lower[index] for index in range(colon) if lower[index][0].isalnum()}
    out: list[list[str]] = []
    for index, word in enumerate(lower):
        features: list[str] = []
        if glued[index]:
            features.append("gl")
        if index + 1 < count and glued[index + 1]:
            features.append("gr")
        first, last = chunks[index]
        chunk = chunk_text[index]
        if last - first > 1:
            features += _chunk_features(chunk, index - first, last - first)
        if word[0].isalnum():
            if chunk != chunk.lower():
                inner = len(chunk) > 1 and chunk[1:] != chunk[1:].lower()
                features.append(f"rep={min(occurrences[chunk], 4)}{'U' if inner else ''}")
            if index >= title_end:
                folded = chunk.lower()
                if folded in in_title:
                    features.append("in-t" if chunk == folded else "in-tC")
                if word in title_names:
                    features.append("in-pre")
        out.append(features)
    for begin, end in document.sentences:
        _describe_sentence(document, begin, end, chunk_text, occurrences, out)
    _mark_short_forms(document, out)
    return out


def _describe_sentence(
    document: Document,
    begin: int,
    end: int,
    chunk_text: Sequence[str],
    occurrences: Mapping[str, int],
    out: Sequence[list[str]],
) -> None:
    """Add what depends on the sentence: position, brackets, cues before, head nouns after, neighbours."""
    lower = document.lower
    title = begin < document.title_end
    cues = [(index, cue) for index in range(begin, end) if (cue := CUES.get(lower[index]))]
    if title:
        colon = document.colon
        for index in range(begin, end):
            features = out[index]
            features.append("title")
            if colon:
                if index < colon:
                    features.append(f"pre{min(colon, 5)}")
                    features.append(f"pre@{min(index, 3)}")
                else:
                    features.append("post")
            if end - index <= 3:
                features.append("t-end")
    elif any(cue == "intro" for _, cue in cues):
        for index in range(begin, end):
            out[index].append("s-intro")
    out[begin].append("first")
    chunk = chunk_text[begin]
    if chunk != chunk.lower():
        out[begin].append("rep1st" if occurrences.get(chunk, 0) > 1 else "one1st")
    if "(" in lower[begin:end]:
        depth = 0
        for index in range(begin, end):
            word = lower[index]
            if word == "(":
                depth += 1
            elif word == ")":
                depth = max(0, depth - 1)
            elif depth:
                out[index].append("in()")
    for number, (at, cue) in enumerate(cues):
        stop = min(end, at + 9, cues[number + 1][0] + 1 if number + 1 < len(cues) else end)
        for index in range(at + 1, stop):
            out[index].append(f"cue={cue}{(index - at + 1) // 2}")
    free = begin
    for at in range(begin, end):
        head = HEADS.get(lower[at])
        if head:
            for index in range(max(free, at - 4), at):
                out[index].append(f"head{at - index}={head}")
            free = at
    before = lower[begin]
    for index in range(begin + 1, end):
        word = lower[index]
        out[index - 1].append(f"b={before}_{word}")
        out[index].append(f"a={before}_{word}")
        before = word


@lru_cache(maxsize=65536)
def _chunk_features(chunk: str, at: int, size: int) -> tuple[str, ...]:
    return f"k={chunk.lower()}", f"ks={word_shape(chunk)[:8]}", f"kp={min(at, 3)}/{min(size, 4)}"


def _mark_short_forms(document: Document, out: Sequence[list[str]]) -> None:
    """Mark abbreviations, their long forms, and their repeats."""
    if not document.short_forms:
        return
    forms = document.forms
    for pair in document.short_forms:
        for index in range(*pair.short):
            out[index].append("abbr")
        for index in range(*pair.long):
            out[index].append("long" if index > pair.long[0] else "longB")
        out[pair.long[1] - 1].append("longE")
    shorts = {
        form
        for pair in document.short_forms
        for form in forms[pair.short[0] : pair.short[1]]
        if form.isalnum()
    }
    for index, form in enumerate(forms):
        if form in shorts:
            out[index].append("isabbr")
