"""Roles by cue phrases: what the sentence around a name says of the paper's relation to it.

The first generation of role finding; the trained one takes its place where a model is loaded.
"""

from __future__ import annotations

import re

from extractors.reading import Found, Reading
from kg.model import EntityType, Role, Span

_WE_MAKE = re.compile(
    r"\b(?:we|this (?:paper|work|study|report)|the paper|our work)\b[^.;]{0,40}?\b(?:introduc|propos|present|develop|design|releas"
    r"|construct|creat|build|built|contribut|curat|unveil|open-source|collect|describe|devise|formulate|name|call|term)\w*", re.I,
)  # fmt: skip
_CALLED = re.compile(
    r"(?:called|named|dubbed|termed|coined|denoted(?: as| by)?|referred to as)\s+(?:the\s+)?[\"“‘']?$", re.I
)
_OUR = re.compile(r"\b(?:our|proposed|the proposed|our proposed|novel|new)\s+(?:[\w-]+\s+){0,2}$", re.I)
_ON = re.compile(
    r"\b(?:on|over|across|against|evaluat\w+|experiments?|benchmarks?|datasets?|tasks? (?:such as|including|like)|achiev\w+[^.]*?\bon)\b[^.;]*$",
    re.I,
)
_EVALUATE = re.compile(
    r"\b(?:evaluat|experiment|result|outperform|achiev|accuracy|score|state-of-the-art|sota|improv|benchmark|test(?:ed|s)?\b"
    r"|perform(?:s|ance)|surpass|demonstrat|show|gain|assess)\w*", re.I,
)  # fmt: skip
_RIVAL = re.compile(
    r"(?:outperform\w*|surpass\w*|exceed\w*|beat\w*|superior to|better than|compared? (?:to|with|against)|comparable (?:to|with)"
    r"|(?:\w+er|more|less) than|over (?:the )?(?:baselines?|prior|existing|previous)|baselines?(?: such as| including| like)?|rival\w*|vs\.?"
    r"|competitive with|on par with|unlike|in contrast to|improv\w+ (?:up)?on|relative to|state-of-the-art (?:methods?|models?) (?:such as|including|like))"
    r"[^.;]*$", re.I,
)  # fmt: skip
_TRAINED = re.compile(
    r"\b(?:train\w*|pre-?train\w*|fine-?tun\w*|learn\w*)\s+(?:\w+\s+){0,3}(?:on|with|from|using)\b[^.;]*$",
    re.I,
)
_USE = re.compile(
    r"\b(?:us(?:e|es|ing|ed)|leverag\w+|employ\w*|appl(?:y|ies|ied)|adopt\w*|build(?:s|ing)? (?:up)?on|built (?:up)?on|based on"
    r"|via|with|by|through|integrat\w+|combin\w+|extend\w*|initiali\w+|fine-?tun\w+|incorporat\w+|utili[sz]\w+|powered by|equipped)\b", re.I,
)  # fmt: skip
_BACKGROUND = re.compile(
    r"\b(?:recent(?:ly)?|existing|prior|previous(?:ly)?|traditional(?:ly)?|current|conventional|typically|often|such as|e\.g\.|have (?:shown|been|achieved|become)"
    r"|remains?|despite|while|although|however|challeng\w+|suffer\w*|rely|relies|future work|inspired by|advances?|popular|widely)\b", re.I,
)  # fmt: skip


def assign_role(found: Found, reading: Reading) -> tuple[Role, float]:
    """The role of an entity and how sure it is, from the title and the sentences that name it.

    The strongest role that any sentence gives wins, in the order of the guidelines.
    """
    scores = dict.fromkeys(Role, 0.0)
    title_end = len(reading.title.text)
    if found.type in _MADE:
        scores[Role.INTRODUCES] += sum(
            weight for reason, weight in _TELLING.items() if reason in found.because
        )
    for span in found.spans:
        if span.start < title_end:
            ahead = reading.title.text[: span.start].strip(" \"“'")
            behind = reading.title.text[span.end :].lstrip(" \"”')")
            if not ahead and behind[:1] in {":", "—", "–"} and found.type in _MADE:
                scores[Role.INTRODUCES] += 1.6
            continue
        start, end = reading.sentence_at(span.start)
        before, after = reading.text[start : span.start], reading.text[span.end : end]
        _score_sentence(found.type, before, after, scores)
    if found.type is EntityType.METRIC:
        scores[Role.USES] += 0.6
    if found.type is EntityType.TASK:
        scores[Role.EVALUATES_ON] += 0.5
    best = max(scores, key=lambda r: (scores[r], -_ORDER[r]))
    if scores[best] < 0.3:
        return Role.MENTIONS, 0.5
    total = sum(scores.values())
    return best, round(min(0.95, 0.4 + 0.55 * scores[best] / total), 3)


_TELLING = {"title before the colon": 1.2, "we propose": 1.2, "called": 1.0, "abbreviation defined": 0.2}
_MADE = (EntityType.DATASET, EntityType.METHOD, EntityType.MODEL, EntityType.METRIC)
_ORDER = {role: order for order, role in enumerate(Role)}


def telling_span(found: Found, reading: Reading) -> Span:
    """The mention whose sentence says the entity's role most plainly; of equals the first, abstract before title."""

    def rank(span: Span) -> tuple[bool, float, int]:
        if span.start < len(reading.title.text):
            return True, 0.0, span.start
        start, end = reading.sentence_at(span.start)
        scores = dict.fromkeys(Role, 0.0)
        _score_sentence(found.type, reading.text[start : span.start], reading.text[span.end : end], scores)
        return False, -scores[found.role], span.start

    return min(found.spans, key=rank)


def _score_sentence(kind: EntityType, before: str, after: str, scores: dict[Role, float]) -> None:
    near = before[-160:]
    if kind is not EntityType.TASK:
        made = _WE_MAKE.search(near)
        if (
            made
            and len(near) - made.end() < 45
            and not re.search(r"\b(?:for|on|to|using|with|based|via|by|over|from)\b", near[made.end() :])
        ):
            scores[Role.INTRODUCES] += 1.2
        if _CALLED.search(near):
            scores[Role.INTRODUCES] += 1.3
        if _OUR.search(near) and kind in _MADE and len(near) < 60:
            scores[Role.INTRODUCES] += 0.5
    if _RIVAL.search(near) and kind in (EntityType.METHOD, EntityType.MODEL):
        scores[Role.COMPARES_WITH] += 0.9
    if kind in (EntityType.DATASET, EntityType.TASK):
        if _TRAINED.search(near):
            scores[Role.USES] += 0.7
        if _ON.search(near) and (_EVALUATE.search(near) or _EVALUATE.search(after[:80])):
            scores[Role.EVALUATES_ON] += 0.9
        elif _ON.search(near):
            scores[Role.EVALUATES_ON] += 0.4
        if kind is EntityType.DATASET:
            scores[Role.EVALUATES_ON] += 0.35
    elif _USE.search(near):
        scores[Role.USES] += 0.6
    if kind in (EntityType.METHOD, EntityType.MODEL):
        scores[Role.USES] += 0.3
    if _BACKGROUND.search(before):
        scores[Role.MENTIONS] += 0.45
