"""What the text states outright between two of its entities, by cue and order within one sentence.

Input: a ``Reading`` with its entities and roles settled. Output: relations with their sentence as evidence. The paper's
own thing (its protagonist) stands in for "we", "our method" and "it". A negated statement gives nothing, a hedged one
half the confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.reading import Found, Reading
from kg.model import EntityType, ExtractedRelation, Role, Span
from kg.schema import allows
from kg.version import __version__

EXTRACTOR = f"relations-{__version__}"
LEAST = 0.45

_OUTPERFORM = re.compile(
    r"\b(?:(?:significantly |consistently |substantially |notably |clearly |even |largely )*"
    r"(?:outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|exceed(?:s|ed|ing)?|beats?|beating|outstrips?))\b", re.I,
)  # fmt: skip
_BETTER = re.compile(
    r"\b(?:superior to|better than|(?:gains?|improvements?|improves?|improving|advantages?|lead) (?:of [^,;.]{1,30} )?over|improv\w+ (?:up)?on"
    r"|(?:faster|higher|lower|stronger|smaller|fewer|more \w+|less \w+)(?: [\w%-]+){0,3} than)\b", re.I,
)  # fmt: skip
_PASSIVE = re.compile(r"\b(?:outperformed|surpassed|beaten|exceeded) by\b", re.I)
_TRAINED = re.compile(
    r"\b(?:(?:pre-?|post-?)?train(?:ed|ing|s)?|fine-?tun(?:ed|ing|e|es)|learn(?:s|ed|ing|t)?|tuned)\b[^.;:]{0,40}?\b(?:on|with|from|using|over)\b",
    re.I,
)
_TRAINED_FOR = re.compile(r"\b(?:using|on|with|from) this (?:dataset|data|corpus|collection)\b", re.I)
_EVALUATE = re.compile(
    r"\b(?:evaluat\w+|experiment\w*|test(?:ed|s|ing)?|benchmark(?:ed|ing)|assess\w*|validat\w+|achiev\w+|attain\w*|reach(?:es|ed)?|obtain\w*"
    r"|scor(?:es|ed|ing)|outperform\w*|surpass\w*|exceed\w*|results?|performance|accuracy|state-of-the-art|improv\w+|demonstrat\w+|set(?:s|ting)? (?:a )?new|perform\w*)\b", re.I,
)  # fmt: skip
_BASED = re.compile(
    r"\b(?:based (?:up)?on|buil(?:d|ds|t|ding)(?: directly)? (?:up)?on(?: top of)?|extend(?:s|ed|ing)?|extension of|fine-?tun(?:ed|ing) (?:from|of)|variant of|version of"
    r"|initiali[sz]ed (?:from|with|by)|derived from|adapted from|adapts?|inspired by|leverag(?:es?|ing)|combin(?:es?|ing|ation of)|integrat(?:es?|ing)|incorporat(?:es?|ing)"
    r"|employ(?:s|ing)?|utili[sz](?:es?|ing)|us(?:es|ing)|on top of|powered by|augment(?:s|ing)?|replac(?:es|ing)|generali[sz](?:es|ing)|via|through|with algorithms? like"
    r"|built from|equipped with|modif(?:ies|ication of)|improves (?:up)?on|upgrad(?:es|ing)|stack(?:s|ing)|keeps the)\b", re.I,
)  # fmt: skip
_STRONG_BASE = re.compile(
    r"\b(?:based (?:up)?on|buil\w+ (?:\w+ )?(?:up)?on|exten\w+|fine-?tun\w+ (?:from|of)|variant of|version of|initiali[sz]ed|derived from|adapted from|combin\w+|on top of|built from)\b",
    re.I,
)
_APPLIED = re.compile(
    r"\b(?:for|to|in|on|towards?|solv(?:es?|ing)|tackl(?:es?|ing)|address(?:es|ing)?|perform(?:s|ing)?|enabl(?:es?|ing)|improv(?:es?|ing)|as|of)\b",
    re.I,
)
_MEASURE = re.compile(
    r"\b(?:on|of|for|in|by|using|with|at|to|from|measured|reported|scores?|achiev\w+)\b|[(,]", re.I
)
_PART = re.compile(
    r"\b(?:consist(?:s|ing)? of|compris(?:es|ing|ed of)|compos(?:ed|es) of|contain(?:s|ing)|include(?:s|d)?|including|components?|modules?|stages?|parts?|built with|made (?:up )?of|features|via a?n?|with)\b", re.I,
)  # fmt: skip
_PART_OF = re.compile(
    r"\b(?:part of|component of|module of|subset of|split of|track of|subtask of|within|belongs? to|from the)\b",
    re.I,
)
_NOT = re.compile(
    r"\b(?:not|n't|never|neither|nor|fail(?:s|ed)? to|without|unable to|cannot|rather than|instead of|no longer|hardly|unlike)\b|n't\b",
    re.I,
)
_HEDGE = re.compile(
    r"\b(?:may|might|could|possibly|perhaps|potentially|hypothesi[sz]e|suggests? that|seems?|appears? to|would|can potentially)\b",
    re.I,
)
_SELF = re.compile(
    r"\b(?:we|our(?: proposed| new)?(?: \w+){0,2}|it|its|this (?:method|approach|model|framework|system|algorithm|work|paper)"
    r"|the (?:proposed|resulting|final|new) \w+|the (?:method|approach|model|framework|system|network|agent))\b", re.I,
)  # fmt: skip
_CLAUSE = re.compile(
    r";|:(?= [a-z])|, (?:while|whereas|but|although|though|which|and (?:it|we|the))\b|\b(?:while|whereas|although|even though|despite)\b",
    re.I,
)
_MAKE = (EntityType.METHOD, EntityType.MODEL)


@dataclass(frozen=True, slots=True)
class _At:
    """A mention in a sentence."""

    found: Found
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Statement:
    head: Found
    relation: str
    tail: Found
    confidence: float
    spans: tuple[Span, ...]


def find_relations(reading: Reading) -> list[ExtractedRelation]:
    """All relations of a paper, each once, with its best evidence.

    Args:
        reading: notes with entities and roles.

    Returns:
        Relations in the order of the text.
    """
    star = protagonist(reading)
    best: dict[tuple[str, str, str], _Statement] = {}
    for start, end in reading.sentences:
        for statement in _sentence(reading, start, end, star):
            head, tail = statement.head, statement.tail
            if head is tail or not allows(head.type, statement.relation, tail.type):
                continue
            key = (head.name, statement.relation, tail.name)
            old = best.get(key)
            if old is None or statement.confidence > old.confidence:
                best[key] = statement
    kept = []
    for (head_name, relation, tail_name), statement in best.items():
        mirror = best.get((tail_name, relation, head_name))
        if mirror is not None and (mirror.confidence, tail_name) > (statement.confidence, head_name):
            continue
        confidence = round(min(statement.confidence, statement.head.confidence, statement.tail.confidence), 4)
        if confidence < LEAST:
            continue
        evidence = reading.evidence(*sorted(statement.spans))
        kept.append(
            ExtractedRelation(
                _name(reading, statement.head),
                relation,
                _name(reading, statement.tail),
                confidence,
                evidence,
                EXTRACTOR,
            )
        )
    return sorted(kept, key=lambda r: (r.evidence.start, r.head, r.type, r.tail))


def protagonist(reading: Reading) -> Found | None:
    """The paper's own method or model that its "we" and "our method" stand for, if it has one."""
    own = [f for f in reading.found if f.role is Role.INTRODUCES and f.type in _MAKE]
    if not own:
        return None
    title_end = len(reading.title.text)
    return min(
        own, key=lambda f: (not any(s.start < title_end for s in f.spans), -len(f.spans), f.spans[0].start)
    )


