"""From candidates to entities: one thing listed once a paper, with every occurrence, one type, its abbreviation.

Input: scored candidates in the clean text. Output: ``Found`` entities without overlaps.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from extractors.abbreviations import Abbreviation
from extractors.reading import Candidate, Found
from kg.model import EntityType, Span
from kg.names import normal_form

THRESHOLD = 0.5


def gather(text: str, candidates: Iterable[Candidate], abbreviations: Iterable[Abbreviation]) -> list[Found]:
    """Group candidates by name, settle their type, find all their occurrences.

    Independent signs add up as in a noisy-or, so that a name which is both known and defined is surer than either.

    Args:
        text: clean text.
        candidates: stretches with types and scores.
        abbreviations: definitions that tie a short form to its long form.

    Returns:
        Entities in the order of their first occurrence.
    """
    partner = {}
    for item in abbreviations:
        partner[normal_form(item.short)] = normal_form(item.long)
    votes: dict[str, dict[EntityType, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    surfaces: dict[str, set[str]] = defaultdict(set)
    for candidate in candidates:
        surface = text[candidate.start : candidate.end]
        form = normal_form(surface)
        if not form:
            continue
        key = partner.get(form, form)
        reasons = votes[key][candidate.type]
        reasons[candidate.reason] = max(reasons.get(candidate.reason, 0.0), candidate.score)
        surfaces[key].add(surface)
    for item in abbreviations:
        key = normal_form(item.long)
        if key in votes:
            surfaces[key] |= {item.short, item.long}
    chosen: list[tuple[float, str, EntityType, tuple[str, ...]]] = []
    for key, types in votes.items():
        scored = {}
        for kind, reasons in types.items():
            doubt = 1.0
            for score in reasons.values():
                doubt *= 1.0 - max(0.0, min(score, 0.97))
            scored[kind] = 1.0 - doubt
        best = min(scored, key=lambda k: (-scored[k], str(k)))
        if scored[best] >= THRESHOLD:
            because = tuple(sorted(types[best], key=lambda r: (-types[best][r], r)))
            chosen.append((scored[best], key, best, because))
    taken: list[tuple[int, int]] = []
    found: list[Found] = []
    for score, key, kind, because in sorted(
        chosen, key=lambda c: (-max(map(len, surfaces[c[1]])), -c[0], c[1])
    ):
        spans = [
            s
            for s in occurrences(text, surfaces[key])
            if not any(s.start < e and b < s.end for b, e in taken)
        ]
        if not spans:
            continue
        taken.extend((s.start, s.end) for s in spans)
        forms = {text[s.start : s.end] for s in spans}
        name = max(forms, key=lambda f: (len(f), f))
        found.append(Found(kind, name, tuple(sorted(spans)), min(score, 0.99), because=because))
    return sorted(found, key=lambda f: f.spans[0])


def occurrences(text: str, surfaces: Iterable[str]) -> list[Span]:
    """Every place where one of the surfaces, or its plural, stands as a whole, longest first, without overlaps."""
    forms = sorted(set(surfaces), key=lambda s: (-len(s), s))
    if not forms:
        return []
    body = "|".join(re.escape(form) for form in forms)
    pattern = re.compile(rf"(?<![\w])(?:{body})(?=s?(?!\w))")
    return [Span(m.start(), m.end()) for m in pattern.finditer(text)]
