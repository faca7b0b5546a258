"""arXiv: categories, searches, id lists (Atom) and bulk (OAI-PMH).

Shapes: https://info.arxiv.org/help/api/user-manual.html (``search_query``, ``id_list``, ``start``, ``max_results`` up to
2000, results up to 30 000 deep; a mistake comes as a feed with one entry whose id begins with
``http://arxiv.org/api/errors``; a feed may be empty though ``opensearch:totalResults`` promises more);
https://info.arxiv.org/help/oa/index.html and http://www.openarchives.org/OAI/openarchivesprotocol.html (``ListRecords``,
``resumptionToken``, which ends with the day). One request in three seconds: https://info.arxiv.org/help/api/tou.html.
"""

from __future__ import annotations

import datetime
import html
import re
from dataclasses import dataclass

from kg.errors import FetchError
from kg.fetch.base import Page, number_in, parse_document
from kg.fetch.names import FetchOptions, parse_days, unquote
from kg.http import Answer, HttpClient, StatusError
from kg.sources.atom import Atom
from kg.sources.identity import find_arxiv_id

PER_PAGE = 200
NEWEST = 1000
"""Papers of a category or a search where no limit is given."""

DEEPEST = 30_000
_IDS_PER_PAGE = 100
_ATOM = "application/atom+xml"

_CATEGORY = re.compile(r"[a-z-]+(?:\.[A-Za-z-]+)?")
_TOTAL = re.compile(rb"<(?:\w+:)?totalResults\b[^>]*>\s*(\d{1,12})\s*<")
_ENTRY = re.compile(rb"<entry\b")
_ERROR = re.compile(
    rb"<id>\s*https?://(?:export\.)?arxiv\.org/api/errors.*?(?:<summary[^>]*>(.*?)</summary>|</entry>)", re.S
)
_TOKEN = re.compile(rb"<(?:\w+:)?resumptionToken\b[^>]*>([^<]+)<")
_OAI_ERROR = re.compile(rb"<(?:\w+:)?error\b[^>]*\bcode\s*=\s*[\"'](\w+)[\"'][^>]*>([^<]*)<")
_OAI_SET = re.compile(r"[a-z-]+(?::[a-z-]+(?::[A-Za-z-]+)?)?")
_HINT = (
    "Write arxiv:cs.CL, arxiv:cs.CL:2025-11-01..2025-11-05, arxiv:search:WORDS, arxiv:2501.12345,2412.10360 or "
    "arxiv:oai:cs:cs:CL:2025-11-01..2025-11-05"
)


class _ShortPage(FetchError):
    """A feed without entries, though it says that there are more."""


@dataclass(frozen=True, slots=True)
class ArxivQuery:
    """What a query finds.

    Attributes:
        name: as the user writes it.
        queries: one after the other, in the query language of arXiv.
        ascending: oldest first, so that what comes in meanwhile shifts no page; else newest first.
        most: the most papers of each query.
    """

    name: str
    queries: tuple[str, ...]
    ascending: bool
    most: int
    start: str = "0#0"

    def page(self, client: HttpClient, cursor: str) -> Page:
        """A page of one of the queries."""
        which, _, part = cursor.partition("#")
        index, first = number_in(which), number_in(part)
        if index >= len(self.queries):
            return Page(())
        params: dict[str, str | int] = {
            "search_query": self.queries[index],
            "start": first,
            "max_results": min(PER_PAGE, self.most - first),
            "sortBy": "submittedDate",
            "sortOrder": "ascending" if self.ascending else "descending",
        }
        behind = f"{index + 1}#0" if index + 1 < len(self.queries) else None
        page, count, total = _ask(client, params, self.name, first)
        end = first + count
        more = count and end < min(total if total is not None else end + 1, self.most)
        shown = min(total, self.most) if total is not None and len(self.queries) == 1 else None
        return Page(page.papers, page.problems, f"{index}#{end}" if more else behind, shown)


@dataclass(frozen=True, slots=True)
class ArxivIds:
    """Papers by their ids.

    Attributes:
        name: as the user writes it.
        ids: without version.
    """

    name: str
    ids: tuple[str, ...]
    start: str = "0"

    def page(self, client: HttpClient, cursor: str) -> Page:
        """A hundred of them."""
        first = number_in(cursor)
        part = self.ids[first : first + _IDS_PER_PAGE]
        if not part:
            return Page(())
        params: dict[str, str | int] = {"id_list": ",".join(part), "max_results": len(part)}
        page, _, _ = _ask(client, params, self.name, 0)
        end = first + len(part)
        return Page(page.papers, page.problems, str(end) if end < len(self.ids) else None, len(self.ids))


