"""Papers from live services: a source name in, papers out, page by page.

    >>> from kg.fetch import fetch
    >>> papers = list(fetch("hf:2025-11-05"))  # doctest: +SKIP

Each service is one file here. What its interface looks like, with sources, is written down in ``docs/sources.md``.
"""

from kg.fetch.base import LiveSource, Page
from kg.fetch.journal import Journal
from kg.fetch.names import is_live, live_source
from kg.fetch.run import fetch, fetch_all, open_client

__all__ = ["Journal", "LiveSource", "Page", "fetch", "fetch_all", "is_live", "live_source", "open_client"]
