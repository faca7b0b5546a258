"""Which source formats there are: ours, and those of plug-ins (entry-point group ``kg.sources``)."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from typing import cast

from kg.errors import PluginError, SourceError
from kg.sources.base import SourceFormat

_OURS = {
    "daily-papers-text": "kg.sources.daily_papers_text:DailyPapersText",
    "daily-papers-html": "kg.sources.daily_papers_html:DailyPapersHtml",
    "jsonl": "kg.sources.jsonl:JsonLines",
    "json": "kg.sources.json:Json",
    "csv": "kg.sources.csv_table:CsvTable",
    "bibtex": "kg.sources.bibtex:Bibtex",
    "ris": "kg.sources.ris:Ris",
    "atom": "kg.sources.atom:Atom",
}
_ALIASES = {
    "text": "daily-papers-text",
    "txt": "daily-papers-text",
    "html": "daily-papers-html",
    "ndjson": "jsonl",
    "json-lines": "jsonl",
    "tsv": "csv",
    "bib": "bibtex",
    "xml": "atom",
}
_TIE = 0.05
"""What a fitting suffix adds: enough to decide between equals, never more than the content says."""

_FLOOR = 0.05
"""Below this certainty a file is of no known format."""


def format_names() -> tuple[str, ...]:
    """Names of all source formats: ours in a fixed order, then those of plug-ins, sorted."""
    return (*_OURS, *(name for name in _plugin_names() if name not in _OURS))


@cache
def load_format(name: str) -> SourceFormat:
    """A source format by name.

    Raises:
        SourceError: for an unknown name; the message lists the known ones.
        PluginError: for a plug-in that cannot be loaded.
    """
    name = _ALIASES.get(name.lower(), name)
    if name in _OURS:
        module, _, attribute = _OURS[name].partition(":")
        return cast(SourceFormat, getattr(import_module(module), attribute)())
    if name in _plugin_names():
        from kg.plugins import SOURCES, load

        made = load(SOURCES, name)
        if isinstance(made, type):
            made = made()
        if not all(hasattr(made, part) for part in ("name", "suffixes", "sniff", "parse")):
            raise PluginError(
                f"the plug-in {name!r} is no source format", hint="It needs name, suffixes, sniff and parse"
            )
        return cast(SourceFormat, made)
    known = format_names()
    close = get_close_matches(name, known, n=1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    raise SourceError(f"there is no source format {name!r}", hint=f"{hint}Known: {', '.join(known)}")


def find_format(head: str, filename: str) -> SourceFormat | None:
    """The format that is most certain of a file; the suffix decides between equals, then the order of names.

    Args:
        head: the first part of the file, decoded.
        filename: its name.

    Returns:
        The format, or None where none recognises the file.
    """
    best: SourceFormat | None = None
    best_certainty = _FLOOR
    bare = filename.lower()
    for packed in (".gz", ".bz2", ".xz"):
        bare = bare.removesuffix(packed)
    for name in format_names():
        candidate = load_format(name)
        certainty = candidate.sniff(head, filename)
        if certainty > 0 and bare.endswith(candidate.suffixes):
            certainty += _TIE
        if certainty > best_certainty:
            best, best_certainty = candidate, certainty
    return best


@cache
def _plugin_names() -> tuple[str, ...]:
    from kg.plugins import SOURCES, names

    return names(SOURCES)
