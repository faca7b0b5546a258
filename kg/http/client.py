"""The client: asks with patience and manners, gives back whole answers or says why there is none.

What is tried again: dropped and refused connections, silence, bodies that end early, statuses that pass (429, 503, …),
and bodies that cannot be read as what they should be. What is not: every other refusal. Redirects are followed hop by
hop, each with its own limits and credentials.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TypeVar

import httpx

from kg.errors import FetchError
from kg.http.answers import Answer, OfflineError, StatusError, TooLargeError, TransportError
from kg.http.cache import Kept, ResponseCache, cache_key
from kg.http.limits import LONGEST_WAIT, RETRIED, Pace, asked_wait, backoff
from kg.http.services import SERVICES, Service, service
from kg.http.transport import CredentialTransport, EnvironmentTransport, make_context, origin
from kg.version import __version__

T = TypeVar("T")

MAX_BODY = 512 * 2**20
"""Bytes of the largest body that is read."""

_BAD_BODY_ATTEMPTS = 3
_CONNECT_ATTEMPTS = 4
_MAX_REDIRECTS = 10
_OTHERS = Service("other", "", 1.0)
_JSON = "application/json"


class HttpClient:
    """Asks servers; safe to use from several threads.

    Args:
        cache: keeps answers; none are kept without it. It is closed together with the client.
        offline: answer from the cache alone.
        attempts: how often one request is tried, 1 or more.
        timeout: seconds to connect, and to wait for the next bytes where a service has no time of its own.
        max_body: bytes of the largest body that is read, unpacked.
        max_time: seconds that reading one body may take.
        environment: where tokens, base addresses and certificates are named; the process's own by default.
        pace: keeps the least time between requests.
        extra: services beside those of the table, such as a chat endpoint.
        transport: sends; made from the environment where it is not given.
        notice: is told when a request has to wait, in a short sentence.

    Raises:
        FetchError: where the environment names certificates or addresses that cannot be used.
    """

    def __init__(
        self,
        *,
        cache: ResponseCache | None = None,
        offline: bool = False,
        attempts: int = 8,
        timeout: float | None = None,
        max_body: int = MAX_BODY,
        max_time: float = 900.0,
        environment: Mapping[str, str] | None = None,
        pace: Pace | None = None,
        extra: Sequence[Service] = (),
        transport: httpx.BaseTransport | None = None,
        notice: Callable[[str], None] | None = None,
    ) -> None:
        self._environment = dict(os.environ if environment is None else environment)
        self._services = (*(service(name, environment=self._environment) for name in SERVICES), *extra)
        self._by_origin = {origin(httpx.URL(row.base)): row for row in self._services}
        self._secrets = tuple(filter(None, (row.token(self._environment) for row in self._services)))
        self._cache = cache
        self._offline = offline or self._environment.get("KG_OFFLINE", "") not in ("", "0")
        self._attempts = attempts
        self._timeout = timeout
        self._max_body = max_body
        self._max_time = max_time
        self._pace = pace or Pace()
        self._notice = notice
        inner = transport or EnvironmentTransport(make_context(self._environment))
        self._client = httpx.Client(
            transport=CredentialTransport(inner, self._services, self._environment),
            headers={"user-agent": user_agent(self._environment), "accept-encoding": "gzip, deflate"},
            trust_env=False,
        )

    def base(self, name: str) -> str:
        """The base address of a service, as the environment has it.

        Raises:
            FetchError: for an unknown service.
        """
        return service(name, environment=self._environment).base

    def has_token(self, name: str) -> bool:
        """Whether the environment holds a credential for a service."""
        return bool(service(name).token(self._environment))

    def get_json(self, url: str, *, params: Mapping[str, str | int] | None = None) -> object:
        """The JSON at an address.

        Raises:
            FetchError: where there is none.
        """
        return self.get(url, params=params, parse=Answer.json)

    def get(
        self,
        url: str,
        *,
        parse: Callable[[Answer], T],
        params: Mapping[str, str | int] | None = None,
        accept: str = _JSON,
    ) -> T:
        """Ask for an address and read what comes.

        Args:
            url: where.
            parse: reads the answer; a ``FetchError`` of it counts as a damaged body and is tried again.
            params: for the query, beside those in ``url``.
            accept: media types.

        Returns:
            What ``parse`` gave.

        Raises:
            StatusError: where the server refuses for good.
            TransportError: where no whole answer came, however often it was tried.
            OfflineError: offline, where nothing was kept.
            FetchError: where no answer could be read.
        """
        return self._ask("GET", _join(url, params), parse, accept=accept, content=b"")

    def post(
        self,
        url: str,
        content: bytes,
        *,
        parse: Callable[[Answer], T],
        params: Mapping[str, str | int] | None = None,
        accept: str = _JSON,
        reuse: bool = False,
    ) -> T:
        """Send JSON and read what comes; asked again like any other request, so the address must not change anything.

        Args:
            url: where.
            content: JSON.
            parse: reads the answer, as for ``get``.
            params: for the query.
            accept: media types.
            reuse: an answer that was kept for the very same content is good for ever, and nobody is asked.

        Raises:
            FetchError: as for ``get``.
        """
        return self._ask("POST", _join(url, params), parse, accept=accept, content=content, reuse=reuse)

    def close(self) -> None:
        """Close all connections, and the cache."""
        self._client.close()
        if self._cache is not None:
            self._cache.close()

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------------ one request, tried until it goes well
    def _ask(
        self,
        method: str,
        url: str,
        parse: Callable[[Answer], T],
        *,
        accept: str,
        content: bytes,
        reuse: bool = False,
    ) -> T:
        row = self._service(url)
        key = cache_key(method, url, accept=accept, content=content, who=row.token(self._environment))
        kept = self._cache.get(key) if self._cache is not None else None
        if self._offline or (reuse and kept is not None):
            if kept is None:
                raise OfflineError(
                    "this was not fetched before, and --offline is set", source=self.clean(url),
                    hint="Run it once without --offline",
                )  # fmt: skip
            return parse(_from_kept(kept))
        bad_bodies = unreached = attempt = 0
        while True:
            attempt += 1
            wait: float | None
            try:
                answer = self._follow(method, url, accept, content, kept)
            except StatusError as error:
                wait = _wait_after(error, attempt)
                if wait is None:
                    raise
                failure: FetchError = error
            except TransportError as error:
                wait, failure = backoff(attempt), error
                unreached = unreached + 1 if isinstance(error.__cause__, httpx.ConnectError) else 0
                if unreached >= _CONNECT_ATTEMPTS:
                    raise
            else:
                try:
                    result = parse(answer)
                except StatusError as error:
                    wait = _wait_after(error, attempt)
                    if wait is None:
                        raise  # a refusal with a good status: the same request would be refused again
                    kept, failure = None, error
                except FetchError as error:
                    kept = None  # what cannot be read is not asked for again by its ETag
                    bad_bodies += 1
                    wait, failure = backoff(attempt), error
                    if bad_bodies >= _BAD_BODY_ATTEMPTS:
                        raise
                else:
                    if self._cache is not None and not answer.cached:
                        self._cache.put(key, Kept(answer.url, answer.headers, answer.body))
                    return result
            if attempt >= self._attempts:
                raise failure
            if wait > 2.0:
                self._tell(failure, wait, attempt)
            self._pace.pause(wait)

    # ------------------------------------------------------------------ one attempt
    def _follow(self, method: str, url: str, accept: str, content: bytes, kept: Kept | None) -> Answer:
        moved: list[str] = []
        at = url
        for _ in range(_MAX_REDIRECTS + 1):
            status, headers, body = self._send(method, at, accept, content, kept)
            if status == 304 and kept is not None:
                return Answer(kept.url, 200, kept.headers, kept.body, cached=True, moved=tuple(moved))
            if status in (301, 302, 303, 307, 308) and method == "GET" and headers.get("location"):
                moved.append(self.clean(at))
                try:
                    at = str(httpx.URL(at).join(headers["location"]))
                except httpx.InvalidURL as error:
                    raise TransportError("redirects to what is no address", source=self.clean(at)) from error
                continue
            if 200 <= status < 300:
                return Answer(self.clean(at), status, headers, body, moved=tuple(moved))
            raise self._refusal(status, at, headers, body)
        raise TransportError(f"redirects more than {_MAX_REDIRECTS} times", source=self.clean(url))

    def _send(
        self, method: str, url: str, accept: str, content: bytes, kept: Kept | None
    ) -> tuple[int, dict[str, str], bytes]:
        row = self._service(url)
        self._pace.wait(row.group or row.name if row.base else url_host(url), row.interval)
        headers = {"accept": accept, **(kept.conditions() if kept is not None else {})}
        if content:
            headers["content-type"] = _JSON
        patience = self._timeout if self._timeout is not None else row.patience
        timeout = httpx.Timeout(patience, connect=min(patience, 15.0))
        try:
            with self._client.stream(
                method, url, headers=headers, content=content or None, timeout=timeout
            ) as answer:
                body = self._read(answer)
                return answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, body
        except httpx.TimeoutException as error:
            raise TransportError(f"no answer in {patience:g} s", source=self.clean(url)) from error
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise FetchError(f"not an address that can be asked: {error}", source=self.clean(url)) from error
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            what = " ".join(str(error).split()) or type(error).__name__
            raise TransportError(
                f"no whole answer: {self.clean(what)[:200]}",
                source=self.clean(url),
                hint="Is the network there?",
            ) from error
        except UnicodeError as error:
            raise FetchError("not an address that can be asked", source=self.clean(url)) from error

    def _read(self, answer: httpx.Response) -> bytes:
        began = time.monotonic()
        pieces: list[bytes] = []
        size = 0
        for piece in answer.iter_bytes():
            pieces.append(piece)
            size += len(piece)
            if size > self._max_body:
                what = f"the answer is larger than {self._max_body:,} bytes"
                raise TooLargeError(what, source=self.clean(str(answer.url)))
            if time.monotonic() - began > self._max_time:
                raise TransportError(
                    f"the answer took longer than {self._max_time:g} s", source=self.clean(str(answer.url))
                )
        return b"".join(pieces)

    def _refusal(self, status: int, url: str, headers: Mapping[str, str], body: bytes) -> StatusError:
        said = self.clean(_said(headers, body))
        asked = asked_wait(headers, now=time.time())
        row = self._service(url)
        hint = None
        if status in (401, 403, 429):
            hint = row.help or None
            if asked is not None and asked > LONGEST_WAIT:
                minutes = f"It asks to come back in {asked / 60:,.0f} minutes"
                hint = f"{minutes}. {hint}" if hint else minutes
        what = f"the server answers {status}" + (f" ({said})" if said else "")
        return StatusError(what, status=status, source=self.clean(url), asked=asked, hint=hint)

    # ------------------------------------------------------------------ small things
    def _service(self, url: str) -> Service:
        try:
            return self._by_origin.get(origin(httpx.URL(url)), _OTHERS)
        except (httpx.InvalidURL, TypeError) as error:
            raise FetchError("not an address that can be asked", source=self.clean(url)) from error

    def clean(self, text: str) -> str:
        """A text without any credential of the environment in it."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def _tell(self, failure: FetchError, wait: float, attempt: int) -> None:
        if self._notice is not None:
            self._notice(f"{failure.where}: {failure.what}; trying again in {wait:.0f} s "
                         f"(attempt {attempt + 1} of {self._attempts})")  # fmt: skip


