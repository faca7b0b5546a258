"""Threads that ask and can be left alone: unlike those of ``concurrent.futures``, they do not hold up the end of the process.

An answer may take minutes; whoever presses Ctrl-C does not want to wait for the ones under way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


class Workers(Generic[T]):
    """A fixed number of daemon threads.

    Args:
        count: how many, 1 or more.
    """

    def __init__(self, count: int) -> None:
        self._jobs: SimpleQueue[tuple[Future[T], Callable[[], T]] | None] = SimpleQueue()
        self._count = count
        self._closed = False
        for number in range(count):
            threading.Thread(target=self._work, name=f"llm-{number}", daemon=True).start()

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Have a job done by the next free thread."""
        future: Future[T] = Future()
        self._jobs.put((future, job))
        return future

    def close(self) -> None:
        """Do no more jobs; what is under way is left to end by itself."""
        self._closed = True
        for _ in range(self._count):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, function = job
            if self._closed or not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(function())
            except BaseException as error:
                future.set_exception(error)
