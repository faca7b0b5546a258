"""What is known of a paper while it is being read: the notes that the components of the pipeline pass along.

A ``Reading`` rides on a spaCy ``Doc`` (``doc.user_data``). Offsets inside it count in the clean text; only the finished
extraction speaks in offsets of the paper's own text.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from spacy.tokens import Doc

from extractors.abbreviations import Abbreviation
from kg.model import (
    TITLE_SEPARATOR,
    EntityType,
    Evidence,
    ExtractedLink,
    ExtractedRelation,
    Paper,
    Role,
    Span,
)
from kg.text import TextView, clean_text

_KEY = "paper-kg"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch of the clean text that may be a name.

    Attributes:
        start: offset in the clean text.
        end: offset behind it.
        type: what it would be.
        score: 0 to 1.
        reason: what spoke for it, short.
    """

    start: int
    end: int
    type: EntityType
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """An entity in the making: one thing that the paper names.

    Attributes:
        type: what it is.
        name: fullest form, as in the clean text.
        spans: every occurrence, offsets in the clean text, sorted.
        confidence: 0 to 1.
        role: the paper's relation to it.
        role_confidence: 0 to 1.
        because: short reasons.
    """

    type: EntityType
    name: str
    spans: tuple[Span, ...]
    confidence: float
    role: Role = Role.MENTIONS
    role_confidence: float = 0.5
    because: tuple[str, ...] = ()


@dataclass(slots=True)
class Reading:
    """A paper, its clean text, and what has been found so far."""

    paper: Paper
    title: TextView
    abstract: TextView
    text: str
    sentences: tuple[tuple[int, int], ...] = ()
    abbreviations: tuple[Abbreviation, ...] = ()
    candidates: list[Candidate] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    links: list[ExtractedLink] = field(default_factory=list)
    relations: list[ExtractedRelation] = field(default_factory=list)

    @classmethod
    def of(cls, paper: Paper) -> Reading:
        """Begin to read a paper."""
        title, abstract = clean_text(paper.title), clean_text(paper.abstract)
        return cls(paper, title, abstract, title.text + TITLE_SEPARATOR + abstract.text)

    @property
    def abstract_start(self) -> int:
        """Offset of the abstract in the clean text."""
        return len(self.title.text) + len(TITLE_SEPARATOR)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in ``paper.text`` of a stretch of the clean text that lies in the title or in the abstract."""
        if start < len(self.title.text):
            return self.title.original_span(start, min(end, len(self.title.text)))
        shift = self.abstract_start
        first, last = self.abstract.original_span(start - shift, end - shift)
        return first + self.paper.abstract_start, last + self.paper.abstract_start

    def sentence_at(self, offset: int) -> tuple[int, int]:
        """The sentence of the clean text that holds an offset."""
        at = bisect_right(self.sentences, offset, key=lambda s: s[0]) - 1
        return self.sentences[max(0, at)] if self.sentences else (0, len(self.text))

    def evidence(self, *spans: Span) -> Evidence:
        """The sentences around spans of the clean text (in order), as evidence in the paper's own text."""
        first = self.sentence_at(min(s.start for s in spans))
        last = self.sentence_at(max(s.end - 1 for s in spans))
        if (first[0] < len(self.title.text)) != (last[0] < len(self.title.text)):
            first = last
        start, end = self.original(first[0], max(first[1], last[1]))
        focus = tuple(Span(*self.original(s.start, s.end)) for s in spans if s.start >= first[0])
        return Evidence(start, end, self.paper.text[start:end], focus)


def reading_of(doc: Doc) -> Reading:
    """The reading that rides on a document."""
    reading = doc.user_data[_KEY]
    if not isinstance(reading, Reading):
        raise TypeError("the document carries no reading")
    return reading


def attach(doc: Doc, reading: Reading) -> None:
    """Let a reading ride on a document."""
    doc.user_data[_KEY] = reading
