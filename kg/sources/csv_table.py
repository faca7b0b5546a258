"""CSV and TSV: one paper a row, the columns known by the many names that exports give them."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from kg.errors import SourceError
from kg.model import Paper
from kg.sources.base import MAX_LINE, Document, Problem
from kg.sources.fields import field_of
from kg.sources.record import paper_from_record

_DELIMITERS = (",", "\t", ";", "|")


class CsvTable:
    """Tables with a header row: comma, tab, semicolon or bar between columns, quotes as in RFC 4180."""

    name = "csv"
    suffixes = (".csv", ".tsv")

    def sniff(self, head: str, filename: str) -> float:
        """Certain where the first line names both a title and an abstract column."""
        first = _first_line(head)
        fields = _known(_split(first, _delimiter(first)))
        if {"title", "abstract"} <= fields:
            return 0.85
        return 0.5 if len(fields) >= 2 and fields & {"title", "abstract"} and len(first) < 2000 else 0.0

    def parse(self, document: Document) -> Iterator[Paper | Problem]:
        """One paper a row, read row by row; a row that is none is a problem."""
        lines = document.text_lines()
        header_line = next((line for line in lines if line.strip()), "")
        if header_line.lower().startswith("sep=") and len(header_line.strip()) == 5:
            header_line = next(lines, "")  # a hint for spreadsheets, ahead of the table
        delimiter = _delimiter(header_line)
        header = _split(header_line, delimiter)
        fields = _known(header)
        if not {"title", "abstract"} <= fields:
            missing = " and no ".join(name for name in ("title", "abstract") if name not in fields)
            columns = ", ".join(name.strip() for name in header[:12])
            raise document.error(
                f"this table has no {missing} column; its columns are: {columns[:300]}",
                line=1,
                hint="Name the columns in the first row: title, abstract, and what else there is",
            )
        csv.field_size_limit(MAX_LINE)  # the default of 128 KiB would end the whole file at one long field
        reader = csv.reader(lines, delimiter=delimiter)
        position = 0
        while True:
            start = document.line_number + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield document.problem(
                    f"this row cannot be read: {error}", line=start, hint="Is a quote never closed?"
                )
                continue
            if not any(cell.strip() for cell in row):
                continue
            position += 1
            if len(row) < len(header) and document.line_number - start > 50:
                yield document.problem(
                    f"this row runs over {document.line_number - start + 1} lines and ends early", line=start,
                    hint="Is a quote never closed?",
                )  # fmt: skip
                continue
            try:
                yield paper_from_record(
                    dict(zip(header, row, strict=False)),
                    source=document.label,
                    format=self.name,
                    position=position,
                    captured=document.captured,
                )
            except SourceError as error:
                yield document.problem(error.what, line=start)


def _first_line(head: str) -> str:
    lines = [line for line in head.splitlines()[:5] if line.strip()]
    if lines and lines[0].lower().startswith("sep="):
        lines = lines[1:]
    return lines[0] if lines else ""


def _delimiter(line: str) -> str:
    """The delimiter that finds the most columns that we know."""
    return max(
        _DELIMITERS, key=lambda delimiter: (len(_known(_split(line, delimiter))), line.count(delimiter))
    )


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _known(header: list[str]) -> set[str]:
    return {found[0] for name in header if len(name) < 80 and (found := field_of(name)) is not None}
