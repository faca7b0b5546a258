"""A server in a thread of the tests, on a store of the test graph."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pyoxigraph as ox
import uvicorn
from rdf_graph import make_graph

from exports.rdf.formats import nquads
from exports.rdf.iris import Iris
from exports.rdf.void import make_void
from exports.server.generation import Generation, StoredData
from exports.server.launching import StoreAddress, make_launcher
from exports.server.running import ServeOptions, listen, make_server
from exports.server.worker import WorkerSettings
from kg.schema import DEFAULT_BASE_IRI


def make_store(folder: Path) -> Path:
    """An Oxigraph store of the test graph on disk."""
    store = ox.Store(str(folder))
    store.bulk_load("".join(nquads.chunks(make_graph())), ox.RdfFormat.N_QUADS)
    store.flush()
    del store
    return folder


@contextmanager
def serving(
    store: Path, *, settings: WorkerSettings | None = None, in_memory: bool = True, **options: object
) -> Iterator[httpx.Client]:
    """A client of a running server."""
    settings = settings or WorkerSettings()
    chosen = ServeOptions(**({"workers": 2, "timeout": 5.0} | options))  # type: ignore[arg-type]
    address = StoreAddress(
        str(store), DEFAULT_BASE_IRI, in_memory and not settings.writable, chosen.max_memory
    )
    data = StoredData("test", 262, make_void(make_graph(), Iris()))
    with running(
        lambda: make_server(Generation(make_launcher(address, settings), data), settings, chosen)
    ) as client:
        yield client


@contextmanager
def running(make: Callable[[], uvicorn.Server]) -> Iterator[httpx.Client]:
    """A client of a server that runs in a thread."""
    with listen("127.0.0.1", 0) as listener:
        server = make()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(15)
