"""How workers come to be: forked from a process that has loaded the store, or started one by one.

Forking costs milliseconds and shares the store's memory, so that a killed worker is replaced at once. Where there is no
fork (Windows), each worker is a process of its own that opens the store on disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from typing import Protocol

from exports.server.frames import START_SIZE, Frame, unpack_start
from exports.server.worker import WorkerSettings
from kg.errors import KGError


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """Which store workers open.

    Attributes:
        path: folder of an Oxigraph store.
        base_iri: where its IRIs begin.
        in_memory: copy it into memory, shared by all workers.
        max_memory: bytes that a worker may take beyond the store; 0 means any number.
    """

    path: str
    base_iri: str
    in_memory: bool = False
    max_memory: int = 0


@dataclass(slots=True)
class Worker:
    """A running worker.

    Attributes:
        reader: what it says.
        writer: what it is told.
        process: its process id.
        jobs: how many it has done.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    process: int
    jobs: int = 0

    async def read(self) -> Frame:
        """The next frame.

        Raises:
            asyncio.IncompleteReadError: where the worker has died.
        """
        kind, size = unpack_start(await self.reader.readexactly(START_SIZE))
        return Frame(kind, await self.reader.readexactly(size) if size else b"")

    def kill(self) -> None:
        """End it at once, whatever it does."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(self.process, getattr(signal, "SIGKILL", signal.SIGTERM))
        self.writer.close()


class Launcher(Protocol):
    """Starts workers."""

    async def launch(self) -> Worker:
        """Start one.

        Raises:
            OSError: where it cannot be started.
        """

    def close(self) -> None:
        """End everything that was started."""


class ForkLauncher:
    """Forks workers from one process that holds the store.

    Args:
        address: the store.
        settings: what workers allow.

    Raises:
        KGError: where the store cannot be opened.
    """

    def __init__(self, address: StoreAddress, settings: WorkerSettings) -> None:
        self._order = json.dumps({"address": asdict(address), "settings": asdict(settings)})
        self._lock = threading.Lock()
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            search = os.pathsep.join(p for p in sys.path if p)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "exports.server.nursery", str(theirs.fileno())],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True,
                env=os.environ | {"PYTHONPATH": search},
            )  # fmt: skip
        self._control = ours
        self._control.sendall(len(self._order).to_bytes(4, "big") + self._order.encode())
        answer = self._control.recv(4096)
        if answer != b"ready":
            self._process.wait(10)
            raise KGError(
                f"the SPARQL workers cannot start: {answer.decode(errors='replace') or 'no answer'}"
            )

    async def launch(self) -> Worker:
        """Fork a worker; where the process that forks has died, start it anew."""
        ours, theirs = socket.socketpair()
        try:
            process = await asyncio.to_thread(self._fork, theirs.fileno())
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours)
        return Worker(reader, writer, process)

    def _fork(self, descriptor: int) -> int:
        with self._lock:
            for attempt in (1, 2):
                try:
                    socket.send_fds(self._control, [b"F"], [descriptor])
                    answer = self._control.recv(64)
                    if answer:
                        return int(answer)
                except OSError:
                    pass
                if attempt == 1:
                    self._start()
            raise ConnectionError("no worker can be started")

    def close(self) -> None:
        """End the nursery, which ends its workers."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)


class SpawnLauncher:
    """Starts each worker as a process of its own.

    Args:
        address: the store; it is opened on disk.
        settings: what workers allow.
    """

    def __init__(self, address: StoreAddress, settings: WorkerSettings) -> None:
        self._order = json.dumps({"address": asdict(address), "settings": asdict(settings)})

    async def launch(self) -> Worker:
        """Start a worker."""
        search = os.pathsep.join(p for p in sys.path if p)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "exports.server.nursery", "-", self._order,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": search},
        )  # fmt: skip
        if process.stdin is None or process.stdout is None:
            raise ConnectionError("no worker can be started")
        return Worker(process.stdout, process.stdin, process.pid)

    def close(self) -> None:
        """Workers end when what they read from is closed."""


def make_launcher(address: StoreAddress, settings: WorkerSettings) -> Launcher:
    """The best launcher that this system has.

    Raises:
        KGError: where the store cannot be opened.
    """
    if hasattr(os, "fork") and hasattr(socket, "send_fds"):
        return ForkLauncher(address, settings)
    return SpawnLauncher(address, settings)
