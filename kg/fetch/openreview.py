"""OpenReview: what a venue accepted, and single papers.

Shapes: https://docs.openreview.net/reference/api-v2 and the client ``openreview-py``. ``GET /notes?content.venueid=ID&limit=
&offset=&sort=number:asc`` gives ``{"notes": […], "count"}``, up to 1000 a page; every field of ``content`` is
``{"value": …}``. Since 2026 the service answers 403 ``ChallengeRequiredError`` to many who bring no token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.errors import FetchError
from kg.fetch.base import Page, count_in, list_of, make_page, make_page_by_offset, number_in
from kg.fetch.names import FetchOptions
from kg.http import Answer, HttpClient

FORMAT = "openreview"
PER_PAGE = 500

_VENUE = re.compile(r"[\w.-]+(?:/[\w.-]+)+")
_NOTE = re.compile(r"[\w-]{8,16}")
_HINT = "Write openreview:ICLR.cc/2025/Conference, or the ids of papers: openreview:AL1fq05o7H"


@dataclass(frozen=True, slots=True)
class VenueNotes:
    """The papers of a venue.

    Attributes:
        name: as the user writes it.
        venue: its ``venueid``.
    """

    name: str
    venue: str
    start: str = "0"

    def page(self, client: HttpClient, cursor: str) -> Page:
        """A page, by offset."""
        offset = number_in(cursor)
        params: dict[str, str | int] = {
            "content.venueid": self.venue,
            "limit": PER_PAGE,
            "offset": offset,
            "sort": "number:asc",
        }

        def parse(answer: Answer) -> Page:
            value = answer.json()
            items, total = list_of(value, "notes", url=answer.url), count_in(value, "count")
            return make_page_by_offset(items, source=self.name, format=FORMAT, offset=offset, total=total)

        return client.get(f"{client.base('openreview')}/notes", params=params, parse=parse)


@dataclass(frozen=True, slots=True)
class SingleNotes:
    """Papers by their ids.

    Attributes:
        name: as the user writes it.
        ids: of notes.
    """

    name: str
    ids: tuple[str, ...]
    start: str = "0"

    def page(self, client: HttpClient, cursor: str) -> Page:
        """One paper."""
        index = number_in(cursor)
        if index >= len(self.ids):
            return Page(())
        items = client.get(
            f"{client.base('openreview')}/notes",
            params={"id": self.ids[index]},
            parse=lambda answer: list_of(answer.json(), "notes", url=answer.url),
        )
        behind = str(index + 1) if index + 1 < len(self.ids) else None
        return make_page(
            items, source=self.name, format=FORMAT, first=index + 1, next=behind, total=len(self.ids)
        )


def make_source(rest: str, options: FetchOptions) -> VenueNotes | SingleNotes:
    """The source of what stands behind ``openreview:``.

    Raises:
        FetchError: where that is nothing known.
    """
    name = f"openreview:{rest}"
    if _VENUE.fullmatch(rest):
        return VenueNotes(name, rest)
    ids = [part.strip() for part in rest.split(",")]
    if not all(_NOTE.fullmatch(one) for one in ids):
        raise FetchError(f"{rest!r} is no venue or paper of OpenReview", source=name, hint=_HINT)
    return SingleNotes(name, tuple(dict.fromkeys(ids)))
