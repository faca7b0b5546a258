"""Any RSS or Atom feed of papers (arXiv's own, a journal's, a blog's): ``feed:https://rss.arxiv.org/rss/cs.CL``.

Shapes: RFC 4287 (Atom), https://www.rssboard.org/rss-specification. Entries without an abstract are reported and skipped.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.errors import FetchError
from kg.fetch.base import Page, parse_document
from kg.fetch.names import FetchOptions
from kg.http import Answer, HttpClient
from kg.sources.atom import Atom


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed.

    Attributes:
        name: as the user writes it.
        url: its address.
    """

    name: str
    url: str
    start: str = "0"

    def page(self, client: HttpClient, cursor: str) -> Page:
        """All that it holds now."""

        def parse(answer: Answer) -> Page:
            return parse_document(answer.body, Atom(), source=self.name, url=answer.url)

        return client.get(self.url, accept="application/atom+xml, application/rss+xml, text/xml", parse=parse)


def make_source(rest: str, options: FetchOptions) -> Feed:
    """The source of what stands behind ``feed:``.

    Raises:
        FetchError: where that is no web address.
    """
    if not rest.startswith(("https://", "http://")) or any(character.isspace() for character in rest):
        raise FetchError(f"{rest!r} is no web address", source=f"feed:{rest}", hint="Write feed:https://…")
    return Feed(f"feed:{rest}", rest)
