"""A pool of workers: bounded, each job with a deadline that ends the worker, and no half answer taken for a whole one.

Workers belong to a generation, a state of the data. When the next one takes over, idle workers of the last end at once,
busy ones when they have answered.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from exports.server.frames import CHUNK, DATA, END, FAIL, HEAD, JOB, pack, pack_json
from exports.server.generation import Generation, StoredData
from exports.server.launching import Worker
from kg.errors import KGError

log = logging.getLogger("kg.serve")

HELD_BYTES = 1 << 20
"""Answers up to this size are held back until they are whole."""
JOBS_PER_WORKER = 5_000
START_SECONDS = 120.0
"""Time in which the workers of a new generation have to answer."""


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
        data: what it was answered from.
        body: all of it, or its beginning where ``rest`` is there.
        rest: the pieces after ``body``, or None.
    """

    head: dict[str, Any]
    data: StoredData
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
        now: the generation that takes jobs.
        size: number of workers.
        timeout: seconds that a job may take.
        max_waiting: jobs that may wait for a worker.
        max_wait: seconds that they wait.
    """

    now: Generation
    size: int
    timeout: float = 30.0
    max_waiting: int = 128
    max_wait: float = 10.0
    stats: PoolStats = field(default_factory=PoolStats)
    _idle: asyncio.LifoQueue[Worker] = field(default_factory=asyncio.LifoQueue)
    _former: set[Generation] = field(default_factory=set)
    _waiting: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _endings: set[asyncio.Task[None]] = field(default_factory=set)
    _closed: bool = False

    async def start(self) -> None:
        """Start all workers."""
        for _ in range(self.size):
            await self._add(self.now)

    async def switch(self, following: Generation) -> None:
        """Let another generation take the jobs from now on; jobs that run end where they are.

        Its launcher is open. The workers of both live together for the time that the new ones need to open the store;
        only when each has answered do jobs go to them.

        Raises:
            ConnectionError: where not all of its workers start; then nothing has changed, and the launcher is closed.
            OSError: likewise.
            KGError: likewise.
        """
        try:
            for _ in range(self.size):
                worker = await following.launcher.launch()
                following.workers.add(worker)
            async with asyncio.timeout(START_SECONDS):
                for worker in following.workers:
                    await self._try_out(worker)
        except BaseException as error:
            await _end(following)
            if isinstance(error, (asyncio.IncompleteReadError, TimeoutError)):
                raise ConnectionError("a worker on the new store ended or did not answer") from None
            raise
        former, self.now = self.now, following
        self._former.add(former)
        while not self._idle.empty():
            self._drop(self._idle.get_nowait(), former)
        for worker in following.workers:
            self._idle.put_nowait(worker)
        self._retire(former)

    async def close(self) -> None:
        """End all workers."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        former = list(self._former)
        self._former.clear()
        await asyncio.gather(*self._endings, *(_end(generation) for generation in (*former, self.now)))

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
        lease = await self._acquire()
        worker, data = lease.worker, lease.generation.data
        self.stats.jobs += 1
        limit = self.timeout if timeout is None else timeout
        deadline = asyncio.get_running_loop().time() + limit
        finished = streams = False
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
                        return PoolAnswer(head, data, b"".join(parts))
                    if frame.kind == FAIL:
                        finished = True
                        failure = json.loads(frame.payload)
                        raise AnswerError(failure["status"], failure["message"])
                    parts.append(frame.payload)
                    size += len(frame.payload)
            rest = self._rest(lease, deadline)
            # A client may go before the stream is begun, and one that never begins never ends.
            asyncio.get_running_loop().call_at(deadline + 1, partial(self._give_back, lease, finished=False))
            streams = True
            return PoolAnswer(head, data, b"".join(parts), rest)
        except TimeoutError:
            self.stats.timeouts += 1
            raise AnswerError(504, f"The query took more than {limit:g} seconds and was stopped") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            self.stats.deaths += 1
            message = "The query was stopped: it needed more memory than it may have"
            raise AnswerError(503, message, retry_after=5) from None
        finally:
            if not streams:
                self._give_back(lease, finished=finished)

    async def _rest(self, lease: _Lease, deadline: float) -> AsyncIterator[bytes]:
        finished = False
        try:
            async with asyncio.timeout_at(deadline):
                while True:
                    frame = await lease.worker.read()
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
            self._give_back(lease, finished=finished)

    async def _send(self, worker: Worker, job: dict[str, Any], body: bytes | None) -> None:
        worker.writer.write(pack_json(JOB, job | {"body": body is not None}))
        if body is not None:
            for at in range(0, len(body), CHUNK):
                worker.writer.write(pack(DATA, body[at : at + CHUNK]))
                await worker.writer.drain()
            worker.writer.write(pack(END))
        await worker.writer.drain()

    async def _acquire(self) -> _Lease:
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
        return _Lease(worker, self.now)  # idle workers are all of the present generation

    async def _try_out(self, worker: Worker) -> None:
        await self._send(worker, {"kind": "query", "query": "ASK {}", "format": "json"}, None)
        while (frame := await worker.read()).kind != END:
            if frame.kind == FAIL:
                raise ConnectionError(
                    f"a worker on the new store says: {json.loads(frame.payload)['message']}"
                )

    def _give_back(self, lease: _Lease, *, finished: bool) -> None:
        if lease.over:
            return
        lease.over = True
        worker, generation = lease.worker, lease.generation
        self.stats.busy -= 1
        worker.jobs += 1
        current = generation is self.now and not self._closed
        if current and finished and worker.jobs < JOBS_PER_WORKER:
            self._idle.put_nowait(worker)
            return
        self._drop(worker, generation)
        if current:
            self.stats.restarts += 1
            self._do(self._replace(generation), self._tasks)
        else:
            self._retire(generation)

    def _drop(self, worker: Worker, generation: Generation) -> None:
        worker.kill()
        generation.workers.discard(worker)

    def _retire(self, generation: Generation) -> None:
        """Close a former generation once none of its workers is left."""
        if generation in self._former and not generation.workers:
            self._former.discard(generation)
            self._do(_end(generation), self._endings)

    def _do(self, work: Coroutine[Any, Any, None], tasks: set[asyncio.Task[None]]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _replace(self, generation: Generation) -> None:
        wait = 0.05
        while generation is self.now and not self._closed:
            try:
                await self._add(generation)
                return
            except (OSError, KGError) as error:
                log.warning("no worker could be started (%s); trying again", error)
                await asyncio.sleep(wait)
                wait = min(5.0, wait * 2)

    async def _add(self, generation: Generation) -> None:
        worker = await generation.launcher.launch()
        if generation is not self.now or self._closed:
            worker.kill()
            return
        generation.workers.add(worker)
        self._idle.put_nowait(worker)


@dataclass(slots=True, eq=False)
class _Lease:
    """A worker that does a job, until it is given back."""

    worker: Worker
    generation: Generation
    over: bool = False


async def _end(generation: Generation) -> None:
    """End what is left of a generation and let its store go."""
    for worker in generation.workers:
        worker.kill()
    generation.workers.clear()
    await generation.launcher.close()
    await asyncio.to_thread(generation.release)
