"""BibTeX and BibLaTeX, read with bibtexparser 2 (MIT, well kept, reports bad entries by line instead of failing)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from kg.errors import SourceError
from kg.model import Paper
from kg.sources.base import Document, Problem
from kg.sources.dates import month_number
from kg.sources.latex import decode_accents
from kg.sources.people import turn_name
from kg.sources.record import paper_from_record

_ENTRY = re.compile(r"^[ \t]*@[A-Za-z]+[ \t]*[{(]\s*[^\s,{}]*\s*,", re.M)
_STRING = re.compile(r"^[ \t]*@(?:string|comment|preamble)\s*[{(]", re.M | re.I)
_AND = re.compile(r"\s+and\s+(?![^{]*\})", re.IGNORECASE)


class Bibtex:
    """Bibliographies in BibTeX, as Zotero, ACL Anthology, DBLP or Google Scholar export them."""

    name = "bibtex"
    suffixes = (".bib", ".bibtex")

    def sniff(self, head: str, filename: str) -> float:
        """Certain where lines start entries."""
        if _ENTRY.search(head):
            return 0.9 if head.lstrip().startswith(("@", "%")) else 0.6
        return 0.6 if _STRING.search(head) else 0.0

    def parse(self, document: Document) -> Iterator[Paper | Problem]:
        """The entries that have an abstract; those without, and broken ones, are problems.

        Accents and grouping braces, the way in which BibTeX writes letters, are decoded in all fields; other LaTeX stays.
        """
        from bibtexparser import entrypoint, model

        logging.getLogger("bibtexparser").addHandler(logging.NullHandler())  # its problems are reported by us
        logging.getLogger("bibtexparser").propagate = False
        library = entrypoint.parse_string(document.text())
        position = 0
        for found in library.blocks:
            block: model.Block | None = found
            line = (found.start_line or 0) + 1
            if isinstance(block, model.DuplicateBlockKeyBlock | model.DuplicateFieldKeyBlock):
                block = block.ignore_error_block  # two entries of one key are two records
            if isinstance(block, model.ParsingFailedBlock):
                yield document.problem(f"this entry cannot be read: {_reason(block.error)}", line=line)
                continue
            if not isinstance(block, model.Entry):
                continue
            position += 1
            try:
                yield paper_from_record(
                    _record(block.key, {entry.key: entry.value for entry in block.fields}),
                    source=document.label,
                    format=self.name,
                    position=position,
                    captured=document.captured,
                )
            except SourceError as error:
                yield document.problem(f"{error.what} (entry {block.key!r})", line=line)


def _record(key: str, fields: dict[str, object]) -> dict[str, object]:
    """An entry as a record: text decoded, authors as a list, the date in one field."""
    record: dict[str, object] = {"citekey": key}
    for name, value in fields.items():
        text = value if isinstance(value, str) else str(value)
        lower = name.lower()
        if lower == "author":
            record["authors"] = [
                turn_name(decode_accents(" ".join(part.split()))) for part in _AND.split(text)
            ]
        elif lower in ("doi", "url", "eprint", "file", "pdf"):
            record[lower] = (
                text.strip().replace("\\_", "_").replace("\\%", "%").replace("{", "").replace("}", "")
            )
        else:
            record[lower] = decode_accents(text.strip())
    if str(record.get("archiveprefix", record.get("eprinttype", "arxiv"))).lower() != "arxiv":
        record.pop("eprint", None)
    year, month = str(record.get("year", "")), month_number(str(record.pop("month", "")))
    if "date" not in record and year.isdecimal():
        record["date"] = f"{year}-{month:02d}" if month else year
    return record


def _reason(error: object) -> str:
    """The parser's words, in one line."""
    text = " ".join(str(getattr(error, "abort_reason", "") or error).split())
    return text.rstrip(".")[:200] or "its braces or quotes do not match"
