"""Daily Papers pages saved as plain text, and any text that is titles followed by abstracts.

Papers are found by structure, not by a fixed template: a title is a short line that does not end like a sentence and is
followed by a long paragraph. So pages with and without the block of authors and date read alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from kg.model import Paper, PartialDate
from kg.sources.base import Document, Problem
from kg.sources.daily_papers_lines import Kind, Line, read_lines
from kg.sources.daily_papers_paragraphs import (
    BODY_LENGTH,
    belongs_to_abstract,
    can_be_title,
    is_body,
    is_heading,
    read_arxiv_line,
    read_title,
)
from kg.sources.dates import fill_year
from kg.sources.identity import paper_id
from kg.sources.record import MAX_ABSTRACT, arxiv_month, quote
from kg.text import keep_text

_HEADER = re.compile(
    r"\bby\s*@?AK\b|research community|Get trending papers|^\s*(?:Daily|Trending) Papers\s*$", re.MULTILINE
)
_AUTHORS_LINE = re.compile(r"^[\s•·*\u00a0-]*\d+ authors?\s*(?:[·•].*)?$", re.MULTILINE)
_WIDEST_WRAP = 130


@dataclass(slots=True)
class _Draft:
    """A paper while its lines come in; closed once something that ends it was seen."""

    title: str
    line: int
    arxiv_id: str | None = None
    bodies: list[str] = field(default_factory=list)
    authors: int | None = None
    organisation: str | None = None
    date: PartialDate | None = None
    votes: int | None = None
    comments: int | None = None
    closed: bool = False


class DailyPapersText:
    """Pages of huggingface.co/papers saved as plain text, in all layouts seen."""

    name = "daily-papers-text"
    suffixes = (".txt", ".text", ".md")

    def sniff(self, head: str, filename: str) -> float:
        """Sure of the page's own lines; any other text is taken where no other format wants it."""
        start = head.lstrip()
        authors = len(_AUTHORS_LINE.findall(head))
        headers = len(_HEADER.findall(head))
        if authors >= 2 or headers >= 2 or (authors and headers):
            return 0.9
        if authors or headers:
            return 0.7
        return 0.0 if start.startswith(("<", "{", "@", "TY  -")) else 0.1

    def parse(self, document: Document) -> Iterator[Paper | Problem]:
        """The papers in the order of the page; a title without abstract is a problem."""
        lines = _join_wrapped(read_lines(keep_text(document.text())))
        single = _read_single(lines)
        drafts = iter([single]) if single is not None else _Assembly(document, lines).run()
        position = 0
        for item in drafts:
            if isinstance(item, Problem):
                yield item
            elif sum(map(len, item.bodies)) > MAX_ABSTRACT:
                yield document.problem(
                    f"an abstract of more than {MAX_ABSTRACT:,} characters under {quote(item.title)}",
                    line=item.line,
                )
            else:
                position += 1
                yield _paper(document, self.name, position, item)


def _paper(document: Document, format: str, position: int, draft: _Draft) -> Paper:
    date = fill_year(draft.date, document.captured) if draft.date else None
    published = date
    if published is None and draft.arxiv_id is not None:
        published = arxiv_month(draft.arxiv_id)
    return Paper(
        id=paper_id(arxiv_id=draft.arxiv_id, doi=None, title=draft.title),
        title=draft.title,
        abstract="\n\n".join(draft.bodies),
        author_count=draft.authors,
        organisation=draft.organisation,
        date=published,
        arxiv_id=draft.arxiv_id,
        sightings=(
            document.sighting(format, position, listed=date, upvotes=draft.votes, comments=draft.comments),
        ),
    )


def _join_wrapped(lines: list[Line]) -> list[Line]:
    """Where the page is wrapped at some width, make one line of each paragraph, its line feeds kept."""
    texts = [line for line in lines if line.kind is Kind.TEXT]
    widest = max((len(line.text) for line in texts), default=0)
    neighbours = sum(one.kind is Kind.TEXT and two.kind is Kind.TEXT for one, two in pairwise(lines))
    if widest > _WIDEST_WRAP or neighbours * 2 < len(texts):
        return lines
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last is not None and last.kind is Kind.TEXT and line.kind is Kind.TEXT:
            last.text += "\n" + line.text
        else:
            joined.append(line)
    return joined


