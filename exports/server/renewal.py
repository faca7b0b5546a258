"""Go over to a changed graph while serving: look, make the new store beside, start workers on it, switch.

The store is made by a process of its own, so that queries keep their processor time and the server its memory. Whatever
fails leaves the old store serving; it is said once in the log, and in ``/health`` for as long as it lasts.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from exports.server.generation import Generation
from exports.server.pool import WorkerPool
from exports.sparql.folder import discard, is_ready, store_place
from exports.sparql.making import making_command, read_place
from kg.directory import DATABASE, MERGES

log = logging.getLogger("kg.serve")

FIRST_PAUSE = 15.0
LONGEST_PAUSE = 600.0
"""Seconds until a state that failed is tried again: first, and at most, each time twice the last."""
SETTLED = 3.0
"""Seconds after which a file's time is taken to tell its states apart."""


@dataclass(slots=True)
class Look:
    """Where the store of a directory's present state belongs; the database is asked only where its file has changed."""

    _seen: tuple[object, ...] = ()
    _place: Path | None = None

    def place(self, path: Path, base_iri: str) -> Path:
        """The place.

        Raises:
            DirectoryError: where there is no graph directory any more, or it cannot be read.
        """
        seen: list[object] = []
        latest = 0.0
        for name in (DATABASE, MERGES):
            with contextlib.suppress(FileNotFoundError):
                facts = (path / name).stat()
                seen += (name, facts.st_ino, facts.st_size, facts.st_mtime_ns)
                latest = max(latest, facts.st_mtime)
        # Clocks of file systems tick slowly: what changed just now may change again at the same time.
        if self._place is None or tuple(seen) != self._seen or time.time() - latest < SETTLED:
            self._place = store_place(path, base_iri=base_iri)
            self._seen = tuple(seen)
        return self._place


@dataclass(slots=True)
class Renewal:
    """Keeps a pool on the present state of a graph directory.

    Attributes:
        path: the graph directory.
        base_iri: where the IRIs begin.
        every: seconds between looks.
        open: opens the store in a folder as a generation; called in a thread.
        folder: of the store that is served or shall be.
        done: how often the pool went over to a new store.
        failures: how often that failed.
        stale: whether the directory has changed and an older state is served.
        reason: why the last try failed; empty where it did not.
    """

    path: Path
    base_iri: str
    every: float
    open: Callable[[Path], Generation]
    folder: Path
    done: int = 0
    failures: int = 0
    stale: bool = False
    reason: str = ""
    _look: Look = field(default_factory=Look)
    _again: float = 0.0
    _pause: float = FIRST_PAUSE
    _had_store: bool = False
    _former: set[Path] = field(default_factory=set)

    async def run(self, pool: WorkerPool) -> None:
        """Look again and again, until cancelled."""
        served = self.folder
        while True:
            await asyncio.sleep(self.every)
            await asyncio.to_thread(self._tidy)
            try:
                place = await asyncio.to_thread(self._look.place, self.path, self.base_iri)
            except Exception as error:  # whatever it is, queries go on being answered
                self._complain(error)
                continue
            if place != self.folder:
                self.folder, self._pause, self._again = place, FIRST_PAUSE, 0.0
            self.stale = place != served
            if not self.stale:
                self.reason = ""
            elif await self._may_try():
                try:
                    await self._renew(pool)
                    self._former.add(served)
                    served = self.folder
                except Exception as error:
                    self.failures += 1
                    self._again, self._pause = _now() + self._pause, min(LONGEST_PAUSE, self._pause * 2)
                    self._had_store = await asyncio.to_thread(is_ready, self.folder)
                    self._complain(error)

    async def _may_try(self) -> bool:
        """After a failure there is a pause, unless someone else has made the store."""
        if _now() >= self._again:
            return True
        return not self._had_store and await asyncio.to_thread(is_ready, self.folder)

    async def _renew(self, pool: WorkerPool) -> None:
        if not await asyncio.to_thread(is_ready, self.folder):
            # The directory may have changed once more; then this is the store of its latest state.
            self.folder = await self._make()
        following = await asyncio.to_thread(self.open, self.folder)
        opening = asyncio.create_task(asyncio.to_thread(following.launcher.open))
        try:
            await asyncio.shield(opening)
        except BaseException:
            await following.launcher.close()
            await asyncio.gather(opening, return_exceptions=True)
            await asyncio.to_thread(following.release)
            raise
        await pool.switch(following)
        self.done += 1
        self.stale, self.reason, self._pause = False, "", FIRST_PAUSE
        log.info("the graph has changed; %s statements are served now", f"{following.data.statements:,}")

    async def _make(self) -> Path:
        command, options = making_command(self.path, self.base_iri)
        process = await asyncio.create_subprocess_exec(*command, **options)
        try:
            # Its input stays open: where this process ends, that one does too.
            said = await process.stdout.read() if process.stdout is not None else b""
            await process.wait()
        finally:
            if process.returncode is None:
                await _stop(process)
        return read_place(said, process.returncode)

    def _tidy(self) -> None:
        """Remove former stores whose last worker has gone."""
        self._former -= {folder for folder in self._former if folder == self.folder or discard(folder)}

    def _complain(self, error: Exception) -> None:
        """Say why, once."""
        reason = " ".join((str(error) or type(error).__name__).split())
        if reason != self.reason:
            log.warning("the graph cannot be renewed, its former state is served on: %s", reason)
        self.reason = reason


async def _stop(process: asyncio.subprocess.Process) -> None:
    """Let it remove what is half made, but not for long."""
    if process.stdin is not None:
        process.stdin.close()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(2):
            await process.wait()
            return
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def _now() -> float:
    return asyncio.get_running_loop().time()
