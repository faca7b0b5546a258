"""Where the command line speaks: results on standard output, everything else on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class _Results(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line, which ends quietly; rich would end with status 1."""
        raise BrokenPipeError


def out() -> Console:
    """Results."""
    return _Results(soft_wrap=not sys.stdout.isatty(), highlight=False)


def err() -> Console:
    """Progress, notes and complaints."""
    return Console(stderr=True, highlight=False)


def complain(text: str) -> None:
    """Say one sentence on standard error (rich mark-up)."""
    err().print(text, soft_wrap=True)


def count(number: int, thing: str) -> str:
    """``1 paper``, ``1,024 papers``."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Papers a second."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "", style="cyan")


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar with rate and time left on a terminal; nothing where standard error is piped.

    Yields:
        A function to call with the number of things done since the last call.
    """
    console = err()
    if not console.is_terminal:
        yield lambda done: None
        return
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, advance=done)
