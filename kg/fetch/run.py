"""Fetching: one source after the other, page after page, each paper once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from kg.errors import FetchError
from kg.fetch.base import LiveSource
from kg.fetch.journal import Journal, request_of
from kg.fetch.names import live_source
from kg.http import HttpClient, ResponseCache
from kg.http.cache import cache_folder
from kg.model import Paper
from kg.sources.base import Problem

_MOST_IDLE = 50
"""Pages in a row that bring nothing new before a service counts as running in circles."""

_JOURNAL_DAY = 86_400.0
"""Seconds for which a build that was killed goes on with what came: what is newest is another thing the next day."""

Progress = Callable[[int, int | None], None]

_listener: ContextVar[tuple[Callable[[str], None] | None, Progress | None]] = ContextVar(
    "listener", default=(None, None)
)


def open_client(
    *,
    offline: bool = False,
    cache: bool = True,
    folder: str | Path | None = None,
    notice: Callable[[str], None] | None = None,
) -> HttpClient:
    """A client with the cache of this user.

    Args:
        offline: answer from the cache alone.
        cache: keep answers.
        folder: where; ``KG_CACHE`` or the usual place of the platform by default.
        notice: is told of waits.

    Raises:
        FetchError: where the cache cannot be used.
    """
    kept = ResponseCache(folder if folder is not None else cache_folder()) if cache else None
    return HttpClient(cache=kept, offline=offline, notice=notice)


def fetch(
    source_name: str,
    *,
    client: HttpClient | None = None,
    limit: int | None = None,
    links: bool = True,
    journal: Journal | None = None,
    on_problem: Callable[[Problem], None] | None = None,
    progress: Progress | None = None,
) -> Iterator[Paper]:
    """Fetch the papers of one source.

    Args:
        source_name: such as ``hf:2025-11-05``.
        client: asks; one with the user's cache by default.
        limit: the most papers.
        links: ask for what a service links to each paper.
        journal: keeps each page, and goes on from there.
        on_problem: is told about records that are no papers.
        progress: called with the number of papers so far and in all, where that is known.

    Yields:
        Papers, each id once, in the order of the service.

    Raises:
        FetchError: for an unknown name, or where the service cannot be had.
    """
    return fetch_all(
        [source_name], client=client, limit=limit, links=links, journal=journal, on_problem=on_problem,
        progress=progress,
    )  # fmt: skip


def fetch_all(
    names: Sequence[str],
    *,
    client: HttpClient | None = None,
    limit: int | None = None,
    links: bool = True,
    journal: Journal | None = None,
    on_problem: Callable[[Problem], None] | None = None,
    progress: Progress | None = None,
) -> Iterator[Paper]:
    """Fetch the papers of several sources, one after the other; see ``fetch``.

    Raises:
        FetchError: for an unknown name, before anything is asked; or where a service cannot be had.
    """
    if limit is not None and limit < 1:
        raise FetchError(f"a limit of {limit} papers leaves none", hint="Give 1 or more")
    sources = [live_source(name, limit=limit, links=links) for name in names]
    return _run(sources, client, limit, journal, on_problem or _ignore, progress)


def _run(
    sources: Sequence[LiveSource],
    client: HttpClient | None,
    limit: int | None,
    journal: Journal | None,
    on_problem: Callable[[Problem], None],
    progress: Progress | None,
) -> Iterator[Paper]:
    own = client is None
    asked = client if client is not None else open_client()
    seen: set[str] = set()
    first, cursor = 0, None
    try:
        if journal is not None:
            first, cursor = journal.index, journal.cursor
            for paper in journal.papers():
                seen.add(paper.id)
                yield paper
            if progress is not None and seen:
                progress(len(seen), None)
        for index in range(first, len(sources)):
            source = sources[index]
            before = journal.of_source if journal is not None and index == first else 0
            room = None if limit is None else limit - before
            idle = 0
            at: str | None = cursor if index == first and cursor is not None else source.start
            visited: set[str] = set()
            while at is not None and (room is None or room > 0):
                visited.add(at)
                page = source.page(asked, at)
                for problem in page.problems:
                    on_problem(problem)
                new: list[Paper] = []
                for paper in page.papers:
                    if paper.id not in seen and (room is None or len(new) < room):
                        seen.add(paper.id)
                        new.append(paper)
                room = None if room is None else room - len(new)
                idle = idle + 1 if page.papers and not new else 0
                if idle >= _MOST_IDLE:
                    raise FetchError(f"the service gives the same papers over and over, {_MOST_IDLE} pages long",
                                     source=source.name)  # fmt: skip
                at = page.next if page.next not in visited else None
                more = at is not None and (room is None or room > 0)
                if journal is not None:
                    journal.commit(new, index=index if more else index + 1, cursor=at if more else None)
                if progress is not None:
                    progress(len(seen), page.total if len(sources) == 1 else None)
                yield from new
    finally:
        if own:
            asked.close()


@contextmanager
def listening(
    *, notice: Callable[[str], None] | None = None, progress: Progress | None = None
) -> Iterator[None]:
    """Let somebody hear of what ``read_live`` does inside the block, which reads deep below whoever wants to know."""
    token = _listener.set((notice, progress))
    try:
        yield
    finally:
        _listener.reset(token)


def read_live(name: str, *, on_problem: Callable[[Problem], None] | None = None) -> Iterator[Paper]:
    """The papers of a live source for a build: what was killed goes on where it was, what is finished leaves no trace.

    Args:
        name: of the source.
        on_problem: is told about records that are no papers.

    Raises:
        FetchError: where the service cannot be had.
    """
    notice, progress = _listener.get()
    request = request_of([name], limit=None, links=True)
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:20]
    journal = Journal(cache_folder() / "fetch" / f"{digest}.jsonl", request, max_age=_JOURNAL_DAY)
    try:
        with open_client(notice=notice) as client:
            yield from fetch(name, client=client, journal=journal, on_problem=on_problem, progress=progress)
        journal.discard()
    finally:
        journal.close()


def _ignore(problem: Problem) -> None:
    """Nobody asked."""
