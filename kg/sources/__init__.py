"""Input into papers: saved pages, JSON, tables, bibliographies and feeds, each found by its content.

    >>> from kg.sources import merge_papers, read_papers
    >>> papers = merge_papers(read_papers(["pages/*.txt", "library.bib"]))  # doctest: +SKIP

A format is one file here (or a plug-in of the entry-point group ``kg.sources``): a ``SourceFormat`` that says how
certain it is of a file, and parses it. Parsers of other projects are imported when a file needs them.
"""

from kg.sources.base import Document, Problem, SourceFormat
from kg.sources.dates import parse_date
from kg.sources.inputs import expand_inputs
from kg.sources.merge import merge_papers
from kg.sources.reading import read_papers
from kg.sources.record import paper_from_record
from kg.sources.registry import format_names

__all__ = [
    "Document",
    "Problem",
    "SourceFormat",
    "expand_inputs",
    "format_names",
    "merge_papers",
    "paper_from_record",
    "parse_date",
    "read_papers",
]
