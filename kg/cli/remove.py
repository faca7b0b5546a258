"""``kg remove``: papers out of a graph directory."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.markup import escape

from kg.cli.console import complain, err
from kg.cli.options import Directory
from kg.cli.permission import require_writable
from kg.directory import GraphDirectory
from kg.update import find_ids


def remove(
    directory: Directory,
    papers: Annotated[
        list[str],
        typer.Argument(
            metavar="ID…",
            help="Ids of papers: arXiv ids, DOIs, addresses, or as kg stats has them.",
            show_default=False,
        ),
    ],
) -> int:
    """Take papers out of a graph directory.

    [bold]Example[/bold]  kg remove out 2501.12345
    """
    require_writable(directory)
    with GraphDirectory.open(directory) as opened:
        found, missing = find_ids(opened, papers)
        for name in missing:
            complain(f"[yellow]not there[/yellow]  {escape(name)}")
        gone = opened.remove_papers(found, today=time.strftime("%Y-%m-%d")) if found else 0
    err().print(f"[green]removed[/green]  {gone:,} of {escape(str(directory))}", soft_wrap=True)
    return 1 if missing else 0