class _Assembly:
    """Puts titles, abstracts and the blocks around them together, line by line."""

    def __init__(self, document: Document, lines: list[Line]) -> None:
        self._document = document
        self._lines = lines
        self._draft: _Draft | None = None
        self._votes: int | None = None
        self._bare: Line | None = None
        self._after_meta = False
        self._following: dict[int, Line | None] = {}
        after: Line | None = None
        for line in reversed(lines):
            if line.kind is Kind.TEXT:
                self._following[line.number] = after
                if not is_heading(line.text):  # a heading does not part an abstract from its title
                    after = line

    def run(self) -> Iterator[_Draft | Problem]:
        """The papers, and what cannot be one."""
        for line in self._lines:
            if line.kind is Kind.TEXT:
                self._after_meta = False
                yield from self._take_text(line)
            elif line.kind is Kind.META:
                if self._bare is not None and line.authors is not None:
                    yield self._lonely(self._bare)
                self._bare = None
                self._take_meta(line)
                self._after_meta = True
            elif line.kind is Kind.NUMBER:
                if self._after_meta and self._draft is not None and self._draft.comments is None:
                    self._draft.comments = line.count
                else:
                    self._votes = line.count
                self._after_meta = False
            elif line.kind is Kind.BLANK:
                self._after_meta = False
            elif line.kind is Kind.NOISE and self._draft is not None and self._draft.bodies:
                self._draft.closed = True
        yield from self._finish()

    def _take_text(self, line: Line) -> Iterator[_Draft | Problem]:
        draft = self._draft
        free = draft is None or draft.closed
        after = self._following[line.number]
        body = is_body(line.text)
        self._bare = None
        if after is not None and is_body(after.text) and can_be_title(line.text, strict=not free):
            yield from self._finish()
            title, arxiv_id = read_title(line.text)
            self._draft = _Draft(title, line.number, arxiv_id=arxiv_id, votes=self._votes)
            self._votes = None
        elif (
            draft is not None
            and not draft.closed
            and (body or not draft.bodies or belongs_to_abstract(line.text))
        ):
            draft.bodies.append(line.text)
        elif body and len(line.text) >= BODY_LENGTH:
            yield self._document.problem(
                f"a paragraph without a title: {quote(line.text[:200])}", line=line.number
            )
        elif len(line.text.split()) >= 3 and can_be_title(line.text, strict=True):
            if not free and self._comes_before_title(line):
                yield self._lonely(line)
            elif free:
                yield from self._finish()  # what comes now is not of the paper before
                self._bare = line

    def _take_meta(self, line: Line) -> None:
        draft = self._draft
        if draft is not None:
            draft.authors = line.authors if line.authors is not None else draft.authors
            draft.organisation = line.organisation or draft.organisation
            draft.date = line.date or draft.date
            draft.comments = line.count if line.count is not None else draft.comments
            draft.closed = bool(draft.bodies)

    def _comes_before_title(self, line: Line) -> bool:
        """Whether the next paragraph is a title for certain, so that this one is a title too, without its abstract."""
        after = self._following[line.number]
        beyond = self._following[after.number] if after is not None else None
        if after is None or beyond is None:
            return False
        return is_body(beyond.text) and can_be_title(after.text, strict=True)

    def _lonely(self, line: Line) -> Problem:
        return self._document.problem(f"a title without abstract: {quote(line.text)}", line=line.number)

    def _finish(self) -> Iterator[_Draft]:
        if self._draft is not None and self._draft.bodies:
            yield self._draft
        self._draft = None


def _read_single(lines: list[Line]) -> _Draft | None:
    """The page of one paper: title under the arXiv id, the abstract between its heading and the buttons below."""
    ids = [found for line in lines if line.kind is Kind.TEXT and (found := read_arxiv_line(line.text))]
    if len(set(ids)) != 1:
        return None
    draft: _Draft | None = None
    inside = started = False
    for line in lines:
        if line.kind is Kind.TEXT and read_arxiv_line(line.text):
            started = True
        elif line.kind is Kind.TEXT and started and draft is None:
            draft = _Draft(line.text, line.number, arxiv_id=ids[0])
        elif draft is None:
            continue
        elif line.kind is Kind.NOISE:
            if inside and draft.bodies:
                break
            inside = inside or line.text.strip(" :").lower() == "abstract"
        elif line.kind is Kind.META:
            draft.date = draft.date or line.date
        elif line.kind is Kind.NUMBER:
            draft.votes = draft.votes if draft.votes is not None else line.count
        elif inside and line.kind is Kind.TEXT:
            draft.bodies.append(line.text)
    return draft if draft is not None and draft.bodies else None
