"""From claims to findings: every surface form is found in the text, or thrown away and counted.

A form is looked for letter by letter first, then with other white space and other case; what is kept is always the text's
own spelling. A form that stands inside a longer word does not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.llm.answers import ChatAnswer
from extractors.reading import Found, Reading
from kg.model import ExtractedRelation, Span
from kg.schema import allows

CONFIDENCE = 0.8
"""Of what the model lists and the text holds. Not calibrated: chat endpoints give no probabilities to calibrate."""

MAX_FORM = 200
"""Characters of the longest name that is looked for."""

BECAUSE = "a language model named it"


@dataclass(slots=True)
class Grounded:
    """What of an answer the text bears out.

    Attributes:
        found: entities, in the order of the text.
        relations: between them.
        invented: surface forms that the text does not hold.
        mended: forms that it holds in another spelling.
        unfit: relations whose ends are not there, or whose types the schema does not let them join.
    """

    found: list[Found]
    relations: list[ExtractedRelation]
    invented: int = 0
    mended: int = 0
    unfit: int = 0


def ground(answer: ChatAnswer, reading: Reading, *, extractor: str) -> Grounded:
    """Find what the model claims.

    Args:
        answer: what it claims.
        reading: the paper, with its sentences.
        extractor: label for relations.

    Returns:
        What the text holds; a stretch of text belongs to one entity, the first that claims it.
    """
    result = Grounded([], [])
    taken: list[Span] = []
    by_form: dict[str, Found] = {}
    for entity in answer.entities:
        spans: list[Span] = []
        for form in sorted(entity.surfaces, key=len, reverse=True):
            places, exact = find_form(form, reading.text)
            if not places:
                result.invented += 1
                continue
            result.mended += not exact
            for place in places:
                if not any(place.start < other.end and other.start < place.end for other in (*taken, *spans)):
                    spans.append(place)
        if not spans:
            continue
        spans.sort()
        taken += spans
        longest = max(spans, key=lambda s: (s.end - s.start, -s.start))
        made = Found(
            entity.type, reading.text[longest.start : longest.end], tuple(spans), CONFIDENCE, entity.role,
            CONFIDENCE, (BECAUSE,),
        )  # fmt: skip
        result.found.append(made)
        for form in entity.surfaces:
            by_form.setdefault(_key(form), made)
    result.found.sort(key=lambda f: f.spans[0])
    for relation in answer.relations:
        head, tail = by_form.get(_key(relation.head)), by_form.get(_key(relation.tail))
        if head is None or tail is None or head is tail or not allows(head.type, relation.type, tail.type):
            result.unfit += 1
            continue
        first, second = _nearest(head, tail)
        result.relations.append(
            ExtractedRelation(
                _original(reading, head), relation.type, _original(reading, tail), CONFIDENCE,
                reading.evidence(*sorted((first, second))), extractor,
            )
        )  # fmt: skip
    return result


def find_form(form: str, text: str) -> tuple[list[Span], bool]:
    """Where a form stands in a text.

    Returns:
        The places, and whether they are spelt exactly so; white space at its ends does not count.
    """
    wanted = form.strip()
    if not wanted or len(wanted) > MAX_FORM:
        return [], False
    exact = [
        Span(m.start(), m.end())
        for m in re.finditer(re.escape(wanted), text)
        if _is_whole(text, m.start(), m.end())
    ]
    if exact:
        return exact, True
    loose = r"\s+".join(re.escape(part) for part in wanted.split())
    return [
        Span(m.start(), m.end())
        for m in re.finditer(loose, text, re.I)
        if _is_whole(text, m.start(), m.end())
    ], False


def _is_whole(text: str, start: int, end: int) -> bool:
    """Not inside a longer word; a plural's s may follow."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if before.isalnum() and text[start].isalnum():
        return False
    if after == "s" and not (end + 1 < len(text) and text[end + 1].isalnum()):
        return True
    return not (after.isalnum() and text[end - 1].isalnum())


def _nearest(head: Found, tail: Found) -> tuple[Span, Span]:
    """The two mentions that stand closest together; the first such pair."""
    pairs = [(h, t) for h in head.spans for t in tail.spans]
    return min(
        pairs, key=lambda p: (max(p[0].start, p[1].start) - min(p[0].end, p[1].end), p[0].start, p[1].start)
    )


def _original(reading: Reading, found: Found) -> str:
    """The name as the paper's own text has it."""
    span = next(s for s in found.spans if reading.text[s.start : s.end] == found.name)
    start, end = reading.original(span.start, span.end)
    return reading.paper.text[start:end]


def _key(form: str) -> str:
    return " ".join(form.split()).casefold()