def _wait_after(error: StatusError, attempt: int) -> float | None:
    """Seconds to wait after a refusal; None where it is for good."""
    limited = error.status == 403 and error.asked is not None
    if error.status not in RETRIED and not limited:
        return None
    if error.asked is None:
        return backoff(attempt)
    # A little more than asked, so that many clients do not come back in the same moment.
    return error.asked + backoff(attempt) / 4 if error.asked <= LONGEST_WAIT else None


def user_agent(environment: Mapping[str, str]) -> str:
    """What we call ourselves: the project, its version, its address, and ``KG_CONTACT`` where it is set."""
    contact = environment.get("KG_CONTACT", "").strip()
    mail = f"; mailto:{contact}" if contact and contact.isascii() and contact.isprintable() else ""
    return f"paper-kg/{__version__} (+https://w3id.org/paper-kg/{mail})"


def url_host(url: str) -> str:
    """The host of an address, for limits."""
    return httpx.URL(url).host


def _join(url: str, params: Mapping[str, str | int] | None) -> str:
    if not params:
        return url
    try:
        return str(httpx.URL(url).copy_merge_params(dict(params)))
    except httpx.InvalidURL as error:
        raise FetchError("not an address that can be asked", source=url) from error


def _from_kept(kept: Kept) -> Answer:
    return Answer(kept.url, 200, kept.headers, kept.body, cached=True)


def _said(headers: Mapping[str, str], body: bytes) -> str:
    """What an error body says, in one short line."""
    text = ""
    if "json" in headers.get("content-type", ""):
        try:
            value = Answer("", 400, {}, body[:65536]).json()
        except FetchError:
            value = None
        text = _find_text(value, ("message", "error", "detail", "name"))
    elif b"<summary" in body[:65536]:  # arXiv says what is wrong in a feed
        text = (
            body[:65536]
            .partition(b"<summary")[2]
            .partition(b">")[2]
            .partition(b"<")[0]
            .decode("utf-8", "replace")
        )
    elif "html" not in headers.get("content-type", ""):
        text = body[:400].decode("utf-8", "replace")
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text[:200]


def _find_text(value: object, keys: Sequence[str], depth: int = 3) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and depth:
        for key in keys:
            found = _find_text(value.get(key), keys, depth - 1)
            if found:
                return found
    return ""
