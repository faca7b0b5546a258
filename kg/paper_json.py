"""A paper as a JSON object and back, without loss: for storage, and for the files that ``kg fetch`` writes.

The object carries ``"format": "paper-kg/1"``; fields that hold their default are left out. Dates are written as they
read (``2025-11-05``, ``--11-05`` without a year); a date that cannot be read back from that is a list of its parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.errors import SourceError
from kg.model import Paper, PartialDate, Sighting

FORMAT = "paper-kg/1"
"""Marks a record as a paper of ours, written whole."""

_DATE = re.compile(r"(?:(\d{4})|-)(?:-(\d{2})(?:-(\d{2}))?)?")
_TEXTS = ("record_id", "organisation", "arxiv_id", "doi", "venue")
_LISTS = ("authors", "links", "keywords")


def paper_to_json(paper: Paper) -> dict[str, object]:
    """The paper as an object that ``json.dumps`` takes."""
    record: dict[str, object] = {
        "format": FORMAT,
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
    }
    for name in _TEXTS:
        value = getattr(paper, name)
        if value is not None:
            record[name] = value
    for name in _LISTS:
        if getattr(paper, name):
            record[name] = list(getattr(paper, name))
    if paper.author_count is not None:
        record["author_count"] = paper.author_count
    if paper.date is not None:
        record["date"] = _date_to_json(paper.date)
    if paper.sightings:
        record["sightings"] = [_sighting_to_json(sighting) for sighting in paper.sightings]
    return record


def paper_from_json(record: Mapping[str, object]) -> Paper:
    """The paper out of such an object; keys that are not ours are left alone.

    Raises:
        SourceError: where a field is missing or of the wrong type; the message names it.
    """
    sightings = record.get("sightings", [])
    if not isinstance(sightings, list) or not all(isinstance(item, dict) for item in sightings):
        raise SourceError("'sightings' must be a list of objects")
    return Paper(
        id=_text(record, "id"),
        title=_text(record, "title"),
        abstract=_text(record, "abstract"),
        record_id=_optional_text(record, "record_id"),
        authors=_texts(record, "authors"),
        author_count=_count(record, "author_count"),
        organisation=_optional_text(record, "organisation"),
        date=_date(record, "date"),
        arxiv_id=_optional_text(record, "arxiv_id"),
        doi=_optional_text(record, "doi"),
        venue=_optional_text(record, "venue"),
        links=_texts(record, "links"),
        keywords=_texts(record, "keywords"),
        sightings=tuple(_sighting(item) for item in sightings),
    )


def _sighting_to_json(sighting: Sighting) -> dict[str, object]:
    record: dict[str, object] = {
        "source": sighting.source,
        "format": sighting.format,
        "position": sighting.position,
    }
    if sighting.captured is not None:
        record["captured"] = _date_to_json(sighting.captured)
    if sighting.listed is not None:
        record["listed"] = _date_to_json(sighting.listed)
    if sighting.upvotes is not None:
        record["upvotes"] = sighting.upvotes
    if sighting.comments is not None:
        record["comments"] = sighting.comments
    return record


def _sighting(record: Mapping[str, object]) -> Sighting:
    position = _count(record, "position")
    return Sighting(
        source=_text(record, "source"),
        format=_text(record, "format"),
        position=1 if position is None else position,
        captured=_date(record, "captured"),
        listed=_date(record, "listed"),
        upvotes=_count(record, "upvotes"),
        comments=_count(record, "comments"),
    )


def _date_to_json(date: PartialDate) -> str | list[int | None]:
    text = str(date)
    return text if _read_date(text) == date else [date.year, date.month, date.day]


def _read_date(text: str) -> PartialDate | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    return PartialDate(year, month, day)


def _date(record: Mapping[str, object], name: str) -> PartialDate | None:
    value = record.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        date = _read_date(value)
        if date is not None:
            return date
    elif (
        isinstance(value, list)
        and len(value) == 3
        and all(part is None or type(part) is int for part in value)
    ):
        return PartialDate(*value)
    raise SourceError(f"{name!r} must be a date such as 2025-11-05, not {value!r:.60}")


def _text(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise SourceError(f"{name!r} must be text, not {value!r:.60}")
    return value


def _optional_text(record: Mapping[str, object], name: str) -> str | None:
    return None if record.get(name) is None else _text(record, name)


def _texts(record: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = record.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SourceError(f"{name!r} must be a list of texts, not {value!r:.60}")
    return tuple(value)


def _count(record: Mapping[str, object], name: str) -> int | None:
    value = record.get(name)
    if value is None:
        return None
    if type(value) is not int:
        raise SourceError(f"{name!r} must be a whole number, not {value!r:.60}")
    return value