@dataclass(frozen=True, slots=True)
class ArxivBulk:
    """All records of a set that were made or changed in some days, by OAI-PMH.

    Attributes:
        name: as the user writes it.
        set: such as ``cs`` or ``cs:cs:CL``.
        days: first and last day, or None for all.
    """

    name: str
    set: str
    days: tuple[datetime.date, datetime.date] | None
    start: str = ""

    def page(self, client: HttpClient, cursor: str) -> Page:
        """A page; the cursor is the service's own token."""
        params: dict[str, str | int] = {"verb": "ListRecords"}
        if cursor:
            params["resumptionToken"] = cursor
        else:
            params |= {"metadataPrefix": "arXiv", "set": self.set}
            if self.days is not None:
                params |= {"from": str(self.days[0]), "until": str(self.days[1])}
        return client.get(
            f"{client.base('arxiv_oai')}/oai", params=params, accept="text/xml", parse=self._parse
        )

    def _parse(self, answer: Answer) -> Page:
        refusal = _OAI_ERROR.search(answer.body)
        if refusal is not None:
            code, said = refusal.group(1).decode(), _plain(refusal.group(2))
            if code == "noRecordsMatch":
                return Page(())
            hint = "Begin anew: delete the .part files" if code == "badResumptionToken" else _HINT
            raise StatusError(f"arXiv refuses: {said or code}", status=400, source=answer.url, hint=hint)
        page = parse_document(answer.body, Atom(), source=self.name, url=answer.url)
        token = _TOKEN.search(answer.body)
        following = _plain(token.group(1)) if token is not None else ""
        return Page(page.papers, page.problems, following or None)


def make_source(rest: str, options: FetchOptions) -> ArxivQuery | ArxivIds | ArxivBulk:
    """The source of what stands behind ``arxiv:``.

    Raises:
        FetchError: where that is nothing known.
    """
    name = f"arxiv:{rest}"
    most = min(options.limit or NEWEST, DEEPEST)
    if rest.startswith("search:"):
        words = unquote(rest.removeprefix("search:"))
        if not words:
            raise FetchError("nothing to search for", source=name, hint=_HINT)
        # What has a field already (ti:, abs:, cat:) is in arXiv's own language; other words are one phrase.
        query = (
            words
            if re.search(r"\b(?:ti|au|abs|co|jr|cat|rn|all|submittedDate):", words)
            else f'all:"{words}"'
        )
        return ArxivQuery(name, (query,), False, most)
    if rest.startswith("oai:"):
        return _bulk(name, rest.removeprefix("oai:"))
    category, _, range_text = rest.partition(":")
    if _CATEGORY.fullmatch(category):
        if not range_text:
            return ArxivQuery(name, (f"cat:{category}",), False, most)
        days = parse_days(range_text)
        if days is not None:
            first, last = days
            count = (last - first).days + 1
            every = (first + datetime.timedelta(days=n) for n in range(count))
            queries = tuple(
                f"cat:{category} AND submittedDate:[{d:%Y%m%d}0000 TO {d:%Y%m%d}2359]" for d in every
            )
            return ArxivQuery(name, queries, True, DEEPEST)
    ids = [find_arxiv_id(part.strip()) for part in rest.split(",")]
    found = tuple(dict.fromkeys(one for one in ids if one))
    if not found or None in ids:
        raise FetchError(f"{rest!r} is no category, search or id of arXiv", source=name, hint=_HINT)
    return ArxivIds(name, found)


def _bulk(name: str, rest: str) -> ArxivBulk:
    group, colon, range_text = rest.rpartition(":")
    days = parse_days(range_text) if colon else None
    chosen = group if days is not None else rest
    if not _OAI_SET.fullmatch(chosen):
        raise FetchError(f"{chosen!r} is no set of arXiv", source=name, hint=_HINT)
    return ArxivBulk(name, chosen, days)


def _ask(
    client: HttpClient, params: dict[str, str | int], name: str, first: int
) -> tuple[Page, int, int | None]:
    """A page of the Atom interface, how many entries it has, and how many there are in all."""

    def parse(answer: Answer) -> tuple[Page, int, int | None]:
        refusal = _ERROR.search(answer.body)
        if refusal is not None:
            said = _plain(refusal.group(1) or b"")
            raise StatusError(
                f"arXiv refuses: {said or 'no reason given'}", status=400, source=answer.url, hint=_HINT
            )
        page = parse_document(answer.body, Atom(), source=name, url=answer.url)
        count = len(_ENTRY.findall(answer.body))
        match = _TOTAL.search(answer.body)
        total = int(match.group(1)) if match is not None else None
        if not count and total is not None and first < total and params["max_results"]:
            raise _ShortPage(f"an empty page, though there are {total:,} papers", source=answer.url)
        return page, count, total

    try:
        return client.get(f"{client.base('arxiv')}/api/query", params=params, accept=_ATOM, parse=parse)
    except _ShortPage as error:
        # It stays empty however often it is asked: the count is wrong, as it is known to be at times.
        from kg.sources.base import Problem

        return Page((), (Problem(name, error.what, hint="Fetch these again later"),)), 0, None


def _plain(data: bytes) -> str:
    return " ".join(html.unescape(data.decode("utf-8", "replace")).split())[:1000]