def _name(reading: Reading, found: Found) -> str:
    """The entity's name as the extraction will have it: cut from the paper's own text."""
    span = next((s for s in found.spans if reading.text[s.start : s.end] == found.name), found.spans[0])
    start, end = reading.original(span.start, span.end)
    return reading.paper.text[start:end]


def _sentence(reading: Reading, start: int, end: int, star: Found | None) -> Iterator[_Statement]:
    text = reading.text[start:end]
    mentions = sorted(
        (
            _At(f, s.start - start, s.end - start)
            for f in reading.found
            for s in f.spans
            if start <= s.start and s.end <= end
        ),
        key=lambda m: m.start,
    )
    if not mentions:
        return
    in_title = start < len(reading.title.text)
    rules = (_outperforms, _trained, _evaluated, _based, _applied, _measured, _parts)
    for rule in rules:
        for head, relation, tail, confidence, cue in rule(text, mentions, star, in_title):
            around = text[max(0, cue - 45) : cue + 12]
            if relation != "applied_to" and _NOT.search(around):
                continue
            if _HEDGE.search(text[max(0, cue - 60) : cue]):
                confidence *= 0.45
            spans = tuple(
                Span(m.start + start, m.end + start) for m in mentions if m.found is head or m.found is tail
            ) or (Span(start, end),)
            yield _Statement(head, relation, tail, confidence, spans)


