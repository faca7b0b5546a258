"""Semantic Scholar: bulk search, and papers by ids.

Shapes: https://api.semanticscholar.org/api-docs/graph. ``GET /graph/v1/paper/search/bulk?query=&fields=&token=`` gives
``{"total", "token", "data": […]}``, up to 1000 a page, and no token behind the last; ``POST /graph/v1/paper/batch`` takes
``{"ids": […]}``, up to 500, and gives a list with null for an unknown one. Errors: ``{"error"}`` or ``{"message"}``; 429
where the allowance that all users without a key share is used up.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from kg.errors import FetchError
from kg.fetch.base import Page, count_in, list_of, make_page, number_in, text_in
from kg.fetch.names import FetchOptions, unquote
from kg.http import Answer, HttpClient
from kg.sources.base import Problem
from kg.sources.identity import find_arxiv_id, find_doi

FORMAT = "semantic-scholar"
BATCH = 100

_FIELDS = "title,abstract,authors,year,publicationDate,venue,externalIds,url,fieldsOfStudy"
_FIRST = "*"
_HINT = "Write s2:search:WORDS, or ids such as s2:2501.12345, s2:10.1234/doi, s2:CorpusId:215416146"


@dataclass(frozen=True, slots=True)
class ScholarSearch:
    """What the bulk search finds.

    Attributes:
        name: as the user writes it.
        query: in the query language of the service.
    """

    name: str
    query: str
    start: str = _FIRST

    def page(self, client: HttpClient, cursor: str) -> Page:
        """A page; the cursor is the service's own token."""
        params: dict[str, str | int] = {"query": self.query, "fields": _FIELDS}
        if cursor != _FIRST:
            params["token"] = cursor

        def parse(answer: Answer) -> Page:
            value = answer.json()
            items = list_of(value, "data", url=answer.url)
            following = text_in(value, "token") if items else None
            return make_page(
                items, source=self.name, format=FORMAT, next=following, total=count_in(value, "total")
            )

        return client.get(f"{client.base('s2')}/graph/v1/paper/search/bulk", params=params, parse=parse)


@dataclass(frozen=True, slots=True)
class ScholarIds:
    """Papers by ids.

    Attributes:
        name: as the user writes it.
        ids: as the service writes them (``ARXIV:…``, ``DOI:…``, …).
    """

    name: str
    ids: tuple[str, ...]
    start: str = "0"

    def page(self, client: HttpClient, cursor: str) -> Page:
        """A hundred papers."""
        first = number_in(cursor)
        part = self.ids[first : first + BATCH]
        if not part:
            return Page(())
        items = client.post(
            f"{client.base('s2')}/graph/v1/paper/batch",
            json.dumps({"ids": part}).encode(),
            params={"fields": _FIELDS},
            parse=lambda answer: list_of(answer.json(), "data", url=answer.url),
        )
        unknown = [
            Problem(self.name, f"Semantic Scholar does not know {identifier}")
            for identifier, item in zip(part, items, strict=False)
            if item is None
        ]
        page = make_page(
            [item for item in items if item is not None], source=self.name, format=FORMAT, first=first + 1
        )
        end = first + len(part)
        return Page(
            page.papers, (*page.problems, *unknown), str(end) if end < len(self.ids) else None, len(self.ids)
        )


def make_source(rest: str, options: FetchOptions) -> ScholarSearch | ScholarIds:
    """The source of what stands behind ``s2:``.

    Raises:
        FetchError: where that is nothing known.
    """
    name = f"s2:{rest}"
    if rest.startswith("search:"):
        query = rest.removeprefix("search:").strip()  # quotation marks mean a phrase here, and stay
        if not unquote(query):
            raise FetchError("nothing to search for", source=name, hint=_HINT)
        return ScholarSearch(name, query)
    ids: list[str] = []
    for part in filter(None, (one.strip() for one in rest.split(","))):
        arxiv_id, doi = find_arxiv_id(part), find_doi(part)
        if arxiv_id:
            ids.append(f"ARXIV:{arxiv_id}")
        elif doi:
            ids.append(f"DOI:{doi}")
        elif ":" in part or (len(part) == 40 and part.isalnum()):
            ids.append(part)
        else:
            raise FetchError(f"{part!r} is no id that Semantic Scholar knows", source=name, hint=_HINT)
    if not ids:
        raise FetchError("no ids", source=name, hint=_HINT)
    return ScholarIds(name, tuple(dict.fromkeys(ids)))
