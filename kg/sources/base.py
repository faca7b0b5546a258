"""What every source format shares: the protocol, the document it reads, and the problem it reports."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from kg.errors import SourceError
from kg.model import Paper, PartialDate, Sighting
from kg.sources.streams import ByteSource

MAX_LINE = 16 * 2**20
"""Bytes of the longest line that is read; no record of one paper comes near it."""

MAX_WHOLE = 256 * 2**20
"""Bytes of the largest file that is read as a whole, by the formats that cannot be read piece by piece."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A bad record, which is reported and skipped; or something else amiss, which is reported only.

    Attributes:
        source: file name as the user gave it.
        what: one sentence, without a full stop at the end.
        line: line number, from 1, where known.
        column: column number, from 1, where known.
        hint: what the user can do.
        lost: a record is missing because of it; False where all are there.
    """

    source: str
    what: str
    line: int | None = None
    column: int | None = None
    hint: str = ""
    lost: bool = True

    def to_error(self) -> SourceError:
        """The same as an error, for ``strict``."""
        return SourceError(
            self.what, source=self.source, line=self.line, column=self.column, hint=self.hint or None
        )

    def __str__(self) -> str:
        return str(self.to_error())


class Document:
    """One input while it is read: its name, its bytes as lines or as text, and where papers in it were seen.

    Args:
        name: the input as the user gave it, for messages.
        label: the same as it is kept in sightings: never a path of the user's machine.
        stream: its bytes: unpacked, UTF-8, without a byte order mark.
        captured: the date on which it was saved, where known.
        report: is told about trouble that costs no record, such as bytes that are not UTF-8.
    """

    def __init__(
        self,
        *,
        name: str,
        label: str,
        stream: ByteSource,
        captured: PartialDate | None,
        report: Callable[[Problem], None],
    ) -> None:
        self.name = name
        self.label = label
        self.captured = captured
        self.stream = stream
        self.line_number = 0  # of the line read last, by formats that read lines
        self._report = report
        self._told = False

    def problem(
        self, what: str, *, line: int | None = None, column: int | None = None, hint: str = ""
    ) -> Problem:
        """A problem in this document, for a format to yield."""
        return Problem(self.name, what, line, column, hint)

    def error(self, what: str, *, line: int | None = None, hint: str | None = None) -> SourceError:
        """An error that concerns the whole document, for a format to raise."""
        return SourceError(what, source=self.name, line=line, hint=hint)

    def sighting(
        self,
        format: str,
        position: int,
        *,
        listed: PartialDate | None = None,
        upvotes: int | None = None,
        comments: int | None = None,
    ) -> Sighting:
        """The sighting of a paper in this document; ``position`` counts its records from 1."""
        return Sighting(self.label, format, position, self.captured, listed, upvotes, comments)

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Line numbers from 1 and lines without their ends; longer ones than ``MAX_LINE`` are reported and skipped."""
        for number, line in self._raw_lines():
            yield number, line.rstrip(b"\r\n")

    def text_lines(self) -> Iterator[str]:
        """Decoded lines with their ends as they are; bytes that are not UTF-8 become U+FFFD and are reported once."""
        for number, line in self._raw_lines():
            yield self.decode(line, number)

    def _raw_lines(self) -> Iterator[tuple[int, bytes]]:
        number = 0
        while True:
            line = self.stream.readline(MAX_LINE + 1)
            if not line:
                return
            number += 1
            self.line_number = number
            if len(line) > MAX_LINE and not line.endswith(b"\n"):
                size = len(line)
                while True:
                    more = self.stream.readline(2**20)
                    size += len(more)
                    if not more or more.endswith(b"\n"):
                        break
                self._report(
                    self.problem(
                        f"a line of {size:,} bytes, longer than the {MAX_LINE:,} that are read",
                        line=number,
                        hint="Is this file what you think it is?",
                    )
                )
                continue
            yield number, line

    def text(self) -> str:
        """The whole document; bytes that are not UTF-8 become U+FFFD and are reported once.

        Raises:
            SourceError: for one larger than ``MAX_WHOLE``.
        """
        return self.decode(self.data())

    def data(self) -> bytes:
        """All bytes of the document.

        Raises:
            SourceError: for one larger than ``MAX_WHOLE``.
        """
        data = self.stream.read(MAX_WHOLE + 1)
        if len(data) > MAX_WHOLE:
            raise self.error(
                f"larger than {MAX_WHOLE // 2**20} MiB, too large for a format that is read as a whole",
                hint="Give it as JSON Lines or CSV, which are read record by record",
            )
        return data

    def again(self, data: bytes) -> Document:
        """The same document over bytes that were read from it already, for a format that hands over to another."""
        other = Document(
            name=self.name,
            label=self.label,
            stream=io.BytesIO(data),
            captured=self.captured,
            report=self._report,
        )
        other._told = self._told
        return other

    def decode(self, data: bytes, line: int = 1) -> str:
        """Bytes of the document, which start in ``line``, as text; what is not UTF-8 becomes U+FFFD and is reported once."""
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            if not self._told:
                self._told = True
                before = data[: error.start]
                column = error.start - (before.rfind(b"\n") + 1) + 1
                self._report(
                    Problem(
                        self.name,
                        f"invalid UTF-8 at byte {column} of the line ({error.reason}); such bytes are read as U+FFFD",
                        line=line + before.count(b"\n"),
                        hint="Save the file as UTF-8",
                        lost=False,
                    )
                )
            return data.decode("utf-8", "replace")


class SourceFormat(Protocol):
    """One way in which papers come in a file."""

    @property
    def name(self) -> str:
        """Name of the format, such as ``jsonl``."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """File suffixes that this format usually has, with the dot; they only break ties."""

    def sniff(self, head: str, filename: str) -> float:
        """How certain it is that a file is of this format, 0 to 1.

        Args:
            head: the first 64 KiB or so of the file, decoded.
            filename: its name; our formats look at the content alone.
        """

    def parse(self, document: Document) -> Iterator[Paper | Problem]:
        """The papers of a document in its order, and a problem for each record that is none.

        Raises:
            SourceError: where the document as a whole cannot be read.
        """
