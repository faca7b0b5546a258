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
from kg.sources.dates import fill_year
from kg.sources.identity import find_arxiv_id, paper_id
from kg.sources.record import MAX_ABSTRACT, arxiv_month
from kg.text import keep_text

_LONGEST_TITLE = 300
_BODY_LENGTH = 200
_HEADER = re.compile(
    r"\bby\s*@?AK\b|research community|Get trending papers|^\s*(?:Daily|Trending) Papers\s*$", re.M
)
_AUTHORS_LINE = re.compile(r"^[\s•·*\u00a0-]*\d+ authors?\s*(?:[·•].*)?$", re.M)
_SENTENCE_END = re.compile(r"[.!?:;,…。！？][\"'”’)\]\d*]*$")
_HEADINGS = re.compile(
    r"(?:background|introduction|motivations?|objectives?|aims?|purpose|methods?|materials and methods|approach|results?"
    r"|findings|conclusions?|discussion|significance|contributions?|availability|highlights|limitations)[:.]?",
    re.IGNORECASE,
)
_APPENDIX = re.compile(
    r"(?:keywords?|index terms|code|data|dataset|datasets|project|project page|website|homepage|github|demo|models?|comments?"
    r"|accepted|subjects?|doi|url)\s*(?:[:=]|and\b|available\b|at\b|is\b|are\b)",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?:\s?//|www\.|\bgithub\.com\b|\bhf\.co\b")
_MARKDOWN = re.compile(r"(?:#{1,6}\s+)?\[(?P<title>.+)\]\((?P<url>\S+)\)")
_ARXIV_LINE = re.compile(r"\s*arxiv\s*:\s*\S+\s*", re.IGNORECASE)


@dataclass(slots=True)
class _Block:
    """A paragraph: one line, or several where the page is wrapped."""

    line: int
    text: str


@dataclass(slots=True)
class _Draft:
    """A paper while its lines come in."""

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
        if head.lstrip()[:1] in ("<", "{", "@") or head.lstrip().startswith("TY  -"):
            return 0.06
        authors = len(_AUTHORS_LINE.findall(head))
        headers = len(_HEADER.findall(head))
        if authors >= 2 or headers >= 2 or (authors and headers):
            return 0.9
        return 0.7 if authors or headers else 0.1

    def parse(self, document: Document) -> Iterator[Paper | Problem]:
        """The papers in the order of the page; a title without abstract is a problem."""
        lines = read_lines(keep_text(document.text()))
        position = 0
        for item in _assemble(document, _join_wrapped(lines)):
            if isinstance(item, Problem):
                yield item
            elif sum(map(len, item.bodies)) > MAX_ABSTRACT:
                yield document.problem(
                    f"an abstract of more than {MAX_ABSTRACT:,} characters under “{item.title[:80]}”",
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
    neighbours = sum(1 for one, two in pairwise(lines) if one.kind is Kind.TEXT and two.kind is Kind.TEXT)
    if widest > 130 or neighbours * 2 < len(texts):
        return lines
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last is not None and last.kind is Kind.TEXT and line.kind is Kind.TEXT:
            last.text += "\n" + line.text
        else:
            joined.append(line)
    return joined


def _assemble(document: Document, lines: list[Line]) -> Iterator[_Draft | Problem]:
    """Put titles, abstracts and the blocks around them together."""
    blocks = [_Block(line.number, line.text) for line in lines if line.kind is Kind.TEXT]
    following = {
        block.line: blocks[at + 1] if at + 1 < len(blocks) else None for at, block in enumerate(blocks)
    }
    draft: _Draft | None = None
    votes: int | None = None
    single = _single_paper_id(blocks)
    after_meta = False
    for line in lines:
        if line.kind is Kind.TEXT:
            after_meta = False
            block = _Block(line.number, line.text)
            after = following[line.number]
            verdict = _judge(block, after, draft, following)
            if verdict == "title":
                if draft is not None and draft.bodies:
                    yield draft
                title, arxiv_id = _read_title(block.text)
                draft = _Draft(title, line.number, arxiv_id=arxiv_id or single, votes=votes)
                votes = None
            elif verdict == "lonely":
                yield document.problem(f"a title without abstract: “{block.text[:80]}”", line=line.number)
            elif verdict == "body" and draft is not None:
                draft.bodies.append(block.text)
            elif verdict == "orphan":
                yield document.problem(f"a paragraph without a title: “{block.text[:60]}…”", line=line.number)
        elif line.kind is Kind.META:
            if draft is not None:
                draft.authors = line.authors if line.authors is not None else draft.authors
                draft.organisation = line.organisation or draft.organisation
                draft.date = line.date or draft.date
                draft.comments = line.count if line.count is not None else draft.comments
                draft.closed = bool(draft.bodies)
            after_meta = True
        elif line.kind is Kind.NUMBER:
            if after_meta and draft is not None and draft.comments is None:
                draft.comments = line.count
            else:
                votes = line.count
            after_meta = False
        elif line.kind is Kind.BLANK:
            after_meta = False
        elif line.kind is Kind.NOISE and draft is not None and draft.bodies:
            draft.closed = True
    if draft is not None and draft.bodies:
        yield draft


def _judge(
    block: _Block, after: _Block | None, draft: _Draft | None, following: dict[int, _Block | None]
) -> str:
    """What a paragraph is: ``title``, ``body``, ``lonely`` title, ``orphan`` body, or ``noise``."""
    body = _is_body(block.text)
    free = draft is None or draft.closed
    if after is not None and _is_body(after.text) and _can_be_title(block.text, strict=not free):
        return "title"
    if body and not free:
        return "body"
    if body:
        waiting = draft is not None and not draft.bodies
        if waiting:
            return "body"
        return "orphan" if len(block.text) >= _BODY_LENGTH else "noise"
    if draft is not None and not draft.closed:
        if not draft.bodies or _belongs(block.text):
            return "body"
        next_is_title = (
            after is not None
            and (beyond := following[after.line]) is not None
            and _is_body(beyond.text)
            and _can_be_title(after.text, strict=True)
        )
        if next_is_title and len(block.text.split()) >= 3 and _can_be_title(block.text, strict=True):
            return "lonely"
    return "noise"


def _is_body(text: str) -> bool:
    """Whether a paragraph is part of an abstract by its length, or by being a sentence."""
    words = len(text.split())
    if words >= 12 and _SENTENCE_END.search(text):
        return True
    return (len(text) >= _BODY_LENGTH and words >= 15) or _is_dense(text)


def _is_dense(text: str) -> bool:
    """Long text in a script without spaces."""
    return len(text) >= 80 and len(text.split()) <= len(text) // 30 and not _LINK.search(text)


def _can_be_title(text: str, *, strict: bool) -> bool:
    """Whether a paragraph may be a title; ``strict`` inside an abstract, where its own paragraphs must not be taken."""
    plain = _MARKDOWN.sub(lambda match: match.group("title"), text.strip())
    if len(plain) > _LONGEST_TITLE or not any(character.isalpha() for character in plain):
        return False
    if (
        _HEADINGS.fullmatch(plain)
        or _APPENDIX.match(plain)
        or _LINK.search(plain)
        or _ARXIV_LINE.fullmatch(plain)
    ):
        return False
    if not strict:
        return True
    if _SENTENCE_END.search(plain) and not plain.endswith(("?", "!")) and not _is_title_case(plain):
        return False
    first = plain.split()[0]
    return not plain.startswith(("-", "–", "•", "*", "(")) and (not first[0].islower() or not first.islower())


def _is_title_case(text: str) -> bool:
    """Whether nearly all longer words start with a capital, as they do in a title and not in a sentence."""
    longer = [word for word in re.findall(r"[^\W\d_][\w-]+", text) if len(word) > 3]
    return len(longer) >= 3 and sum(word[0].isupper() for word in longer) >= 0.8 * len(longer)


def _belongs(text: str) -> bool:
    """Whether a short paragraph belongs to the abstract before it: a sentence, a link, a list item, a heading."""
    return bool(
        _SENTENCE_END.search(text)
        or _LINK.search(text)
        or _HEADINGS.fullmatch(text)
        or _APPENDIX.match(text)
        or text.startswith(("•", "- ", "* ", "("))
        or (len(text) >= 80 and not _is_title_case(text))
    )


def _read_title(text: str) -> tuple[str, str | None]:
    """The title without the marks of Markdown, and the arXiv id out of its link."""
    match = _MARKDOWN.fullmatch(text)
    if match:
        return match.group("title"), find_arxiv_id(match.group("url"))
    return re.sub(r"^#{1,6}\s+", "", text), None


def _single_paper_id(blocks: list[_Block]) -> str | None:
    """The arXiv id that the page of one paper shows on a line of its own."""
    found = {find_arxiv_id(block.text) for block in blocks if _ARXIV_LINE.fullmatch(block.text)} - {None}
    return found.pop() if len(found) == 1 else None
