"""JSON: a list of records, an object that holds one under a usual key, or a single record.

Small files are decoded as a whole, which is quick and gives line and column of a mistake. Large ones are read event
by event with ijson (BSD, well kept, wheels for all systems), so that memory stays that of one record.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator

from kg.errors import SourceError
from kg.model import Paper
from kg.sources.base import Document, Problem
from kg.sources.fields import collect_fields, unwrap
from kg.sources.jsonl import JsonLines
from kg.sources.record import paper_from_record

SMALL = 64 * 2**20
"""Bytes up to which a file is decoded as a whole."""

LISTS = (
    "papers", "dailyPapers", "searchResults", "results", "data", "items", "entries", "entry", "works", "notes", "records",
    "articles", "publications", "documents", "docs", "hits", "rows", "message", "response", "feed",
)  # fmt: skip
"""Keys under which a list of records is looked for, the likeliest first."""


class Json:
    """JSON of any records that ``paper_from_record`` knows."""

    name = "json"
    suffixes = (".json",)

    def sniff(self, head: str, filename: str) -> float:
        """Likely where the text starts as a JSON list or object does."""
        start = head.lstrip()
        if start.startswith("["):
            return 0.75 if start[1:].lstrip()[:1] in ("{", "[", '"', "]", "") else 0.1
        if start.startswith("{"):
            return 0.75 if start[1:].lstrip()[:1] in ('"', "}", "") else 0.1
        return 0.0

    def parse(self, document: Document) -> Iterator[Paper | Problem]:
        """The papers in the order of the file; numbers in messages count records from 1."""
        head = document.stream.read(SMALL + 1)
        if len(head) > SMALL:
            yield from self._papers(document, _stream(document, head))
            return
        text = document.decode(head)
        try:
            value = json.loads(text, strict=False)
        except json.JSONDecodeError as error:
            if error.msg == "Extra data":  # several values: JSON Lines under another name
                yield from JsonLines().parse(document.again(head))
                return
            raise SourceError(
                f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}",
                source=document.name,
                line=error.lineno,
                column=error.colno,
                hint="Is the file whole?",
            ) from error
        except (RecursionError, ValueError) as error:
            what = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise document.error(f"this JSON cannot be read: {what}") from error
        yield from self._papers(document, find_records(value))

    def _papers(self, document: Document, records: Iterable[object]) -> Iterator[Paper | Problem]:
        for position, record in enumerate(records, start=1):
            try:
                yield paper_from_record(
                    record,
                    source=document.label,
                    format=self.name,
                    position=position,
                    captured=document.captured,
                )
            except SourceError as error:
                yield document.problem(f"record {position}: {error.what}")


def find_records(value: object) -> list[object]:
    """The records in a decoded JSON value: a list, a list under a usual key (or below one), or the value itself.

    Args:
        value: what a file or an API gave.

    Returns:
        The records in their order; empty where there are none.
    """
    if isinstance(value, list):
        return (
            [item for one in value for item in one]
            if value and all(isinstance(v, list) for v in value)
            else value
        )
    if not isinstance(value, dict):
        return []
    if "title" in collect_fields(unwrap(value)):
        return [value]
    for key in LISTS:
        inner = value.get(key)
        if isinstance(inner, list):
            return inner
        if isinstance(inner, dict):
            found = find_records(inner)
            if found:
                return found
    if value and all(isinstance(one, dict) for one in value.values()):
        return list(value.values())  # records by their ids
    return []


def _stream(document: Document, head: bytes) -> Iterator[object]:
    """The records of a large file: the items of its list, or of the first list under a usual key."""
    import ijson

    source = io.BufferedReader(_Joined(head, document))
    builder: ijson.ObjectBuilder | None = None
    inside: str | None = None
    try:
        for prefix, event, value in ijson.parse(source, use_float=True):
            if inside is None:
                key = prefix.rpartition(".")[2]
                if event == "start_array" and (prefix == "" or key in LISTS):
                    inside = f"{prefix}.item" if prefix else "item"
                continue
            if builder is None and prefix != inside:
                if event == "end_array":
                    return
                continue
            if builder is None:
                builder = ijson.ObjectBuilder()
            builder.event(event, value)
            if prefix == inside and event in ("end_map", "end_array", "string", "number", "boolean", "null"):
                yield builder.value
                builder = None
    except ijson.JSONError as error:
        raise document.error(f"not JSON: {str(error).splitlines()[0]}", hint="Is the file whole?") from error
    except UnicodeDecodeError as error:
        raise document.error(f"invalid UTF-8: {error.reason}", hint="Save the file as UTF-8") from error


class _Joined(io.RawIOBase):
    """The part of a document that was read already, and the rest."""

    def __init__(self, head: bytes, document: Document) -> None:
        self._head = memoryview(head)
        self._rest = document.stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._head[: len(view)] if self._head else self._rest.read(len(view))
        self._head = self._head[len(data) :] if self._head else self._head
        view[: len(data)] = data
        return len(data)
