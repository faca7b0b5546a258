"""OpenAlex: searches, filters, single works.

Shapes: https://developers.openalex.org (pages “Page through results”, “Error handling”, “Authentication”). ``GET /works``
with ``search`` or ``filter`` gives ``{"meta": {"count", "next_cursor", …}, "results": […]}``; at most 100 a page; pages by
number end at 10 000, by cursor they do not, but a cursor needs a key (``OPENALEX_API_KEY``). The abstract comes as an
inverted index, which ``kg.sources.fields`` decodes. Errors: ``{"error", "message"}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from kg.errors import FetchError
from kg.fetch.base import Page, count_in, json_of, list_of, make_page, number_in, text_in
from kg.fetch.names import FetchOptions, unquote
from kg.http import Answer, HttpClient
from kg.sources.identity import find_doi

FORMAT = "openalex"
PER_PAGE = 100
DEEPEST = 10_000
"""Works that can be had by page number."""

_SELECT = (
    "id,doi,ids,title,display_name,abstract_inverted_index,authorships,publication_date,publication_year,primary_location,"
    "locations,best_oa_location,keywords"
)
_WORK = re.compile(r"W\d{3,12}")
_HINT = (
    "Write openalex:search:WORDS, openalex:filter:FIELD:VALUE,…, openalex:W2741809807 or openalex:10.1234/doi"
)


@dataclass(frozen=True, slots=True)
class OpenAlexWorks:
    """What a search or a filter finds.

    Attributes:
        name: as the user writes it.
        parameter: ``search`` or ``filter``.
        value: of the parameter.
    """

    name: str
    parameter: str
    value: str
    start: str = "1"

    def page(self, client: HttpClient, cursor: str) -> Page:
        """A page: ``1``, ``2``, … by number; anything else is the service's own cursor."""
        by_cursor = client.has_token("openalex")
        params: dict[str, str | int] = {self.parameter: self.value, "per_page": PER_PAGE, "select": _SELECT}
        number = number_in(cursor) if cursor.isdigit() else 0
        if number > 1 or (number == 1 and not by_cursor):
            params["page"] = number
        else:
            params["cursor"] = "*" if number == 1 else cursor

        def parse(answer: Answer) -> Page:
            value = answer.json()
            items = list_of(value, "results", url=answer.url)
            total = count_in(value, "meta", "count")
            following = text_in(value, "meta", "next_cursor")
            if "page" in params:
                more = len(items) > 0 and number * PER_PAGE < min(total or 0, DEEPEST)
                following = str(number + 1) if more else None
            first = (number - 1) * PER_PAGE + 1 if number else 1
            return make_page(
                items,
                source=self.name,
                format=FORMAT,
                first=first,
                next=following if items else None,
                total=total,
            )

        return client.get(f"{client.base('openalex')}/works", params=params, parse=parse)


@dataclass(frozen=True, slots=True)
class OpenAlexIds:
    """Works by their ids or DOIs.

    Attributes:
        name: as the user writes it.
        ids: ``W…`` or ``doi:10.…``.
    """

    name: str
    ids: tuple[str, ...]
    start: str = "0"

    def page(self, client: HttpClient, cursor: str) -> Page:
        """One work."""
        index = number_in(cursor)
        if index >= len(self.ids):
            return Page(())
        url = f"{client.base('openalex')}/works/{quote(self.ids[index], safe=':/')}"
        record = client.get(url, params={"select": _SELECT}, parse=json_of)
        behind = str(index + 1) if index + 1 < len(self.ids) else None
        return make_page(
            [record], source=self.name, format=FORMAT, first=index + 1, next=behind, total=len(self.ids)
        )


def make_source(rest: str, options: FetchOptions) -> OpenAlexWorks | OpenAlexIds:
    """The source of what stands behind ``openalex:``.

    Raises:
        FetchError: where that is nothing known.
    """
    name = f"openalex:{rest}"
    for parameter in ("search", "filter"):
        if rest.startswith(f"{parameter}:"):
            value = unquote(rest.removeprefix(f"{parameter}:"))
            if not value:
                raise FetchError("nothing to search for", source=name, hint=_HINT)
            return OpenAlexWorks(name, parameter, value)
    ids: list[str] = []
    for part in rest.split(","):
        work = part.strip().rpartition("/")[2].upper()
        doi = find_doi(part)
        if _WORK.fullmatch(work):
            ids.append(work)
        elif doi:
            ids.append(f"doi:{doi}")
        else:
            raise FetchError(
                f"{part.strip()!r} is no work, search or filter of OpenAlex", source=name, hint=_HINT
            )
    return OpenAlexIds(name, tuple(dict.fromkeys(ids)))
