"""What every live source shares: the protocol, the page, and how records of a page become papers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kg.errors import FetchError, SourceError
from kg.http import Answer, HttpClient
from kg.model import Paper
from kg.sources.base import Document, Problem, SourceFormat
from kg.sources.record import paper_from_record


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a source.

    Attributes:
        papers: in the order of the service.
        problems: records that are no papers.
        next: cursor of the page behind it, None behind the last.
        total: how many papers the source says it has, where it says so.
    """

    papers: tuple[Paper, ...]
    problems: tuple[Problem, ...] = ()
    next: str | None = None
    total: int | None = None


class LiveSource(Protocol):
    """A source of papers on the network that is read page by page.

    A cursor is a short text that stands for a page: with it, another process at another time goes on from there.
    """

    @property
    def name(self) -> str:
        """As the user writes it, such as ``hf:2025-11-05``."""

    @property
    def start(self) -> str:
        """Cursor of the first page."""

    def page(self, client: HttpClient, cursor: str) -> Page:
        """Read the page of a cursor.

        Raises:
            FetchError: where it cannot be had.
        """


def make_page(
    records: Iterable[object],
    *,
    source: str,
    format: str,
    first: int = 1,
    next: str | None = None,
    total: int | None = None,
) -> Page:
    """Turn decoded records into a page; a record that is no paper becomes a problem.

    Args:
        records: objects of any shape that ``paper_from_record`` knows.
        source: name of the source, kept in the sightings.
        format: name of the shape, kept in the sightings.
        first: position of the first record in the source, from 1.
        next: cursor behind.
        total: as the service says.
    """
    papers: list[Paper] = []
    problems: list[Problem] = []
    for position, record in enumerate(records, start=first):
        try:
            papers.append(paper_from_record(record, source=source, format=format, position=position))
        except SourceError as error:
            problems.append(Problem(source, f"record {position}: {error.what}", hint=error.hint or ""))
        except RecursionError:
            problems.append(Problem(source, f"record {position}: nested too deeply"))
    return Page(tuple(papers), tuple(problems), next, total)


def make_page_by_offset(
    records: Sequence[object], *, source: str, format: str, offset: int, total: int | None
) -> Page:
    """A page of a service that counts from an offset; behind it there is another until the total is reached.

    Args:
        records: as for ``make_page``.
        source: as for ``make_page``.
        format: as for ``make_page``.
        offset: how many records lie before the page.
        total: as the service says; where it does not, there are pages until an empty one.
    """
    end = offset + len(records)
    more = bool(records) and (total is None or end < total)
    return make_page(
        records, source=source, format=format, first=offset + 1, next=str(end) if more else None, total=total
    )


def parse_document(data: bytes, parser: SourceFormat, *, source: str, url: str) -> Page:
    """Read a body with the parser of a file format.

    Raises:
        FetchError: where it is damaged as a whole.
    """
    papers: list[Paper] = []
    problems: list[Problem] = []
    document = Document(
        name=source, label=source, stream=io.BytesIO(data), captured=None, report=problems.append
    )
    try:
        for item in parser.parse(document):
            if isinstance(item, Problem):
                problems.append(item)
            else:
                papers.append(item)
    except SourceError as error:
        raise FetchError(f"the answer cannot be read: {error.what}", source=url) from error
    return Page(tuple(papers), tuple(problems))


def list_of(value: object, *keys: str, url: str) -> list[object]:
    """The list that an answer is, or holds under one of the keys.

    Raises:
        FetchError: where there is none: an error page with a good status, or another service.
    """
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        for key in keys:
            inner = value.get(key)
            if isinstance(inner, list):
                return inner
        for key in ("message", "error", "detail"):
            said = value.get(key)
            if isinstance(said, str) and said.strip():
                raise FetchError(f"the service says: {' '.join(said.split())[:200]}", source=url)
    raise FetchError("the answer is not a list of records", source=url)


def count_in(value: object, *path: str) -> int | None:
    """A number inside nested objects, or None."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def text_in(value: object, *path: str) -> str | None:
    """A text inside nested objects, or None."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) and value else None


def number_in(cursor: str) -> int:
    """The number that a cursor is.

    Raises:
        FetchError: where it is none.
    """
    if cursor.isascii() and cursor.isdigit() and len(cursor) < 12:
        return int(cursor)
    raise FetchError(f"{cursor[:40]!r} is no place to go on from", hint="Begin anew: delete the .part file")


def json_of(answer: Answer) -> object:
    """The JSON of an answer, for ``HttpClient.get``."""
    return answer.json()
