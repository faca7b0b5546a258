"""``kg fetch``: live sources → JSON Lines that ``kg build`` reads."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from kg.cli.console import complain, err
from kg.cli.options import ProblemCounter, Strict
from kg.errors import FetchError
from kg.fetch import Journal, fetch_all, is_live, open_client
from kg.fetch.journal import request_of
from kg.fetch.run import Progress as Report
from kg.fetch.run import listening
from kg.paper_json import paper_to_json
from kg.sources import Problem

_OFFLINE = "KG_OFFLINE"
Offline = Annotated[
    bool,
    typer.Option("--offline", help="Ask nobody; answer from what came before. KG_OFFLINE=1 does the same."),
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Keep no answers on disk.")]
Limit = Annotated[
    int | None, typer.Option("--limit", "-n", min=1, metavar="N", help="The most papers of each source.")
]
Links = Annotated[
    bool,
    typer.Option(
        "--links/--no-links",
        help="Ask the Hub for each paper's linked models, datasets and spaces (one request a paper).",
    ),
]


def fetch(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE…",
            show_default=False,
            help="hf:2025-11-05, hf:2025-11-01..2025-11-05, hf:search:WORDS, hf:2501.12345, arxiv:cs.CL, "
            "arxiv:cs.CL:2025-11-01..2025-11-05, arxiv:search:WORDS, arxiv:ID,ID, openalex:…, s2:…, acl:…, openreview:…, "
            "zotero:…, feed:URL.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE.jsonl", help="Where to write; [bold]-[/bold] is standard output."
        ),
    ] = Path("-"),
    limit: Limit = None,
    links: Links = True,
    strict: Strict = False,
    offline: Offline = False,
    no_cache: NoCache = False,
) -> int:
    """Fetch papers from live services, page by page, and write them as JSON Lines.

    A fetch that was stopped goes on where it was when it is run again. Tokens are read from the environment alone:
    HF_TOKEN, S2_API_KEY, OPENALEX_API_KEY, OPENREVIEW_TOKEN, ZOTERO_API_KEY.

    [bold]Example[/bold]  kg fetch hf:2025-11-05 -o papers.jsonl
    """
    problems = _Strictly(strict)
    with (
        open_client(offline=offline, cache=not no_cache, notice=say_wait) as client,
        counting("Fetching") as report,
    ):
        if str(output) == "-":
            for paper in fetch_all(
                names, client=client, limit=limit, links=links, on_problem=problems, progress=report
            ):
                sys.stdout.write(json.dumps(paper_to_json(paper), ensure_ascii=False) + "\n")
            return problems.finish()
        journal = Journal(output, request_of(names, limit=limit, links=links))
        if journal.resumed:
            complain(f"[dim]goes on where it was: {journal.count:,} papers came before[/dim]")
        try:
            for _ in fetch_all(names, client=client, limit=limit, links=links, journal=journal, on_problem=problems, progress=report):  # fmt: skip
                pass
        except (KeyboardInterrupt, FetchError):
            if journal.count:
                complain(
                    f"[yellow]stopped[/yellow]  {journal.count:,} papers are kept in {escape(str(journal.part))}; "
                    "the same command goes on from there"
                )
            raise
        finally:
            journal.close()
    if not journal.count:
        journal.discard()
        raise FetchError("no papers came", source=", ".join(names), hint="Are there any for these names?")
    journal.finish()
    err().print(f"[green]fetched[/green]  {escape(str(output))}: {journal.count:,} papers", soft_wrap=True)
    return problems.finish()


class _Strictly(ProblemCounter):
    """Reports bad records, or refuses the first one."""

    def __init__(self, strict: bool) -> None:
        super().__init__()
        self._strict = strict

    def __call__(self, problem: Problem) -> None:
        if self._strict:
            raise problem.to_error()
        super().__call__(problem)


def say_wait(text: str) -> None:
    """Say why it takes a while."""
    complain(f"[dim]{escape(text)}[/dim]")


@contextmanager
def counting(title: str) -> Iterator[Report | None]:
    """A progress bar that is told how many there are so far, and in all where that is known."""
    console = err()
    if not console.is_terminal:
        yield None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def staying_offline(wanted: bool) -> Iterator[None]:
    """Tell the sources, which read the environment, to stay offline for a while."""
    before = os.environ.get(_OFFLINE)
    if wanted:
        os.environ[_OFFLINE] = "1"
    try:
        yield
    finally:
        if wanted:
            os.environ.pop(_OFFLINE)
            if before is not None:
                os.environ[_OFFLINE] = before


@contextmanager
def reading_live(names: Sequence[str], *, offline: bool) -> Iterator[None]:
    """For commands that take live sources among files: progress and waits are shown, ``--offline`` is passed on."""
    if not any(is_live(name) for name in names):
        yield
        return
    with (
        staying_offline(offline),
        counting("Fetching") as report,
        listening(notice=say_wait, progress=report),
    ):
        yield
