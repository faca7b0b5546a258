"""What each line of a Daily Papers page is, when the page was saved as plain text.

The page is huggingface.co/papers: a heading, then for each paper a title, the abstract, and (in most layouts) a block with
the number of authors or the organisation, a middle dot and a date, with the number of comments behind it. Browsers and
copy-and-paste differ in what else they leave: votes, names of submitters, navigation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from kg.model import PartialDate
from kg.sources.dates import read_date


class Kind(Enum):
    """Kinds of lines."""

    BLANK = "blank"
    NOISE = "noise"
    DOT = "dot"
    NUMBER = "number"
    META = "meta"
    BULLET = "bullet"
    TEXT = "text"


@dataclass(slots=True)
class Line:
    """One line of the page.

    Attributes:
        number: from 1.
        text: its content without the white space around it, otherwise as it is.
        kind: what it is.
        date: for META: the date shown.
        authors: for META: the number of authors.
        organisation: for META: the organisation beside it.
        count: for NUMBER: the number; for META: the number of comments behind the date.
    """

    number: int
    text: str
    kind: Kind
    date: PartialDate | None = None
    authors: int | None = None
    organisation: str | None = None
    count: int | None = None


_NOISE = re.compile(
    r"""(?:
      new | get\ trending\ papers.* | subscribe | daily\ papers | trending\ papers | papers | hugging\ face(?:\ logo)?
    | by\s*@?ak\b.{0,60} | and\ the\ research\ community
    | models | datasets | spaces | buckets | docs | posts | community | enterprise | pricing | solutions | tasks | blog
    | log\ in | sign\ up | log\ out | company | tos | terms(?:\ of\ service)? | privacy(?:\ policy)? | about(?:\ us)? | careers
    | jobs | website | settings | system\ theme | notifications | inbox | forum | github | huggingchat | collections
    | languages | organizations | hugging\ face\ (?:is\ way\ more\ fun\ with\ friends|team) | social | theme | menu
    | daily | weekly | monthly | trending | latest | today | yesterday | previous | next | prev | back | older | newer
    | search.{0,60} | submit(?:\ a\ paper)? | view\ all.{0,30} | load\ more | show\ more | read\ more | see\ more
    | (?:new\ )?submitted\ by\b.{0,60} | upvote | upvoted | share | bookmark | follow | like | reply | comments? | sort(?:\ by)?.{0,30}
    | arxiv(?:\ page)? | view\ (?:arxiv\ page|pdf|paper).{0,20} | pdf | code | project(?:\ page)? | add\ to\ collection | paper\ of\ the\ day
    | \#\d+\ paper\ of\ the\ (?:day|week|month) | ai-generated\ summary | abstract | authors:? | play\ video | thumbnail
    | github\ [\d.,]+[km]? | upvote\ \d+ | \+\s?\d+ | \d+\ (?:comments?|replies|upvotes?|votes?|likes?)
    | (?:about\ |over\ |almost\ )?(?:an?|\d+)\ (?:second|minute|hour|day|week|month|year)s?\ ago
    | ©.{0,60} | copyright.{0,60} | skip\ to\ content | cookie.{0,60}
    )[\s.:…!→←↗]*""",
    re.IGNORECASE | re.VERBOSE,
)
_DOT = re.compile(r"[·•∙⋅|,‧・\-–—*]")
_NUMBER = re.compile(r"(\d{1,3}(?:[,.]\d{3})+|\d+)|(\d+(?:\.\d+)?)\s?[kK]")
_AUTHORS = re.compile(r"(\d[\d,]*)\s+authors?", re.IGNORECASE)
_DATED = re.compile(
    r"(?:(?:published|submitted|updated|posted)(?:\s+on)?:?\s+|on\s+)?"
    r"(?P<date>(?:[A-Z][a-z]{2,8}\.?\s+\d{1,2}(?:,\s*\d{4}|\s+(?:19|20)\d{2})?)|(?:\d{1,2}\s+[A-Z][a-z]{2,8}\.?(?:,?\s+\d{4})?)"
    r"|\d{4}-\d{2}-\d{2})"
    r"(?:\s*[·•]?\s+(?P<count>\d{1,5})(?:\s+comments?)?)?",
    re.IGNORECASE,
)
_SUBMITTER = re.compile(r"(?:new\s+)?submitted\s+by\s*:?", re.IGNORECASE)
_BULLET = re.compile(r"[•·∙⋅‧・*\-–]\s+(?=\S)")
_SPACES = re.compile(r"[\s\u00a0\u200b\u200c\u200d\ufeff\u2060\u00ad]+")
_SPLIT = re.compile(r"\r\n|\n|\r")


def read_lines(page: str) -> list[Line]:
    """Classify the lines of a page, each by itself first, then by its neighbours.

    Args:
        page: the decoded page, with any line ends.

    Returns:
        Its lines in order, blank ones too.
    """
    lines = [
        _classify(number, raw)
        for number, raw in enumerate(_SPLIT.split(page.replace("\0", "\ufffd")), start=1)
    ]
    _mark_submitters(lines)
    _mark_organisations(lines)
    return lines


def _classify(number: int, raw: str) -> Line:
    plain = _SPACES.sub(" ", raw).strip()
    text = raw.strip(" \t\r\n\f\v\u00a0\u200b\ufeff")
    if not plain:
        return Line(number, "", Kind.BLANK)
    if len(plain) > 160:
        return Line(number, text, Kind.TEXT)
    if _DOT.fullmatch(plain):
        return Line(number, text, Kind.DOT)
    if match := _NUMBER.fullmatch(plain):
        digits = match.group(1)
        count = int(re.sub(r"\D", "", digits)) if digits else int(float(match.group(2)) * 1000)
        return Line(number, text, Kind.NUMBER, count=count if count < 10**9 else None)
    meta = _read_meta(number, text, plain)
    if meta is not None:
        return meta
    if _NOISE.fullmatch(plain.lstrip("·•| ")):
        return Line(number, text, Kind.NOISE)
    if _BULLET.match(plain):
        return Line(number, text, Kind.BULLET)
    return Line(number, text, Kind.TEXT)


def _read_meta(number: int, text: str, plain: str) -> Line | None:
    """A line of the block under an abstract: authors, organisation, date, comments, alone or parted by dots."""
    line = Line(number, text, Kind.META)
    known = 0
    others: list[str] = []
    for part in re.split(r"\s*[·•∙⋅‧・|]\s*", plain):
        part = part.strip(" ,")
        if not part:
            continue
        if match := _AUTHORS.fullmatch(part.lstrip("*-– ")):
            line.authors = int(match.group(1).replace(",", "")[:9])
            known += 1
        elif (match := _DATED.fullmatch(part)) and (date := read_date(match.group("date"))) and date.month:
            line.date = date
            line.count = int(match.group("count")) if match.group("count") else line.count
            known += 1
        elif known and part.isdecimal() and len(part) < 7:
            line.count = int(part)
        else:
            others.append(part)
    if not known or len(others) > 1:
        return None
    if others:
        if len(others[0]) > 100 or others[0].endswith("."):
            return None
        line.organisation = others[0]
    return line


def _mark_submitters(lines: list[Line]) -> None:
    """``Submitted by`` alone on its line is followed by the name of an account."""
    for at, line in enumerate(lines):
        if line.kind is Kind.NOISE and _SUBMITTER.fullmatch(_SPACES.sub(" ", line.text).strip()):
            following = _next(lines, at)
            if following is not None and following.kind is Kind.TEXT and len(following.text.split()) <= 3:
                following.kind = Kind.NOISE


def _mark_organisations(lines: list[Line]) -> None:
    """A short line before ``·`` and a date, or a bullet line before either, is the organisation of the paper."""
    for at, line in enumerate(lines):
        if line.kind not in (Kind.TEXT, Kind.BULLET) or len(line.text) > 100:
            continue
        following = _next(lines, at)
        if following is None:
            continue
        dotted = following.kind is Kind.DOT
        behind = _next(lines, lines.index(following, at)) if dotted else following
        is_meta = behind is not None and behind.kind is Kind.META
        if is_meta and (line.kind is Kind.BULLET or dotted) and not line.text.endswith((".", "!", "?")):
            line.kind = Kind.META
            line.organisation = " ".join(
                _BULLET.sub("", _SPACES.sub(" ", line.text).strip(), count=1).split()
            )
    for line in lines:
        if line.kind is Kind.BULLET:
            line.kind = Kind.TEXT


def _next(lines: list[Line], at: int) -> Line | None:
    """The next line that is not blank."""
    return next((line for line in lines[at + 1 : at + 8] if line.kind is not Kind.BLANK), None)
