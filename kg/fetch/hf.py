"""Hugging Face Papers: daily papers, search, single papers.

Shapes: ``huggingface_hub`` (``HfApi.list_daily_papers``, ``list_papers``, ``paper_info``; class ``PaperInfo``) and
https://huggingface.co/.well-known/openapi.json. ``GET /api/daily_papers?date=|week=|month=&p=&limit=`` gives a list of
``{"paper": {…}, "publishedAt", "numComments", "submittedBy", …}``, pages from 0, at most 100 each;
``/api/papers/search?q=&limit=`` a list of the same, at most 120, no pages; ``/api/papers/ID`` the flat paper, which
alone holds ``linkedModels``, ``linkedDatasets`` and ``linkedSpaces``.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from urllib.parse import quote

from kg.errors import FetchError
from kg.fetch.base import Page, json_of, list_of, make_page, number_in, text_in
from kg.fetch.names import FetchOptions, parse_days, unquote
from kg.http import HttpClient, StatusError
from kg.sources.identity import find_arxiv_id

FORMAT = "hf-papers"
PER_PAGE = 50
SEARCH_MOST = 120

_WEEK = re.compile(r"\d{4}-W\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")
_HINT = "Write hf:2025-11-05, hf:2025-11-01..2025-11-05, hf:2025-W45, hf:2025-11, hf:search:WORDS or hf:2501.12345"


@dataclass(frozen=True, slots=True)
class DailyPapers:
    """The papers of days, a week or a month, as the Hub lists them.

    Attributes:
        name: as the user writes it.
        periods: pairs of parameter and value: ``date``, ``week`` or ``month``.
        links: ask each paper's own page for models, datasets and spaces.
    """

    name: str
    periods: tuple[tuple[str, str], ...]
    links: bool

    @property
    def start(self) -> str:
        """The first page of the first period."""
        return "0#0"

    def page(self, client: HttpClient, cursor: str) -> Page:
        """A page; the service ends a period with an empty one, and so do we: how long pages are is its own affair."""
        period, _, part = cursor.partition("#")
        index, number = number_in(period), number_in(part)
        if index >= len(self.periods):
            return Page(())
        parameter, value = self.periods[index]
        url = f"{client.base('hf')}/api/daily_papers"
        params: dict[str, str | int] = {parameter: value, "p": number, "limit": PER_PAGE}
        try:
            items = client.get(
                url, params=params, parse=lambda answer: list_of(answer.json(), url=answer.url)
            )
        except StatusError as error:
            if error.status not in (400, 404):
                raise
            hint = "Is it a day that has come already?" if parameter == "date" else None
            raise FetchError(
                f"the Hub has no list for {value}: {error.what}", source=url, hint=hint
            ) from error
        behind = f"{index + 1}#0" if index + 1 < len(self.periods) else None
        if not items:
            return Page((), next=behind)
        records = [_with_links(client, item) for item in items] if self.links else items
        return make_page(
            records,
            source=self.name,
            format=FORMAT,
            first=number * PER_PAGE + 1,
            next=f"{index}#{number + 1}",
        )


@dataclass(frozen=True, slots=True)
class PaperSearch:
    """What the Hub's search finds, best first.

    Attributes:
        name: as the user writes it.
        query: words.
        limit: the most papers.
        links: ask each paper's own page for models, datasets and spaces.
    """

    name: str
    query: str
    limit: int
    links: bool
    start: str = "0"

    def page(self, client: HttpClient, cursor: str) -> Page:
        """All that it finds: the service has no second page."""
        url = f"{client.base('hf')}/api/papers/search"
        params: dict[str, str | int] = {"q": self.query, "limit": self.limit}
        items = client.get(url, params=params, parse=lambda answer: list_of(answer.json(), url=answer.url))
        records = [_with_links(client, item) for item in items] if self.links else items
        return make_page(records, source=self.name, format=FORMAT, total=len(items))


@dataclass(frozen=True, slots=True)
class SinglePapers:
    """Papers by their ids.

    Attributes:
        name: as the user writes it.
        ids: arXiv ids without version.
    """

    name: str
    ids: tuple[str, ...]
    start: str = "0"

    def page(self, client: HttpClient, cursor: str) -> Page:
        """One paper."""
        index = number_in(cursor)
        if index >= len(self.ids):
            return Page(())
        url = _paper_url(client, self.ids[index])
        try:
            record = client.get(url, parse=json_of)
        except StatusError as error:
            if error.status != 404:
                raise
            hint = f"Try arxiv:{self.ids[index]}"
            raise FetchError(f"the Hub does not know {self.ids[index]}", source=url, hint=hint) from error
        behind = str(index + 1) if index + 1 < len(self.ids) else None
        return make_page(
            [record], source=self.name, format=FORMAT, first=index + 1, next=behind, total=len(self.ids)
        )


def make_source(rest: str, options: FetchOptions) -> DailyPapers | PaperSearch | SinglePapers:
    """The source of what stands behind ``hf:``.

    Raises:
        FetchError: where that is nothing known.
    """
    name = f"hf:{rest}"
    if rest.startswith("search:"):
        query = unquote(rest.removeprefix("search:"))
        if not query:
            raise FetchError("nothing to search for", source=name, hint=_HINT)
        return PaperSearch(name, query, min(options.limit or SEARCH_MOST, SEARCH_MOST), options.links)
    days = parse_days(rest)
    if days is not None:
        first, last = days
        count = (last - first).days + 1
        every = tuple(("date", str(first + datetime.timedelta(days=n))) for n in range(count))
        return DailyPapers(name, every, options.links)
    if _WEEK.fullmatch(rest):
        return DailyPapers(name, (("week", rest),), options.links)
    if _MONTH.fullmatch(rest):
        return DailyPapers(name, (("month", rest),), options.links)
    ids = [find_arxiv_id(part.strip()) for part in rest.split(",")]
    found = tuple(dict.fromkeys(one for one in ids if one))
    if not found or None in ids:
        raise FetchError(f"{rest!r} is no day, search or paper of the Hub", source=name, hint=_HINT)
    return SinglePapers(name, found)


def _with_links(client: HttpClient, item: object) -> object:
    """An item of a list, and what only the paper's own page has; the item alone where that page cannot be had."""
    identifier = find_arxiv_id(text_in(item, "paper", "id") or text_in(item, "id") or "")
    if identifier is None or not isinstance(item, dict):
        return item
    try:
        detail = client.get(_paper_url(client, identifier), parse=json_of)
    except StatusError as error:
        if error.status in (401, 403, 404, 410):
            return item
        raise
    if not isinstance(detail, dict):
        return item
    inner = item.get("paper")
    known = inner if isinstance(inner, dict) else {}
    wanted = {key: value for key, value in detail.items() if key not in known or known[key] in (None, "", [])}
    return {**item, "paper": {**known, **wanted}} if isinstance(inner, dict) else {**wanted, **item}


def _paper_url(client: HttpClient, identifier: str) -> str:
    return f"{client.base('hf')}/api/papers/{quote(identifier)}"