_Rule = Iterator[tuple[Found, str, Found, float, int]]


def _subject(
    text: str, mentions: list[_At], cue: int, star: Found | None, kinds: tuple[EntityType, ...]
) -> tuple[Found, float] | None:
    """What does it: the nearest fitting name before the cue in its clause, else the paper's own thing."""
    begin = max((m.end() for m in _CLAUSE.finditer(text, 0, cue)), default=0)
    near = [m for m in mentions if begin <= m.start and m.end <= cue and m.found.type in kinds]
    own = [m for m in near if m.found.role is Role.INTRODUCES]
    if own:
        return own[-1].found, 0.9
    if star is not None and _SELF.search(text, 0, cue):
        return star, 0.75
    if near:
        return near[-1].found, 0.7
    return (star, 0.55) if star is not None else None


def _objects(
    text: str, mentions: list[_At], begin: int, kinds: tuple[EntityType, ...], stop: re.Pattern[str]
) -> list[_At]:
    """Fitting names behind a cue, up to the end of the clause."""
    match = stop.search(text, begin)
    until = match.start() if match else len(text)
    return [m for m in mentions if begin <= m.start < until and m.found.type in kinds]


_RIVAL_END = re.compile(
    _CLAUSE.pattern + r"|\b(?:on|across|in|by|with|using|for|when|under|at)\b(?! average)", re.I
)


def _outperforms(text: str, mentions: list[_At], star: Found | None, in_title: bool) -> _Rule:
    for match in _PASSIVE.finditer(text):
        winners = _objects(text, mentions, match.end(), _MAKE, _RIVAL_END)
        losers = [m for m in mentions if m.end <= match.start() and m.found.type in _MAKE][-1:]
        for loser in losers:
            for winner in winners:
                yield winner.found, "outperforms", loser.found, 0.8, match.start()
    for pattern, weight in ((_OUTPERFORM, 1.0), (_BETTER, 0.75)):
        for match in pattern.finditer(text):
            if _PASSIVE.match(text, match.start()):
                continue
            subject = _subject(text, mentions, match.start(), star, _MAKE)
            if subject is None:
                continue
            for rival in _objects(text, mentions, match.end(), _MAKE, _RIVAL_END):
                if rival.found.role is Role.INTRODUCES and subject[0].role is not Role.INTRODUCES:
                    continue
                bonus = 1.0 if rival.found.role is Role.COMPARES_WITH else 0.8
                yield subject[0], "outperforms", rival.found, subject[1] * weight * bonus, match.start()
    if star is not None:
        against = re.search(r"\b(?:against|compared (?:to|with)|over)\b", text)
        if (
            against
            and _EVALUATE.search(text, 0, against.start())
            and re.search(r"win|superior|better|higher|gains?|outperform|less|fewer|faster", text)
        ):
            for rival in _objects(text, mentions, against.end(), _MAKE, _CLAUSE):
                if rival.found.role is Role.COMPARES_WITH:
                    yield star, "outperforms", rival.found, 0.6, against.start()


_DATA_END = re.compile(
    _CLAUSE.pattern + r"|\b(?:and (?:evaluat|test|achiev|show)\w*|evaluated|outperform\w*|achiev\w+|to)\b",
    re.I,
)


_TRY = re.compile(
    r"\b(?:test|evaluat|experiment|challenge|benchmark|win|wins|reach|surpass|outperform|accuracy|zero-shot)\w*",
    re.I,
)


def _trained(text: str, mentions: list[_At], star: Found | None, in_title: bool) -> _Rule:
    for match in _TRAINED.finditer(text):
        subject = _subject(text, mentions, match.start(), star, _MAKE)
        if subject is None:
            continue
        for data in _objects(text, mentions, match.end(), (EntityType.DATASET,), _DATA_END):
            if data.start - match.end() < 90 and not _TRY.search(text, match.start(), data.start):
                yield subject[0], "trained_on", data.found, subject[1] * 0.9, match.start()


_TASK_END = re.compile(r";|\. ")


