"""Zotero: the library of a user or a group, or one collection of it.

Shapes: https://www.zotero.org/support/dev/web_api/v3/basics. ``GET /users/ID/items/top`` or ``/groups/ID/collections/KEY/items/
top`` with ``format=json&limit=100&start=`` gives a list of ``{"key", "data": {"title", "abstractNote", "creators", "DOI", …}}``;
the header ``Total-Results`` tells how many there are. Libraries that are not public need ``ZOTERO_API_KEY``. (A library
exported as BibTeX, RIS or CSL JSON is a file, which ``kg build`` reads.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.errors import FetchError
from kg.fetch.base import Page, list_of, make_page_by_offset, number_in
from kg.fetch.names import FetchOptions
from kg.http import Answer, HttpClient

FORMAT = "zotero"
PER_PAGE = 100

_LIBRARY = re.compile(r"(?:users|groups)/\d+(?:/collections/[A-Z0-9]{8})?")
_HINT = "Write zotero:users/12345, zotero:groups/12345 or zotero:groups/12345/collections/ABCD2345"


@dataclass(frozen=True, slots=True)
class ZoteroLibrary:
    """A library.

    Attributes:
        name: as the user writes it.
        library: such as ``groups/12345``.
    """

    name: str
    library: str
    start: str = "0"

    def page(self, client: HttpClient, cursor: str) -> Page:
        """A page, by offset."""
        offset = number_in(cursor)
        params: dict[str, str | int] = {
            "format": "json",
            "limit": PER_PAGE,
            "start": offset,
            "sort": "dateAdded",
            "direction": "asc",
            "v": 3,
        }

        def parse(answer: Answer) -> Page:
            items = list_of(answer.json(), url=answer.url)
            said = answer.headers.get("total-results", "")
            total = int(said) if said.isascii() and said.isdigit() and len(said) < 12 else None
            return make_page_by_offset(items, source=self.name, format=FORMAT, offset=offset, total=total)

        return client.get(f"{client.base('zotero')}/{self.library}/items/top", params=params, parse=parse)


def make_source(rest: str, options: FetchOptions) -> ZoteroLibrary:
    """The source of what stands behind ``zotero:``.

    Raises:
        FetchError: where that is nothing known.
    """
    if not _LIBRARY.fullmatch(rest):
        raise FetchError(f"{rest!r} is no library of Zotero", source=f"zotero:{rest}", hint=_HINT)
    return ZoteroLibrary(f"zotero:{rest}", rest)
