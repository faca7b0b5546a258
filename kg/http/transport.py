"""The way out of this machine: proxies and certificates as the environment has them, credentials added last.

Credentials are put on beneath httpx's client: neither its log lines nor its exceptions ever hold them.
"""

from __future__ import annotations

import os
import ssl
import urllib.request
from collections.abc import Iterable, Mapping

import httpx

from kg.errors import FetchError
from kg.http.services import Service


def make_context(environment: Mapping[str, str] | None = None) -> ssl.SSLContext:
    """TLS with the usual certificates, or those that the environment names.

    ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``, as OpenSSL has them; ``REQUESTS_CA_BUNDLE`` and ``CURL_CA_BUNDLE``, which
    companies with certificates of their own have set already.

    Raises:
        FetchError: for a file or folder that cannot be read.
    """
    values = os.environ if environment is None else environment
    file = next(
        (values[n] for n in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if values.get(n)), None
    )
    folder = values.get("SSL_CERT_DIR") or None
    if not file and not folder:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=file, capath=folder)
    except OSError as error:
        raise FetchError(
            f"the certificates cannot be read: {error.strerror or error}",
            source=file or folder,
            hint="Check SSL_CERT_FILE, SSL_CERT_DIR and REQUESTS_CA_BUNDLE",
        ) from error


class EnvironmentTransport(httpx.BaseTransport):
    """Sends directly, or through the proxy that ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` say.

    Args:
        context: for TLS.
        keep: connections to keep open for the next request.
    """

    def __init__(self, context: ssl.SSLContext, *, keep: int = 10) -> None:
        self._context = context
        self._limits = httpx.Limits(max_connections=100, max_keepalive_connections=keep)
        self._ways: dict[str, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        return self._way(request.url).handle_request(request)

    def close(self) -> None:
        """Close all connections."""
        for way in self._ways.values():
            way.close()

    def _way(self, url: httpx.URL) -> httpx.HTTPTransport:
        proxies = urllib.request.getproxies()
        proxy = proxies.get(url.scheme) or proxies.get("all") or ""
        if proxy and urllib.request.proxy_bypass(url.host):
            proxy = ""
        if proxy and "://" not in proxy:
            proxy = f"http://{proxy}"
        if proxy not in self._ways:
            try:
                self._ways[proxy] = httpx.HTTPTransport(
                    verify=self._context, proxy=proxy or None, limits=self._limits
                )
            except (ImportError, ValueError, httpx.InvalidURL) as error:
                raise FetchError(
                    "the proxy that the environment names cannot be used", hint=str(error)
                ) from error
        return self._ways[proxy]


class CredentialTransport(httpx.BaseTransport):
    """Puts each service's credential on requests to its own scheme, host and port, and on no others.

    Args:
        inner: sends.
        services: those that may be asked.
        environment: holds the credentials.
    """

    def __init__(
        self, inner: httpx.BaseTransport, services: Iterable[Service], environment: Mapping[str, str]
    ) -> None:
        self._inner = inner
        self._tokens = {
            origin(httpx.URL(row.base)): (row, token) for row in services if (token := row.token(environment))
        }

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Add what belongs, send."""
        row, token = self._tokens.get(origin(request.url), (None, ""))
        if row is None:
            return self._inner.handle_request(request)
        url, headers = request.url, request.headers.copy()
        if row.parameter:
            url = url.copy_set_param(row.parameter, token)
        if row.header:
            headers[row.header] = row.prefix + token
        dressed = httpx.Request(
            request.method, url, headers=headers, stream=request.stream, extensions=request.extensions
        )
        return self._inner.handle_request(dressed)

    def close(self) -> None:
        """Close all connections."""
        self._inner.close()


def origin(url: httpx.URL) -> tuple[str, str, int]:
    """Scheme, host and port."""
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme, 0)


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address that is text."""
    return origin(httpx.URL(url))
