"""JSON Lines: one record a line, read one line at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kg.errors import SourceError
from kg.model import Paper
from kg.sources.base import Document, Problem
from kg.sources.record import paper_from_record


class JsonLines:
    """JSON Lines (ndjson) of any records that ``paper_from_record`` knows."""

    name = "jsonl"
    suffixes = (".jsonl", ".ndjson")

    def sniff(self, head: str, filename: str) -> float:
        """Certain where most of the first lines are objects of their own."""
        lines = [line for line in head.split("\n") if line.strip()]
        whole = lines[:-1] if len(lines) > 1 and not head.endswith("\n") else lines
        sample = whole[:8]
        if not sample or not any(line.lstrip().startswith("{") for line in sample):
            return 0.0
        good = sum(_is_object(line) for line in sample)
        if good == 0:
            # One long line that the sample cuts off, or lines that are all damaged.
            return 0.5 if all(line.lstrip().startswith('{"') for line in sample) else 0.0
        return 0.9 * good / len(sample) if len(lines) > 1 else 0.8

    def parse(self, document: Document) -> Iterator[Paper | Problem]:
        """One paper a line; a line that is no record is a problem, and the next ones are read."""
        position = 0
        decoder = json.JSONDecoder(
            strict=False
        )  # raw control characters in text are damage that costs nothing
        for number, line in document.lines():
            if not line.strip():
                continue
            position += 1
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError as error:
                yield document.problem(
                    f"invalid UTF-8 at byte {error.start + 1} of the line ({error.reason}); the record is skipped",
                    line=number,
                    hint="Save the file as UTF-8",
                )
                continue
            try:
                record = decoder.decode(text)
            except json.JSONDecodeError as error:
                column = error.colno
                yield document.problem(f"not JSON: {_reason(error)}", line=number, column=column)
                continue
            except (RecursionError, ValueError) as error:
                what = "nested too deeply" if isinstance(error, RecursionError) else str(error)
                yield document.problem(f"not JSON that can be read: {what}", line=number)
                continue
            try:
                yield paper_from_record(
                    record,
                    source=document.label,
                    format=self.name,
                    position=position,
                    captured=document.captured,
                )
            except SourceError as error:
                yield document.problem(error.what, line=number)


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line, strict=False), dict)
    except (ValueError, RecursionError):
        return False


def _reason(error: json.JSONDecodeError) -> str:
    return error.msg[:1].lower() + error.msg[1:]
