"""Where a name stands: the words around each of its places, and what the text calls it.

The noun that a text gives to a name decides between model, method and dataset ("SwiftNet, a lightweight network for",
"the MuSR benchmark", "a framework called Loom"), so the nouns before and after are read with some care.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.features import Document
from extractors.wordlists import CUE_NAMES, CUES, HEAD_NAMES, HEADS, NOUN_NAMES, NOUNS

_BEFORE = {
    **dict.fromkeys(("the", "this", "our"), 0),
    **dict.fromkeys(("a", "an"), 1),
    **dict.fromkeys(("on", "across", "over"), 2),
    **dict.fromkeys(
        ("called", "named", "dubbed", "termed", "coined", "namely", "propose", "introduce", "present"), 3
    ),
    **dict.fromkeys(("(",), 4),
    **dict.fromkeys(("of", "for", "in"), 5),
    **dict.fromkeys(("with", "via", "using", "by", "through"), 6),
    **dict.fromkeys((",", "and", "or", "/"), 7),
    **dict.fromkeys(("than", "outperforms", "outperform", "surpasses"), 8),
}
_AFTER = {
    **dict.fromkeys((")",), 0),
    **dict.fromkeys((",", "and", "or", "/"), 1),
    **dict.fromkeys((".", ":", ";"), 2),
    **dict.fromkeys(("(",), 3),
    **dict.fromkeys(
        ("is", "are", "achieves", "outperforms", "consists", "contains", "comprises", "provides"), 4
    ),
    **dict.fromkeys(("of", "for", "in", "on", "with", "from", "by", "to"), 5),
    **dict.fromkeys(("-",), 6),
    **dict.fromkeys(
        ("contains", "comprises", "consists", "covers", "includes", "spans", "comprising", "containing"), 7
    ),
    **dict.fromkeys(
        (
            "achieves",
            "outperforms",
            "improves",
            "enables",
            "uses",
            "leverages",
            "learns",
            "employs",
            "introduces",
        ),
        8,
    ),
}
N_BEFORE = 10
N_AFTER = 10
_GROUPS = frozenset(
    ("family", "series", "suite", "set", "collection", "class", "pair", "kind", "type", "version", "variant")
)
_STOP_PHRASE = frozenset(
    [
        "that",
        "which",
        "to",
        "of",
        "for",
        "with",
        "in",
        "on",
        "by",
        "and",
        "or",
        "where",
        "whose",
        "designed",
        "based",
        "built",
        "trained",
        "using",
        "from",
        "as",
        "is",
        "are",
        ".",
        ";",
        ":",
        ")",
    ]
)
_ARTICLES = frozenset(("a", "an", "the", "our", "one", "first", "novel", "new"))
_OWN = frozenset(("our", "this", "proposed", "the"))


def phrase_head(lower: Sequence[str], start: int, stop: int) -> str | None:
    """Kind of the head noun of the noun phrase that begins at a word: its last telling noun before it ends."""
    found = None
    for index in range(start, min(stop, start + 12)):
        word = lower[index]
        if word == "of" and lower[index - 1] in _GROUPS:
            continue
        if word in _STOP_PHRASE and index > start:
            break
        if word == "," and found:
            break
        found = NOUNS.get(word, found)
    return found


def apposition(document: Document, start: int, end: int) -> str | None:
    """What the text calls the name at a place: "X, a ... framework", "X is the first benchmark", "X (...), a ...".

    Returns:
        The kind of noun (one of :data:`NOUN_NAMES`), or None.
    """
    lower = document.lower
    begin, stop = document.sentences[document.sentence_of[start]]
    at = end
    if at < stop and lower[at] == ")":
        at += 1
    if at < stop and lower[at] == "(":
        depth = 0
        while at < stop:
            depth += (lower[at] == "(") - (lower[at] == ")")
            at += 1
            if not depth:
                break
    if at + 2 < stop and lower[at] in (",", "is", ":", "-", "–", "—", "as"):
        at += 1
        while at < stop and lower[at] in ("-", "–", "—", "also", "thus"):
            at += 1
        if at < stop and (lower[at] in _ARTICLES or lower[at - 1] == ":"):
            head = phrase_head(lower, at, stop)
            if head:
                return head
    before = start - 1
    if before > begin and lower[before] in (
        "called",
        "named",
        "dubbed",
        "termed",
        "coined",
        "namely",
        ",",
        "(",
        ":",
        "as",
    ):
        before -= 1
        while before > begin and lower[before] in (",", "(", ")", "and", "-"):
            before -= 1
        return NOUNS.get(lower[before])
    if before >= begin:
        return NOUNS.get(lower[before])
    return None


def title_head(document: Document) -> str | None:
    """Kind of the noun that follows the colon of the title: "X: A Benchmark for ..."."""
    if not document.colon:
        return None
    return phrase_head(document.lower, document.colon + 1, document.title_end)


def own_heads(document: Document) -> list[float]:
    """How often the text speaks of "our", "this" or "the proposed" dataset, model, method, task or metric, as shares."""
    counts = [0.0] * len(NOUN_NAMES)
    lower = document.lower
    for index in range(document.title_end + 1, len(lower)):
        head = NOUNS.get(lower[index])
        if head and (lower[index - 1] in _OWN or lower[index - 2] in ("our", "proposed", "this")):
            counts[NOUN_NAMES.index(head)] += 1.0
    total = sum(counts) + 1.0
    return [count / total for count in counts]


def describe_contexts(document: Document, places: Sequence[tuple[int, int]]) -> list[list[float]]:
    """Context of each place: word before, word after, head noun after, nearest cue before, position, glue, apposition.

    Returns:
        A row a place: the shares (first :data:`N_SHARES` columns), then the rest.
    """
    lower, glued = document.lower, document.glued
    count = len(lower)
    sentence_of = [0] * count
    introduces = []
    for number, (begin, end) in enumerate(document.sentences):
        introduces.append(
            end > document.title_end and any(CUES.get(lower[i]) == "intro" for i in range(begin, end))
        )
        sentence_of[begin:end] = [number] * (end - begin)
    depth, brackets = 0, [False] * count
    for index, word in enumerate(lower):
        if word == "(":
            depth += 1
        elif word == ")":
            depth = max(0, depth - 1)
        brackets[index] = depth > 0
    out = []
    offset_after = N_BEFORE
    offset_head = N_BEFORE + N_AFTER
    offset_cue = offset_head + len(HEAD_NAMES)
    offset_rest = offset_cue + len(CUE_NAMES)
    for start, end in places:
        row = [0.0] * (offset_rest + 7 + len(NOUN_NAMES))
        number = sentence_of[start]
        begin, stop = document.sentences[number]
        row[_BEFORE.get(lower[start - 1], N_BEFORE - 1) if start > begin else N_BEFORE - 1] = 1.0
        row[offset_after + (_AFTER.get(lower[end], N_AFTER - 1) if end < stop else 2)] = 1.0
        for ahead in range(end, min(end + 3, stop)):
            head = HEADS.get(lower[ahead])
            if head:
                row[offset_head + HEAD_NAMES.index(head)] = 1.0
                break
        for back in range(start - 1, max(begin, start - 9) - 1, -1):
            cue = CUES.get(lower[back])
            if cue:
                row[offset_cue + CUE_NAMES.index(cue)] = 1.0
                break
        row[offset_rest] = float(start < document.title_end)
        row[offset_rest + 1] = float(start < document.colon)
        row[offset_rest + 2] = float(start == 0 and end == document.colon)
        row[offset_rest + 3] = float(glued[start])
        row[offset_rest + 4] = float(end < count and glued[end] and lower[end] == "-")
        row[offset_rest + 5] = float(introduces[number])
        row[offset_rest + 6] = float(brackets[start])
        called = apposition(document, start, end)
        if called:
            row[offset_rest + 7 + NOUN_NAMES.index(called)] = 1.0
        out.append(row)
    return out


N_SHARES = N_BEFORE + N_AFTER + len(HEAD_NAMES) + len(CUE_NAMES)
