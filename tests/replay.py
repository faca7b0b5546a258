"""A small web server on loopback that answers as a test tells it to: well, badly, slowly, or not at all."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from kg.http import HttpClient, ResponseCache
from kg.http.limits import Pace


@dataclass
class Asked:
    """A request as the server saw it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """What to answer.

    ``fault``: ``drop`` closes without an answer, ``truncate`` sends half of the body, ``stall`` sends nothing until the
    client has gone, ``drip`` sends the head byte by byte for ever.
    """

    body: bytes | str | object = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fault: str = ""

    def data(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        self.headers.setdefault("Content-Type", "application/json")
        return json.dumps(self.body).encode()


class Server:
    """The running server: ``url`` and what it was asked."""

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.gone = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *arguments: Any) -> None:
                """Quiet."""

            def _serve(self) -> None:
                parts = urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                asked = Asked(
                    self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)),
                    {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length),
                )  # fmt: skip
                outer.asked.append(asked)
                reply = outer.answer(asked)
                if reply.fault == "drop":
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                if reply.fault == "stall":
                    self.close_connection = True
                    self.connection.settimeout(60)
                    with suppress(OSError):
                        self.connection.recv(1)
                    return
                if reply.fault == "drip":
                    self.close_connection = True
                    with suppress(OSError):
                        self.connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                        while not outer.gone.wait(0.05):
                            self.connection.sendall(b"x")
                    return
                data = reply.data()
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.status != 304:
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if reply.fault == "truncate":
                    self.close_connection = True
                    self.wfile.write(data[: len(data) // 2])
                    self.wfile.flush()
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                if reply.status != 304 and self.command != "HEAD":
                    self.wfile.write(data)

            do_GET = do_POST = do_HEAD = _serve  # noqa: N815 (names of the library)

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that has gone is no news."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.gone.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serve(answer: Callable[[Asked], Reply]) -> Iterator[Server]:
    """A server for the time of a block."""
    server = Server(answer)
    try:
        yield server
    finally:
        server.close()


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds

    def pace(self) -> Pace:
        return Pace(clock=self, sleep=self.sleep)


def make_client(
    server: Server | None = None,
    *,
    cache: ResponseCache | None = None,
    clock: Clock | None = None,
    **options: Any,
) -> HttpClient:
    """A client that takes the server for every service, and never really waits."""
    names = [
        "hf",
        "arxiv",
        "arxiv_oai",
        "openalex",
        "s2",
        "acl",
        "openreview",
        "zotero",
        "github",
        "gitlab",
        "wikidata",
    ]
    environment = {f"KG_{name.upper()}_URL": server.url for name in names} if server is not None else {}
    environment |= options.pop("environment", {})
    return HttpClient(cache=cache, environment=environment, pace=(clock or Clock()).pace(), **options)


def packed(data: bytes) -> bytes:
    """gzip."""
    return gzip.compress(data)
