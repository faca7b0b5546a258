"""Source names: ``hf:2025-11-05``, ``arxiv:cs.CL``, … told apart from file names, and turned into sources."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from kg.errors import FetchError
from kg.fetch.base import LiveSource

SCHEMES = {
    "hf": "kg.fetch.hf",
    "arxiv": "kg.fetch.arxiv",
    "openalex": "kg.fetch.openalex",
    "s2": "kg.fetch.semantic_scholar",
    "acl": "kg.fetch.acl",
    "openreview": "kg.fetch.openreview",
    "zotero": "kg.fetch.zotero",
    "feed": "kg.fetch.feed",
}
"""Module of each scheme; it has a function ``make_source(rest, options)``."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """What holds for all sources.

    Attributes:
        limit: the most papers of one source, or None.
        links: ask for what a service links to a paper, where that takes a request for each paper.
    """

    limit: int | None = None
    links: bool = True


def is_live(name: str) -> bool:
    """Whether a name is one of a live source, and not of a file."""
    scheme, colon, rest = name.partition(":")
    return bool(colon) and scheme in SCHEMES and bool(rest.strip())


def live_source(name: str, *, limit: int | None = None, links: bool = True) -> LiveSource:
    """The source of a name.

    Raises:
        FetchError: for a name that is none; the message shows how they look.
    """
    scheme, colon, rest = name.partition(":")
    if not colon or scheme not in SCHEMES:
        raise FetchError(f"{name!r} is no source name", hint=f"They begin with {': '.join(SCHEMES)}:")
    make = cast(Callable[[str, FetchOptions], LiveSource], import_module(SCHEMES[scheme]).make_source)
    return make(rest.strip(), FetchOptions(limit, links))


def parse_days(text: str) -> tuple[datetime.date, datetime.date] | None:
    """``2025-11-05`` or ``2025-11-01..2025-11-05`` as first and last day; None for anything else.

    Raises:
        FetchError: for days that are not in the calendar or in the wrong order.
    """
    first, dots, last = text.partition("..")
    if not _DATE.fullmatch(first) or (dots and not _DATE.fullmatch(last)):
        return None
    try:
        begin = datetime.date.fromisoformat(first)
        end = datetime.date.fromisoformat(last) if dots else begin
    except ValueError as error:
        raise FetchError(f"{text!r} is not a day of the calendar") from error
    if end < begin:
        raise FetchError(f"{text!r} ends before it begins", hint=f"Write {last}..{first}")
    return begin, end


def unquote(text: str) -> str:
    """Take away one pair of quotation marks around a text, as shells leave them."""
    text = text.strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
