"""The process that workers are forked from; also the main program of a worker that is started alone.

It has one thread and opens the store before it forks (in memory) or lets each worker open it (on disk). It leads a
process group of its own and takes all workers with it when the server goes, however that happens.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import sys
from typing import Any, BinaryIO, cast

import pyoxigraph as ox

from exports.rdf.iris import Iris
from exports.server.launching import StoreAddress
from exports.server.sealing import seal_files, seal_sockets
from exports.server.worker import WorkerSettings, work
from exports.sparql.store import SparqlStore


def main(arguments: list[str]) -> int:
    """Run as a nursery on an inherited socket, or (``- ORDER``) as one worker on standard input and output."""
    if arguments[0] == "-":
        address, settings = _read_order(json.loads(arguments[1]))
        work(sys.stdin.buffer, sys.stdout.buffer, _open(address, settings), settings)
        return 0
    control = socket.socket(fileno=int(arguments[0]))
    size = int.from_bytes(_receive(control, 4), "big")
    address, settings = _read_order(json.loads(_receive(control, size)))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    store: SparqlStore | None = None
    try:
        if address.in_memory and not settings.writable:
            store = _open(address, settings)
        elif not settings.writable:
            _open(address, settings)
    except Exception as error:
        with contextlib.suppress(OSError):
            control.sendall(f"{type(error).__name__}: {error}"[:4000].encode())
        return 1
    try:
        control.sendall(b"ready")
    except OSError:
        return 0  # the server has gone meanwhile
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message or not descriptors:
            break
        child = os.fork()
        if child == 0:
            control.close()
            _run_worker(descriptors[0], store, address, settings)
        os.close(descriptors[0])
        control.sendall(str(child).encode())
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    return 0


def _run_worker(
    descriptor: int, store: SparqlStore | None, address: StoreAddress, settings: WorkerSettings
) -> None:
    """The whole life of a forked worker; never returns."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        stream = cast(BinaryIO, socket.socket(fileno=descriptor).makefile("rwb"))
        opened = store if store is not None else _open(address, settings)
        _limit(address, settings, in_memory=store is not None)
        work(stream, stream, opened, settings)
        status = 0
    finally:
        os._exit(status)


def _open(address: StoreAddress, settings: WorkerSettings) -> SparqlStore:
    if settings.writable:
        return SparqlStore(ox.Store(address.path), Iris(address.base_iri))
    store = ox.Store.read_only(address.path)
    if address.in_memory:
        buffer = io.BytesIO()
        store.dump(buffer, ox.RdfFormat.N_QUADS)
        store = ox.Store()
        store.bulk_load(buffer.getvalue(), ox.RdfFormat.N_QUADS, lenient=True)
    return SparqlStore(store, Iris(address.base_iri))


def _limit(address: StoreAddress, settings: WorkerSettings, *, in_memory: bool) -> None:
    """Bound the worker's memory, and let it open no socket where it needs none."""
    import resource

    if address.max_memory:
        try:
            with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  # no such thing elsewhere
                used = int(file.read().split()[0]) * resource.getpagesize()
            limit = used + address.max_memory
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        except (OSError, ValueError):
            pass
    if not settings.allow_services and not seal_sockets() and in_memory:
        seal_files()


def _read_order(order: dict[str, Any]) -> tuple[StoreAddress, WorkerSettings]:
    settings = dict(order["settings"])
    settings["allow_services"] = tuple(settings["allow_services"])
    return StoreAddress(**order["address"]), WorkerSettings(**settings)


def _receive(control: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        piece = control.recv(size - len(parts))
        if not piece:
            raise ConnectionError("the server has gone")
        parts += piece
    return bytes(parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
