"""Extraction in worker processes that end with the work: when it is done, stopped, or its process is killed."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing import active_children, get_context, parent_process

from kg.errors import ExtractionError
from kg.model import Extraction, Paper
from kg.plugins import Extractor, load_extractor

CHUNK = 256
"""Papers that a worker is handed at a time."""


def extract_in_workers(
    papers: Iterable[Paper], *, extractor: str, options: dict[str, object], jobs: int
) -> Iterator[Extraction]:
    """Extract papers in order, in processes of their own.

    Args:
        papers: read as they are needed, a few chunks ahead.
        extractor: plug-in name.
        options: for the extractor.
        jobs: number of processes.

    Yields:
        One extraction a paper.

    Raises:
        ExtractionError: where a paper cannot be read, or a worker died.
    """
    others = set(active_children())
    chunks = _chunks(iter(papers))
    # "spawn" is the one way that every platform has, and that never inherits a lock.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _start, (extractor, options))
    waiting: deque[Future[list[Extraction]]] = deque()
    try:
        for chunk in islice(chunks, 2 * jobs):
            waiting.append(_submit(pool, chunk))
        while waiting:
            yield from waiting.popleft().result()
            for chunk in islice(chunks, 1):
                waiting.append(_submit(pool, chunk))
        pool.shutdown()
    except BaseException as error:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(active_children()) - others:
            child.kill()
        if isinstance(error, BrokenProcessPool):
            raise ExtractionError(
                "a worker process died, perhaps for lack of memory", hint="Try fewer workers (-j)"
            ) from error
        raise


def _submit(pool: ProcessPoolExecutor, chunk: list[Paper]) -> Future[list[Extraction]]:
    # This may start a worker, which must be whole before we stop, and which shall not hear Ctrl-C: we end it ourselves.
    with _signals_held_back():
        return pool.submit(_extract, chunk)


@contextmanager
def _signals_held_back() -> Iterator[None]:
    """What would stop this process waits until the block is done; processes started in it have it blocked."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _chunks(papers: Iterator[Paper]) -> Iterator[list[Paper]]:
    while chunk := list(islice(papers, CHUNK)):
        yield chunk


_worker: Extractor | None = None


def _start(name: str, options: dict[str, object]) -> None:
    global _worker
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _worker = load_extractor(name, **options)


def _leave_with_parent() -> None:
    """End this process when its parent is gone, even where that was killed and could not say so."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _extract(papers: list[Paper]) -> list[Extraction]:
    if _worker is None:
        raise RuntimeError("the worker was not started")
    return list(_worker.extract(papers))
