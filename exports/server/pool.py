"""A pool of workers: bounded, each job with a deadline that ends the worker, and no half answer taken for a whole one."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from exports.server.frames import CHUNK, DATA, END, FAIL, HEAD, JOB, pack, pack_json
from exports.server.launching import Launcher, Worker

log = logging.getLogger("kg.serve")

HELD_BYTES = 1 << 20
"""Answers up to this size are held back until they are whole."""
JOBS_PER_WORKER = 5_000


class AnswerError(Exception):
    """An answer that is not 2xx.

    Args:
        status: of HTTP.
        message: for people, without a stack trace.
        retry_after: seconds after which to try again, or None.
    """

    def __init__(self, status: int, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after


class BrokenStreamError(Exception):
    """An answer broke off after its first bytes were sent; the connection must be cut, not finished."""


@dataclass(slots=True)
class PoolAnswer:
    """A 2xx answer.

    Attributes:
        head: status, media type and notes.
        body: all of it, or its beginning where ``rest`` is there.
        rest: the pieces after ``body``, or None.
    """

    head: dict[str, Any]
    body: bytes
    rest: AsyncIterator[bytes] | None = None


@dataclass(slots=True)
class PoolStats:
    """What the pool has seen."""

    jobs: int = 0
    busy: int = 0
    timeouts: int = 0
    deaths: int = 0
    refused: int = 0
    restarts: int = 0


@dataclass(slots=True)
class WorkerPool:
    """Workers and the queue before them.

    Attributes:
        launcher: starts workers.
        size: number of workers.
        timeout: seconds that a job may take.
        max_waiting: jobs that may wait for a worker.
        max_wait: seconds that they wait.
    """

    launcher: Launcher
    size: int
    timeout: float = 30.0
    max_waiting: int = 128
    max_wait: float = 10.0
    stats: PoolStats = field(default_factory=PoolStats)
    _idle: asyncio.LifoQueue[Worker] = field(default_factory=asyncio.LifoQueue)
    _workers: dict[int, Worker] = field(default_factory=dict)
    _waiting: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _closed: bool = False

    async def start(self) -> None:
        """Start all workers."""
        for _ in range(self.size):
            await self._add()

    async def close(self) -> None:
        """End all workers."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        for worker in list(self._workers.values()):
            worker.kill()
        self._workers.clear()
        await asyncio.to_thread(self.launcher.close)

    @property
    def idle(self) -> int:
        """Workers that wait for a job."""
        return self._idle.qsize()

    @property
    def waiting(self) -> int:
        """Jobs that wait for a worker."""
        return self._waiting

    async def ask(
        self, job: dict[str, Any], body: bytes | None = None, *, timeout: float | None = None
    ) -> PoolAnswer:
        """Run a job.

        Args:
            job: what to do, as ``exports.server.worker`` has it.
            body: of a graph that is written.
            timeout: seconds, in place of the pool's.

        Returns:
            The answer, whole or with the rest to come.

        Raises:
            AnswerError: where there is none: 503 busy or out of memory, 504 timed out, 4xx wrong.
        """
        worker = await self._acquire()
        self.stats.jobs += 1
        limit = self.timeout if timeout is None else timeout
        deadline = asyncio.get_running_loop().time() + limit
        finished = False
        try:
            async with asyncio.timeout_at(deadline):
                await self._send(worker, job, body)
                first = await worker.read()
                if first.kind == FAIL:
                    finished = True
                    failure = json.loads(first.payload)
                    retry = 5 if failure["status"] == 503 else None
                    raise AnswerError(failure["status"], failure["message"], retry_after=retry)
                if first.kind != HEAD:
                    raise ConnectionError("a worker spoke out of turn")
                head = json.loads(first.payload)
                parts: list[bytes] = []
                size = 0
                while size < HELD_BYTES:
                    frame = await worker.read()
                    if frame.kind == END:
                        finished = True
                        return PoolAnswer(head, b"".join(parts))
                    if frame.kind == FAIL:
                        finished = True
                        failure = json.loads(frame.payload)
                        raise AnswerError(failure["status"], failure["message"])
                    parts.append(frame.payload)
                    size += len(frame.payload)
            rest = self._rest(worker, deadline)
            worker = None  # type: ignore[assignment]  # the stream has it now
            return PoolAnswer(head, b"".join(parts), rest)
        except TimeoutError:
            self.stats.timeouts += 1
            raise AnswerError(504, f"The query took more than {limit:g} seconds and was stopped") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            self.stats.deaths += 1
            message = "The query was stopped: it needed more memory than it may have"
            raise AnswerError(503, message, retry_after=5) from None
        finally:
            if worker is not None:
                self._give_back(worker, finished=finished)

    async def _rest(self, worker: Worker, deadline: float) -> AsyncIterator[bytes]:
        finished = False
        try:
            async with asyncio.timeout_at(deadline):
                while True:
                    frame = await worker.read()
                    if frame.kind == DATA:
                        yield frame.payload
                        continue
                    finished = True
                    if frame.kind == END:
                        return
                    raise BrokenStreamError(json.loads(frame.payload)["message"])
        except TimeoutError:
            self.stats.timeouts += 1
            raise BrokenStreamError("the query took too long") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            self.stats.deaths += 1
            raise BrokenStreamError("the worker ended") from None
        finally:
            self._give_back(worker, finished=finished)

    async def _send(self, worker: Worker, job: dict[str, Any], body: bytes | None) -> None:
        worker.writer.write(pack_json(JOB, job | {"body": body is not None}))
        if body is not None:
            for at in range(0, len(body), CHUNK):
                worker.writer.write(pack(DATA, body[at : at + CHUNK]))
                await worker.writer.drain()
            worker.writer.write(pack(END))
        await worker.writer.drain()

    async def _acquire(self) -> Worker:
        if self._idle.empty() and self._waiting >= self.max_waiting:
            self.stats.refused += 1
            raise AnswerError(503, "Too many queries are waiting; try again soon", retry_after=2)
        self._waiting += 1
        try:
            async with asyncio.timeout(self.max_wait):
                worker = await self._idle.get()
        except TimeoutError:
            self.stats.refused += 1
            raise AnswerError(503, "All workers are busy; try again soon", retry_after=5) from None
        finally:
            self._waiting -= 1
        self.stats.busy += 1
        return worker

    def _give_back(self, worker: Worker, *, finished: bool) -> None:
        self.stats.busy -= 1
        worker.jobs += 1
        if finished and worker.jobs < JOBS_PER_WORKER and not self._closed:
            self._idle.put_nowait(worker)
            return
        worker.kill()
        self._workers.pop(worker.process, None)
        if not self._closed:
            self.stats.restarts += 1
            task = asyncio.get_running_loop().create_task(self._replace())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _replace(self) -> None:
        wait = 0.05
        while not self._closed:
            try:
                await self._add()
                return
            except (OSError, ConnectionError) as error:
                log.warning("no worker could be started (%s); trying again", error)
                await asyncio.sleep(wait)
                wait = min(5.0, wait * 2)

    async def _add(self) -> None:
        worker = await self.launcher.launch()
        self._workers[worker.process] = worker
        self._idle.put_nowait(worker)
