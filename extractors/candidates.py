"""Candidate entities of one document: every name that any source thinks possible, with all its places.

The taggers look at words in a narrow window; this module gathers what they say about all places of one name, adds
the places they missed, and describes each name by a row of numbers for the classifier in
:mod:`extractors.rescorer`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from extractors.contexts import N_AFTER, N_BEFORE, N_SHARES, describe_contexts, own_heads, title_head
from extractors.crf import TYPES, Floats, SpanScores
from extractors.features import Document, word_shape
from extractors.names import NameTable, evidence_columns, evidence_row, fold_plural, word_key
from extractors.wordlists import CUE_NAMES, HEAD_NAMES, HEADS, NOUN_NAMES

KINDS = (*TYPES, "optional")
_NOT_FIRST = frozenset("()[]{},.:;!?-–—'\"“”‘’`/=")
_NOT_LAST = frozenset("([{,.:;?-–—'\"“”‘’`/=")


@dataclass(slots=True)
class Candidate:
    """A name that may be an entity of the document."""

    key: str
    places: list[tuple[int, int]] = field(default_factory=list)
    """Word ranges (start, end)."""
    partners: list[str] = field(default_factory=list)
    """Keys of its long or short forms."""
    is_short: bool = False
    is_long: bool = False


@lru_cache(maxsize=65536)
def key_of(surface: str) -> str:
    """Normalised form of a surface form: case, punctuation, spaces and a plural s do not count."""
    return fold_plural("".join(word_key(part) for part in surface.lower().split()))


def _plain(form: str) -> bool:
    return form[1:] == form[1:].lower()


def gather_candidates(
    document: Document, taggers: Sequence[SpanScores], table: NameTable, *, least_evidence: float = 0.3
) -> tuple[list[Candidate], list[dict[tuple[int, int], list[float]]]]:
    """Collect the candidates of a document.

    Args:
        document: the document.
        taggers: for each tagger the spans that it finds possible in this document.
        table: names known from elsewhere.
        least_evidence: share of annotated papers in which a known name was an entity, from which it is a candidate
            even where no tagger saw it.

    Returns:
        The candidates in the order of their first place, and for each tagger the probabilities of each kind by place.
    """
    text, words, forms = document.text, document.words, document.forms
    found: dict[str, Candidate] = {}
    scores: list[dict[tuple[int, int], list[float]]] = []

    def add(start: int, end: int) -> tuple[int, int] | None:
        while start < end and forms[start] in _NOT_FIRST:
            start += 1
        while end > start and (
            forms[end - 1] in _NOT_LAST or (forms[end - 1] == ")" and "(" not in forms[start:end])
        ):
            end -= 1
        if start == end or forms[start:end].count("(") != forms[start:end].count(")"):
            return None
        key = key_of(text[words[start][0] : words[end - 1][1]])
        if len(key) < 2:
            return None
        candidate = found.get(key)
        if candidate is None:
            candidate = found[key] = Candidate(key)
        if (start, end) not in candidate.places:
            candidate.places.append((start, end))
        return start, end

    def at(place: tuple[int, int] | None) -> Candidate | None:
        return None if place is None else found[key_of(text[words[place[0]][0] : words[place[1] - 1][1]])]

    for spans in taggers:
        by_place: dict[tuple[int, int], list[float]] = {}
        for start, end, kind, probability in zip(
            spans.start.tolist(),
            spans.end.tolist(),
            spans.type.tolist(),
            spans.probability.tolist(),
            strict=True,
        ):
            place = add(start, end)
            if place is None:
                continue
            row = by_place.get(place)
            if row is None:
                row = by_place[place] = [0.0] * len(KINDS)
            row[kind] = min(1.0, row[kind] + probability)
        scores.append(by_place)
    for hit in table.find(document):
        if hit.key in found:
            add(hit.start, hit.end)
            continue
        counts = table.gold.get(hit.key)
        if counts and sum(counts[: len(TYPES)]) >= least_evidence * sum(counts) and sum(counts) > 1:
            add(hit.start, hit.end)
    if document.colon:
        add(0, document.colon)
    for pair in document.short_forms:
        short, long = at(add(*pair.short)), at(add(*pair.long))
        if short is None or long is None or short is long:
            continue
        short.is_short = True
        long.is_long = True
        if long.key not in short.partners:
            short.partners.append(long.key)
            long.partners.append(short.key)
    _spread(document, found)
    candidates = sorted(found.values(), key=lambda c: (min(c.places), c.key))
    for candidate in candidates:
        candidate.places.sort()
    return candidates, scores


def _spread(document: Document, found: Mapping[str, Candidate]) -> None:
    """Add the places of each candidate that no source has named."""
    lower, forms = document.lower, document.forms
    openers: dict[str, list[tuple[tuple[str, ...], bool, str, Candidate]]] = {}
    for candidate in found.values():
        seen = set()
        for start, end in candidate.places:
            phrase = tuple(lower[start:end])
            exact = forms[start] if end - start == 1 else ""
            if (phrase, exact) in seen:
                continue
            seen.add((phrase, exact))
            openers.setdefault(phrase[0], []).append((phrase, end - start == 1, exact, candidate))
    for index, word in enumerate(lower):
        for phrase, single, exact, candidate in openers.get(word, ()):
            end = index + len(phrase)
            if (index, end) in candidate.places:
                continue
            if single:
                form = forms[index]
                # "SAM" and "sam" are two words; "Attention" and "attention" are one.
                if form != exact and not (_plain(form) and _plain(exact)):
                    continue
            elif tuple(lower[index:end]) != phrase:
                continue
            candidate.places.append((index, end))


def feature_names(taggers: Sequence[str]) -> tuple[str, ...]:
    """Names of the columns of :func:`describe_candidates`."""
    names: list[str] = []
    for tagger in taggers:
        names += [f"{tagger} max {kind}" for kind in KINDS]
        names += [f"{tagger} mean {kind}" for kind in KINDS]
        names += [f"{tagger} any", f"{tagger} longer", f"{tagger} shorter", f"{tagger} partner"]
        names += [f"{tagger} partner {kind}" for kind in TYPES]
    names += [f"before {n}" for n in range(N_BEFORE)]
    names += [f"after {n}" for n in range(N_AFTER)]
    names += [f"head after {name}" for name in HEAD_NAMES]
    names += [f"cue {name}" for name in CUE_NAMES]
    names += [
        "places",
        "in title",
        "before colon",
        "is title name",
        "first",
        "last",
        "glued left",
        "glued right",
    ]
    names += ["introduced sentence", "in brackets"]
    names += [f"called {name}" for name in NOUN_NAMES]
    names += [f"name or partner called {name}" for name in NOUN_NAMES]
    names += ["words", "characters", "capitals", "digits", "lower", "mixed", "hyphens", "plural"]
    names += [f"ends as {name}" for name in HEAD_NAMES]
    names += ["short form", "long form", "has colon", "document words", "candidates"]
    names += [f"title says {name}" for name in NOUN_NAMES]
    names += [f"own {name}" for name in NOUN_NAMES]
    names += list(evidence_columns())
    return tuple(names)


@lru_cache(maxsize=65536)
def _describe_form(surface: str) -> tuple[float, ...]:
    parts = surface.split()
    last = parts[-1].lower() if parts else ""
    head = HEADS.get(last)
    capitals = sum(1 for c in surface if c.isupper())
    shape = word_shape(surface)
    return (
        float(len(parts)),
        float(len(surface)),
        float(capitals),
        float(sum(1 for c in surface if c.isdigit())),
        float(not capitals),
        float("xX" in shape),
        float(surface.count("-")),
        float(last.endswith("s") and not last.endswith("ss")),
        *(float(head == name) for name in HEAD_NAMES),
    )


def describe_candidates(
    document: Document,
    candidates: Sequence[Candidate],
    scores: Sequence[Mapping[tuple[int, int], Sequence[float]]],
    table: NameTable,
    *,
    exclude: Mapping[str, Sequence[int]] | None = None,
) -> Floats:
    """One row of numbers for each candidate, columns as in :func:`feature_names`.

    Args:
        document: the document.
        candidates: its candidates.
        scores: by tagger, the probabilities of each kind by place.
        table: names known from elsewhere.
        exclude: what this document itself brought into the table, while learning.
    """
    if not candidates:
        return np.zeros((0, len(feature_names(["t"] * len(scores)))), dtype=np.float32)
    zeros = [0.0] * len(KINDS)
    owner = [number for number, candidate in enumerate(candidates) for _ in candidate.places]
    places = [place for candidate in candidates for place in candidate.places]
    firsts = np.cumsum([0] + [len(c.places) for c in candidates])[:-1]
    sizes = np.array([len(c.places) for c in candidates], dtype=np.float32)[:, None]
    number_of = {candidate.key: number for number, candidate in enumerate(candidates)}
    blocks: list[npt.NDArray[Any]] = []
    starts = np.array([p[0] for p in places])
    ends = np.array([p[1] for p in places])
    owners = np.array(owner)
    overlap = (starts[:, None] < ends) & (starts < ends[:, None]) & (owners[:, None] != owners)
    longer = overlap & ((ends - starts) > (ends - starts)[:, None])
    shorter = overlap & ~longer
    for by_place in scores:
        p = np.array([by_place.get(place, zeros) for place in places], dtype=np.float32)
        top = np.maximum.reduceat(p, firsts)
        mean = np.add.reduceat(p, firsts) / sizes
        any_type = p[:, : len(TYPES)].sum(axis=1)
        some = 1.0 - np.multiply.reduceat(1.0 - np.minimum(any_type, 0.999), firsts)
        over = np.maximum.reduceat((longer * any_type).max(axis=1), firsts)
        under = np.maximum.reduceat((shorter * any_type).max(axis=1), firsts)
        partner = np.zeros((len(candidates), 1 + len(TYPES)), dtype=np.float32)
        for number, candidate in enumerate(candidates):
            for key in candidate.partners:
                other = number_of.get(key)
                if other is not None:
                    partner[number, 1:] = np.maximum(partner[number, 1:], top[other, : len(TYPES)])
                    partner[number, 0] = max(partner[number, 0], some[other])
        blocks += [top, mean, some[:, None], over[:, None], under[:, None], partner]
    context = np.array(describe_contexts(document, places), dtype=np.float32)
    blocks.append(np.add.reduceat(context[:, :N_SHARES], firsts) / sizes)
    rest = context[:, N_SHARES:]
    total = max(1, len(document.words))
    blocks.append(sizes)
    blocks.append(np.maximum.reduceat(rest[:, :3], firsts))
    blocks.append(np.minimum.reduceat(starts, firsts)[:, None] / np.float32(total))
    blocks.append(np.maximum.reduceat(starts, firsts)[:, None] / np.float32(total))
    blocks.append(np.add.reduceat(rest[:, 3:7], firsts) / sizes)
    called = np.add.reduceat(rest[:, 7:], firsts)
    joined = called.copy()
    for number, candidate in enumerate(candidates):
        for key in candidate.partners:
            other = number_of.get(key)
            if other is not None:
                joined[number] += called[other]
    blocks += [called / sizes, joined]
    head = title_head(document)
    whole = [*(float(head == name) for name in NOUN_NAMES), *own_heads(document)]
    text, words = document.text, document.words
    tail = []
    for candidate in candidates:
        start, end = candidate.places[-1]
        surface = text[words[start][0] : words[end - 1][1]]
        tail.append(
            (
                *_describe_form(surface),
                float(candidate.is_short),
                float(candidate.is_long),
                float(document.colon > 0),
                float(total),
                float(len(candidates)),
                *whole,
                *evidence_row(table, candidate.key, exclude),
            )
        )
    blocks.append(np.array(tail, dtype=np.float32))
    return np.concatenate(blocks, axis=1, dtype=np.float32)
