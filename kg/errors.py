"""The one family of errors that this project raises on purpose.

    KGError
    ├── SourceError        input that cannot be read or holds no paper
    ├── ExtractionError    an extractor failed on a paper
    ├── ResolutionError    merge decisions that contradict each other
    ├── SchemaError        a node or edge that the schema does not allow
    ├── DirectoryError     a graph directory that is missing, damaged or not writable
    ├── ExportError        a way out of the graph that failed
    ├── QueryError         a query that is not SPARQL, or that may not run
    ├── FetchError         the network said no
    └── PluginError        an unknown or broken plug-in

Each one says what happened, where (paper, file, line, column) and what to do about it.
"""

from __future__ import annotations


class KGError(Exception):
    """Base of all errors raised on purpose.

    Args:
        what: one sentence, without a full stop at the end.
        source: file name or URL that the trouble is in.
        line: line number, from 1.
        column: column number, from 1.
        paper: id of the paper concerned.
        hint: what the user can do.
    """

    def __init__(
        self,
        what: str,
        *,
        source: str | None = None,
        line: int | None = None,
        column: int | None = None,
        paper: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.source = source
        self.line = line
        self.column = column
        self.paper = paper
        self.hint = hint

    @property
    def where(self) -> str:
        """File, line, column and paper in one short string, empty where nothing is known."""
        place = self.source or ""
        if self.line is not None:
            place = f"{place}:{self.line}" if place else f"line {self.line}"
            if self.column is not None:
                place += f":{self.column}"
        if self.paper is not None:
            place = f"{place} (paper {self.paper})" if place else f"paper {self.paper}"
        return place

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}. {self.hint}" if self.hint else text


class SourceError(KGError):
    """Input that cannot be read or that holds no paper."""


class ExtractionError(KGError):
    """An extractor failed on a paper."""


class ResolutionError(KGError):
    """Merge decisions that contradict each other."""


class SchemaError(KGError):
    """A node or an edge that the schema does not allow."""


class DirectoryError(KGError):
    """A graph directory that is missing, damaged or not writable."""


class ExportError(KGError):
    """A way out of the graph that failed."""


class QueryError(KGError):
    """A query that is not SPARQL, or that may not run."""


class FetchError(KGError):
    """The network said no."""


class PluginError(KGError):
    """An unknown or broken plug-in."""
