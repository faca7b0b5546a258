"""``kg merges``: which spellings became one node and why; decisions of people about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from kg.cli.console import out
from kg.cli.options import Directory
from kg.directory import GraphDirectory
from kg.merges import DIFFERENT, SAME, Decision, Merge, add_decision, parse_reference
from kg.resolution import Resolution
from kg.resolution.stored import resolve_directory


def merges(
    directory: Directory,
    name: Annotated[
        str,
        typer.Option(
            "--name", metavar="TEXT", help="Only merges whose spelling or node has this text in it."
        ),
    ] = "",
    most: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="Show at most N; 0 shows all.")
    ] = 40,
    below: Annotated[
        float,
        typer.Option("--below", min=0.0, max=1.0, metavar="P", help="Only merges that are less certain."),
    ] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, all merges.")] = False,
    same: Annotated[
        tuple[str, str] | None, typer.Option("--same", metavar="A B", help="Decide: these two are one thing.")
    ] = None,
    different: Annotated[
        tuple[str, str] | None,
        typer.Option("--different", metavar="A B", help="Decide: these two are not one thing."),
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why you decide so.")] = "",
) -> int:
    """List the merges, the least certain first; or decide about two names.

    Decisions are kept in [bold]merges.tsv[/bold] in the directory, one a line, and override everything. A name
    may be followed by [bold] @ [/bold] and the id of a paper, and then means that paper's thing alone.

    [bold]Example[/bold]  kg merges out --below 0.9
    [bold]Example[/bold]  kg merges out --different 'Apollo @ 2412.10360' 'Apollo @ 2411.19456'
    """
    if same is not None or different is not None:
        _decide(directory, same=same, different=different, note=note)
        return 0
    wanted = name.casefold()
    found = [
        merge
        for merge in sorted(
            load_resolution(directory).merges, key=lambda m: (m.score, -m.papers, m.node, m.name)
        )
        if merge.score <= below and (wanted in merge.name.casefold() or wanted in merge.label.casefold())
    ]
    if as_json:
        for merge in found:
            typer.echo(msgspec.json.encode(merge).decode())
        return 0
    out().print(merges_table(found[:most] if most else found))
    if most and len(found) > most:
        out().print(f"{len(found) - most:,} more: --limit 0 shows all", style="dim")
    return 0


def load_resolution(directory: Path) -> Resolution:
    """Resolve what a graph directory holds, as it does when it makes its graph.

    Raises:
        DirectoryError: where there is none.
        ResolutionError: where the decisions contradict each other.
    """
    with GraphDirectory.open(directory) as opened:
        return resolve_directory(opened)


def merges_table(found: list[Merge]) -> Table:
    """Merges as a table for people."""
    table = Table(title="Merges", title_justify="left", title_style="bold")
    table.add_column("score", justify="right")
    table.add_column("spelling")
    table.add_column("became")
    table.add_column("because", style="dim")
    table.add_column("papers", justify="right")
    for merge in found:
        table.add_row(
            f"{merge.score:.2f}", escape(merge.name), f"{escape(merge.label)} [dim]{escape(merge.node)}[/dim]",
            escape(merge.reason), f"{merge.papers:,}",
        )  # fmt: skip
    return table


def _decide(
    directory: Path, *, same: tuple[str, str] | None, different: tuple[str, str] | None, note: str
) -> None:
    with GraphDirectory.open(directory) as opened:
        path = opened.merges_path
    for verdict, pair in ((SAME, same), (DIFFERENT, different)):
        if pair is not None:
            add_decision(path, Decision(verdict, parse_reference(pair[0]), parse_reference(pair[1]), note))
            out().print(
                f"Noted in {escape(str(path))}: “{escape(pair[0])}” and “{escape(pair[1])}” are {verdict}."
            )
