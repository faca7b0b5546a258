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


@dataclass(slots=True, eq=False)
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
        _kill(self.process)
        self.writer.close()


class Launcher(Protocol):
    """Starts workers."""

    def open(self) -> None:
        """Open the store, which takes a while, in any thread; the launcher may be closed meanwhile.

        Raises:
            KGError: where the store cannot be opened; nothing is left to close then.
        """

    async def launch(self) -> Worker:
        """Start one.

        Raises:
            OSError: where it cannot be started.
        """

    async def close(self) -> None:
        """End everything that was started, and wait until it has ended."""


class ForkLauncher:
    """Forks workers from one process that holds the store.

    Args:
        address: the store.
        settings: what workers allow.
    """

    def __init__(self, address: StoreAddress, settings: WorkerSettings) -> None:
        self._order = json.dumps({"address": asdict(address), "settings": asdict(settings)})
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False
        self._is_closed = False

    def open(self) -> None:
        """Start the process that opens the store.

        Raises:
            KGError: where the store cannot be opened.
        """
        with self._lock:
            self._start()

    def _start(self) -> socket.socket:
        self._is_ready = False
        if self._control is not None:
            self._control.close()
        ours, theirs = socket.socketpair()
        with theirs:
            search = os.pathsep.join(p for p in sys.path if p)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "exports.server.nursery", str(theirs.fileno())],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True,
                env=os.environ | {"PYTHONPATH": search},
            )  # fmt: skip
        self._control = ours
        if self._is_closed:
            self._process.kill()
        try:
            ours.sendall(len(self._order).to_bytes(4, "big") + self._order.encode())
            answer = ours.recv(4096)
        except OSError:
            answer = b""
        if answer != b"ready":
            self._process.kill()
            self._process.wait(10)
            raise KGError(
                f"the SPARQL workers cannot start: {answer.decode(errors='replace') or 'their process ended'}"
            )
        self._is_ready = True
        return ours

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
            control = self._control
            for attempt in (1, 2):
                if control is not None:
                    with contextlib.suppress(OSError):
                        socket.send_fds(control, [b"F"], [descriptor])
                        answer = control.recv(64)
                        if answer:
                            return int(answer)
                if attempt == 1 and not self._is_closed:
                    control = self._start()
            raise ConnectionError("no worker can be started")

    async def close(self) -> None:
        """End the nursery, which ends its workers."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._is_closed = True
        process, control = self._process, self._control
        if process is None:
            return
        if not self._is_ready:
            process.kill()
        if control is not None:
            # Ends the wait of a thread that reads from it, which closing it would not.
            with contextlib.suppress(OSError):
                control.shutdown(socket.SHUT_RDWR)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
        with self._lock:
            if self._control is not None:
                self._control.close()


class SpawnLauncher:
    """Starts each worker as a process of its own.

    Args:
        address: the store; it is opened on disk.
        settings: what workers allow.
    """

    def __init__(self, address: StoreAddress, settings: WorkerSettings) -> None:
        self._order = json.dumps({"address": asdict(address), "settings": asdict(settings)})
        self._processes: list[asyncio.subprocess.Process] = []

    def open(self) -> None:
        """Workers open the store themselves."""

    async def launch(self) -> Worker:
        """Start a worker."""
        search = os.pathsep.join(p for p in sys.path if p)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "exports.server.nursery", "-", self._order,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": search},
        )  # fmt: skip
        self._processes = [p for p in self._processes if p.returncode is None] + [process]
        if process.stdin is None or process.stdout is None:
            raise ConnectionError("no worker can be started")
        return Worker(process.stdout, process.stdin, process.pid)

    async def close(self) -> None:
        """End all workers."""
        for process in self._processes:
            if process.returncode is None:
                _kill(process.pid)
            await process.wait()


def _kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(process, getattr(signal, "SIGKILL", signal.SIGTERM))


def make_launcher(address: StoreAddress, settings: WorkerSettings) -> Launcher:
    """The best launcher that this system has, not open yet."""
    if hasattr(os, "fork") and hasattr(socket, "send_fds"):
        return ForkLauncher(address, settings)
    return SpawnLauncher(address, settings)
