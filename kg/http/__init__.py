"""Every request over the network: one client with patience, manners, a memory and a guard.

    >>> from kg.http import HttpClient
    >>> with HttpClient() as client:  # doctest: +SKIP
    ...     client.get("https://export.arxiv.org/api/query", params={"id_list": "2501.12345"}).body

httpx carries the requests. Retrying and caching are our own few lines: the libraries for them sleep and log where
nobody can reach in, and keep only what the letter of RFC 9111 lets them keep, whereas ``--offline`` shall answer with
whatever came before.
"""

from kg.http.answers import Answer, StatusError
from kg.http.cache import ResponseCache
from kg.http.client import HttpClient
from kg.http.services import Service, service

__all__ = ["Answer", "HttpClient", "ResponseCache", "Service", "StatusError", "service"]