def _evaluated(text: str, mentions: list[_At], star: Found | None, in_title: bool) -> _Rule:
    if in_title:
        return
    cue = _EVALUATE.search(text)
    data = [m for m in mentions if m.found.type is EntityType.DATASET]
    if cue is None or not data:
        return
    trained = [(m.start(), m.end()) for m in _TRAINED.finditer(text)]
    tried = [m for m in mentions if m.found.type in _MAKE and m.found.role in (Role.INTRODUCES, Role.USES)]
    for item in data:
        before = text[max(0, item.start - 110) : item.start]
        if any(0 <= item.start - e < 40 for _, e in trained) or not re.search(
            r"\b(?:on|over|across|in|benchmarks?|datasets?|suites?|like|including|against|using|with)\b|[(,]",
            before,
        ):
            continue
        own = [m for m in tried if m.found.role is Role.INTRODUCES]
        if item.found.role is Role.INTRODUCES:
            for other in tried:
                if other.found.type is EntityType.MODEL or other.found.role is Role.USES:
                    yield other.found, "evaluated_on", item.found, 0.6, item.start
        elif own:
            yield own[0].found, "evaluated_on", item.found, 0.8, item.start
        elif star is not None:
            yield star, "evaluated_on", item.found, 0.62, item.start
        elif item.found.role is Role.EVALUATES_ON:
            for other in tried:
                yield other.found, "evaluated_on", item.found, 0.5, item.start


def _based(text: str, mentions: list[_At], star: Found | None, in_title: bool) -> _Rule:
    for match in _BASED.finditer(text):
        strong = bool(_STRONG_BASE.match(match.group()))
        subject = _subject(text, mentions, match.start(), star, _MAKE)
        if subject is None or (subject[0].role is not Role.INTRODUCES and not strong):
            continue
        for base in _objects(text, mentions, match.end(), _MAKE, _CLAUSE):
            if base.found.role in (Role.INTRODUCES, Role.COMPARES_WITH) and not strong:
                continue
            if base.start - match.end() < (70 if strong else 40):
                yield (
                    subject[0],
                    "based_on",
                    base.found,
                    subject[1] * (0.85 if strong else 0.6),
                    match.start(),
                )


def _applied(text: str, mentions: list[_At], star: Found | None, in_title: bool) -> _Rule:
    tasks = [m for m in mentions if m.found.type is EntityType.TASK]
    makers = [m for m in mentions if m.found.type in _MAKE]
    for task in tasks:
        before = [m for m in makers if m.end <= task.start]
        own = [m for m in before if m.found.role is Role.INTRODUCES]
        if in_title and star is not None and (own or not makers):
            yield (own[-1].found if own else star), "applied_to", task.found, 0.65, task.start
            continue
        for maker in (own or before)[-1:]:
            between = text[maker.end : task.start]
            if _CLAUSE.search(between) or len(between) > 140 or not _APPLIED.search(between):
                continue
            near = 0.7 if maker.found.role is Role.INTRODUCES else 0.42
            yield maker.found, "applied_to", task.found, near, task.start


def _measured(text: str, mentions: list[_At], star: Found | None, in_title: bool) -> _Rule:
    metrics = [m for m in mentions if m.found.type is EntityType.METRIC]
    grounds = [m for m in mentions if m.found.type in (EntityType.DATASET, EntityType.TASK)]
    for metric in metrics:
        for ground in grounds:
            first, last = sorted((metric, ground), key=lambda m: m.start)
            between = text[first.end : last.start]
            if len(between) < 45 and _MEASURE.search(between) and not _CLAUSE.search(between):
                sure = 0.62 if ground.found.type is EntityType.DATASET else 0.4
                yield ground.found, "measured_by", metric.found, sure, last.start


def _parts(text: str, mentions: list[_At], star: Found | None, in_title: bool) -> _Rule:
    for match in _PART_OF.finditer(text):
        parts = [m for m in mentions if m.end <= match.start() and match.start() - m.end < 40]
        wholes = [m for m in mentions if 0 <= m.start - match.end() < 25]
        for part in parts[-1:]:
            for whole in wholes[:1]:
                if part.found.type is whole.found.type or {part.found.type, whole.found.type} <= set(_MAKE):
                    yield part.found, "part_of", whole.found, 0.6, match.start()
    if star is None:
        return
    for match in _PART.finditer(text):
        subject = _subject(text, mentions, match.start(), star, _MAKE)
        if subject is None or subject[0] is not star:
            continue
        for part in _objects(text, mentions, match.end(), (*_MAKE, EntityType.METRIC), _TASK_END):
            if (
                part.found.role is Role.INTRODUCES
                and part.found is not subject[0]
                and len(part.found.spans) <= len(subject[0].spans)
            ):
                yield part.found, "part_of", subject[0], 0.55 * subject[1] + 0.05, match.start()
