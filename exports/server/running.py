"""Run the server: the store, the workers, uvicorn."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from exports.rdf.iris import Iris
from exports.server.generation import Generation, StoredData
from exports.server.launching import StoreAddress, make_launcher
from exports.server.pool import BrokenStreamError, WorkerPool
from exports.server.renewal import Renewal
from exports.server.worker import WorkerSettings
from exports.sparql.folder import STORE, VOID, is_ready, store_place, using
from exports.sparql.making import make_apart
from kg.errors import DirectoryError, KGError, PluginError
from kg.schema import DEFAULT_BASE_IRI

if TYPE_CHECKING:
    import uvicorn

MEMORY_STATEMENTS = 1_000_000
"""Statements up to which the store is copied into memory; a store on disk takes a fifth of the memory beyond."""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How to serve.

    Attributes:
        host: address to listen on.
        port: to listen on; 0 means any free one.
        base_iri: where the IRIs begin.
        workers: processes; 0 means one a core.
        timeout: seconds that a query may take.
        max_rows: rows of an answer.
        max_waiting: queries that may wait for a worker.
        max_wait: seconds that they wait.
        max_memory: bytes that a query may take; 0 means any number.
        in_memory: whether to copy the store into memory; None decides by its size.
        allow_services: hosts that SERVICE may ask.
        token: what a client must show to write.
        reload: seconds between looks whether the graph has changed; 0 means it is never looked.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    base_iri: str = DEFAULT_BASE_IRI
    workers: int = 0
    timeout: float = 30.0
    max_rows: int = 1_000_000
    max_waiting: int = 128
    max_wait: float = 10.0
    max_memory: int = 2 << 30
    in_memory: bool | None = None
    allow_services: tuple[str, ...] = ()
    token: str = ""
    reload: float = 5.0


def serve_directory(
    path: str | Path, options: ServeOptions, *, ready: Callable[[str], None] = lambda _: None
) -> None:
    """Serve a graph directory, read-only, until the process is told to stop; where the graph changes, so does what is served.

    Args:
        path: the graph directory.
        options: how.
        ready: called with the address once the server listens.

    Raises:
        DirectoryError: where there is no graph directory, or its store cannot be made.
        PluginError: where the server's libraries are not installed.
        KGError: where the port is taken.
    """
    _check_libraries()
    _serve(lambda: make_directory_server(path, options), options, ready=ready)


def serve_scratch(
    path: str | Path, options: ServeOptions, *, ready: Callable[[str], None] = lambda _: None
) -> None:
    """Serve an Oxigraph store of its own that clients may write, for trying out and for tests.

    Args:
        path: folder of the store; made where it is missing.
        options: how; there is one worker, since one process may write at a time.
        ready: called with the address once the server listens.

    Raises:
        PluginError: where the server's libraries are not installed.
        KGError: where the port is taken or the store cannot be opened.
    """
    _check_libraries()
    try:
        store = ox.Store(str(path))
    except OSError as error:
        raise KGError(f"the store cannot be opened: {error}", source=str(path)) from error
    statements = len(store)
    del store
    address = StoreAddress(str(path), options.base_iri, max_memory=options.max_memory)
    settings = WorkerSettings(max_rows=options.max_rows, allow_services=options.allow_services, writable=True)
    generation = Generation(make_launcher(address, settings), StoredData("scratch", statements))
    _serve(lambda: make_server(generation, settings, options), options, ready=ready)


def _check_libraries() -> None:
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise PluginError(
            f"{error.name} is not installed", hint="Install the server with: pip install starlette uvicorn"
        ) from error


def _serve(
    make: Callable[[], uvicorn.Server], options: ServeOptions, *, ready: Callable[[str], None]
) -> None:
    with listen(options.host, options.port) as listener:
        server = make()
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        ready(f"http://{shown}:{port}/")
        server.run(sockets=[listener])


def make_directory_server(path: str | Path, options: ServeOptions) -> uvicorn.Server:
    """A server for a graph directory, ready to run on a socket that listens.

    Raises:
        DirectoryError: where there is no graph directory, or its store cannot be made.
        KGError: where the store cannot be opened.
    """
    folder = store_place(path, base_iri=options.base_iri)
    if not is_ready(folder):
        folder = make_apart(path, options.base_iri)
    settings = WorkerSettings(max_rows=options.max_rows, allow_services=options.allow_services)

    def open_folder(folder: Path) -> Generation:
        return _open_folder(folder, settings, options)

    renewal = None
    if options.reload > 0:
        renewal = Renewal(Path(path), options.base_iri, options.reload, open_folder, folder)
    return make_server(open_folder(folder), settings, options, renewal)


def _open_folder(folder: Path, settings: WorkerSettings, options: ServeOptions) -> Generation:
    """The store in a folder as a generation that keeps it from being tidied away, its launcher not open yet."""
    stack = contextlib.ExitStack()
    with stack:
        stack.enter_context(using(folder))
        if not is_ready(folder):
            raise DirectoryError("the SPARQL store has gone", source=str(folder), hint="It is made again")
        store = folder / STORE
        statements = len(ox.Store.read_only(str(store)))
        in_memory = options.in_memory if options.in_memory is not None else statements <= MEMORY_STATEMENTS
        address = StoreAddress(str(store), options.base_iri, in_memory, options.max_memory)
        data = StoredData(folder.name, statements, (folder / VOID).read_text(encoding="utf-8"))
        return Generation(make_launcher(address, settings), data, stack.pop_all().close)


def make_server(
    generation: Generation, settings: WorkerSettings, options: ServeOptions, renewal: Renewal | None = None
) -> uvicorn.Server:
    """A server for a store, ready to run on a socket that listens.

    Raises:
        KGError: where the store cannot be opened; it is let go then.
    """
    import uvicorn

    from exports.server.app import ServerSettings, make_app

    size = 1 if settings.writable else options.workers or os.cpu_count() or 2
    try:
        generation.launcher.open()
    except BaseException:
        generation.release()
        raise
    pool = WorkerPool(
        generation, size, timeout=options.timeout, max_waiting=options.max_waiting, max_wait=options.max_wait
    )
    served = ServerSettings(iris=Iris(options.base_iri), writable=settings.writable, token=options.token)
    app = make_app(pool, served, renewal)
    logging.getLogger("uvicorn.error").addFilter(_keep_quiet)
    config = uvicorn.Config(
        app, log_level="error", access_log=False, timeout_graceful_shutdown=10, timeout_keep_alive=20,
        server_header=False, limit_concurrency=1024 + 4 * options.max_waiting, h11_max_incomplete_event_size=1 << 17,
    )  # fmt: skip
    return uvicorn.Server(config)


@contextlib.contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens, closed at the end.

    Raises:
        KGError: where the address is taken or no address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named TCP, or asyncio leaves Nagle's algorithm on and every answer waits for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise KGError(
                f"cannot listen on {host}:{port}: {reason}", hint="Choose another with --port"
            ) from error
        listener.listen(2048)
        yield listener
    finally:
        listener.close()


def _keep_quiet(record: logging.LogRecord) -> bool:
    """Answers that broke off are cut by design; they need no stack trace in the log."""
    error = record.exc_info[1] if record.exc_info else None
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    return not isinstance(error, BrokenStreamError)
