"""``kg view``: the graph as an interactive page."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from exports.pages.view import write_view
from kg.cli.console import err
from kg.cli.options import Directory, MinConfidence
from kg.cli.permission import page_place
from kg.pipeline import load_graph


def view(
    directory: Directory,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE.html", help="Where to write; DIR/graph.html unless given."
        ),
    ] = None,
    limit: Annotated[
        int,
        typer.Option(
            "--limit", min=1, metavar="N", help="Most nodes that pyvis draws; the explorer shows all."
        ),
    ] = 500,
    renderer: Annotated[
        str,
        typer.Option(
            "--renderer", metavar="NAME", help="explorer, pyvis, or auto: the explorer where it is installed."
        ),
    ] = "auto",
    sparql: Annotated[
        bool, typer.Option("--sparql/--no-sparql", help="A SPARQL console in the explorer (2 MB and more).")
    ] = True,
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Heading of the page.")] = None,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open it in the browser.")] = True,
    min_confidence: MinConfidence = 0.0,
) -> int:
    """Write one self-contained page that works offline, and open it.

    [bold]Example[/bold]  kg view out --no-open -o graph.html
    """
    path = page_place(directory, "graph.html", output)
    graph = load_graph(directory, min_confidence=min_confidence)
    page = write_view(
        graph, path, title=title or directory.resolve().name, renderer=renderer, limit=limit, sparql=sparql
    )
    if page.notice:
        err().print(f"[yellow]note[/yellow]   {escape(page.notice)}", soft_wrap=True)
    err().print(f"[green]wrote[/green]  {escape(str(path))}", soft_wrap=True)
    if open_page:
        webbrowser.open(path.resolve().as_uri())
    return 0
