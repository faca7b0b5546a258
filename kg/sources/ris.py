"""RIS, as reference managers and publishers export it, read with rispy (MIT, well kept)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from kg.errors import SourceError
from kg.model import Paper
from kg.sources.base import Document, Problem
from kg.sources.record import paper_from_record

_START = re.compile(r"^TY  ?- ?", re.M)
_END = re.compile(r"^ER  ?-[^\n]*\n?", re.M)


class Ris:
    """RIS records, each from ``TY`` to ``ER``."""

    name = "ris"
    suffixes = (".ris",)

    def sniff(self, head: str, filename: str) -> float:
        """Certain where a line starts a record."""
        match = _START.search(head)
        if match is None:
            return 0.0
        return 0.95 if not head[: match.start()].strip() else 0.7

    def parse(self, document: Document) -> Iterator[Paper | Problem]:
        """The records in their order; each is parsed by itself, so that a bad one costs no other."""
        import rispy

        text = document.text().replace("\r\n", "\n").replace("\r", "\n")
        starts = [match.start() for match in _START.finditer(text)]
        next_line = text.count("\n", 0, starts[0]) + 1 if starts else 1
        for position, (start, end) in enumerate(pairwise([*starts, len(text)]), start=1):
            piece = text[start:end]
            line, next_line = next_line, next_line + piece.count("\n")
            ending = _END.search(piece)
            body = (piece[: ending.start()] if ending else piece.rstrip("\n") + "\n") + "ER  - \n"
            try:
                found = rispy.loads(body, skip_unknown_tags=True)
            except (rispy.parser.ParseError, ValueError, KeyError, IndexError) as error:
                yield document.problem(f"this record cannot be read: {error}", line=line)
                continue
            for entry in found:
                try:
                    yield paper_from_record(
                        _record(entry),
                        source=document.label,
                        format=self.name,
                        position=position,
                        captured=document.captured,
                    )
                except SourceError as error:
                    yield document.problem(error.what, line=line)


def _record(entry: dict[str, object]) -> dict[str, object]:
    """rispy's names are nearly ours; the type of the reference is not a venue, and dates have slashes at their ends."""
    record = {
        key: value for key, value in entry.items() if key not in ("type_of_reference", "name_of_database")
    }
    for key in ("date", "year", "publication_year", "access_date"):
        value = record.get(key)
        if isinstance(value, str):
            record[key] = value.strip().strip("/")
    record.pop("access_date", None)
    return record
