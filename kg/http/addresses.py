"""The guard: requests to hosts that a text names go to public addresses alone.

A link in an abstract may lead anywhere, also to the router, to a metadata service, or to a port of this machine. So
the name is resolved here, every address is looked at, and the connection is made to the address that was looked at
and not to the name again (which could lead elsewhere the second time: DNS rebinding). Each redirect is a new request
through the same guard. What counts as public: ``ipaddress`` (IANA's special-purpose registries), with addresses of
IPv4 inside IPv6 (mapped, 6to4, Teredo, NAT64) unwrapped.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from kg.http.answers import RefusedError
from kg.http.transport import EnvironmentTransport, make_context, origin

Resolver = Callable[[str, int], tuple[str, ...]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PORTS = (80, 443)


def is_public(text: str) -> bool:
    """Whether an address is one of the public internet; False for anything that is no address."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(_is_public(one) for one in (address, *_inner(address)))


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a host name, as the system resolves it.

    Raises:
        OSError: where there are none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class PublicTransport(httpx.BaseTransport):
    """Connects to public addresses only, and to the very address that was checked.

    Args:
        inner: makes the connection.
        resolver: finds the addresses of a name.
        allowed: tells which addresses are allowed; ``is_public`` but in tests.
        ports: allowed ports, all for an empty tuple.
        deadline: seconds after which a request is cut off, however slowly it still comes.
        trusted: origins (scheme, host, port) that are asked as they are: those that the user has named.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport,
        *,
        resolver: Resolver = resolve,
        allowed: Callable[[str], bool] = is_public,
        ports: tuple[int, ...] = _PORTS,
        deadline: float = 20.0,
        trusted: frozenset[tuple[str, str, int]] = frozenset(),
    ) -> None:
        self._inner = inner
        self._resolver = resolver
        self._allowed = allowed
        self._ports = ports
        self._deadline = deadline
        self._trusted = trusted

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check, then send.

        Raises:
            RefusedError: for an address that is not public, a port or a scheme that is not of the web.
            httpx.ConnectError: for a name that leads nowhere.
        """
        place = origin(request.url)
        if place in self._trusted:
            return self._inner.handle_request(request)
        _, host, port = place
        if request.url.scheme not in ("http", "https") or (self._ports and port not in self._ports):
            raise RefusedError(f"only web addresses on ports 80 and 443 are asked, not {host}:{port}")
        try:
            addresses = self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"the name cannot be resolved: {host}", request=request) from error
        if not addresses:
            raise httpx.ConnectError(f"the name has no address: {host}", request=request)
        for address in addresses:
            if not self._allowed(address):
                raise RefusedError(f"{host} leads to {address}, which is not a public address")
        watch = _Watch(self._deadline)
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=addresses[0].partition("%")[0]),
            headers=request.headers,  # the Host header in it still names the host
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host, "trace": watch.trace},
        )
        watch.start()
        try:
            answer = self._inner.handle_request(pinned)
        except BaseException:
            watch.stop()
            raise
        stream = answer.stream
        if not isinstance(stream, httpx.SyncByteStream):
            raise TypeError("a transport for synchronous use is needed")
        return httpx.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_Watched(stream, watch),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


def public_transport(
    *, trusted: frozenset[tuple[str, str, int]] = frozenset(), deadline: float = 20.0
) -> PublicTransport:
    """The guard before the usual way out; connections are not kept, so that each is watched from its beginning.

    Raises:
        FetchError: where the environment names certificates that cannot be used.
    """
    return PublicTransport(EnvironmentTransport(make_context(), keep=0), trusted=trusted, deadline=deadline)


class _Watch:
    """Cuts the connection off when the time is up; a server that sends a byte now and then cannot hold us."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._socket: Any = None

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Told by httpcore what happens; the newest stream is the one to cut."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")

    def _cut(self) -> None:
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


class _Watched(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, watch: _Watch) -> None:
        self._stream = stream
        self._watch = watch

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._watch.stop()
        self._stream.close()


def _inner(address: Address) -> Iterator[Address]:
    """IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped is not None or address in _NAT64):
        return True  # told by the address inside
    return address.is_global and not address.is_multicast and not address.is_unspecified
