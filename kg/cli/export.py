"""``kg export``: the graph in the formats of others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from kg.cli.console import err
from kg.cli.options import MinConfidence
from kg.pipeline import load_graph
from kg.plugins import EXPORTERS, names
from kg.schema import DEFAULT_BASE_IRI


def export(
    directory: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR", help="A graph directory made by [bold]kg build[/bold].", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="PATH", help="File or folder; its suffix names the format."),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option("--format", "-f", metavar="NAME", help="Format, where the suffix does not say it."),
    ] = None,
    base_iri: Annotated[
        str, typer.Option("--base-iri", metavar="IRI", help="Base of the IRIs in RDF.")
    ] = DEFAULT_BASE_IRI,
    core: Annotated[
        bool, typer.Option("--core", help="RDF without the evidence: the plain triples only.")
    ] = False,
    min_confidence: MinConfidence = 0.0,
    list_formats: Annotated[bool, typer.Option("--list", help="List the formats and stop.")] = False,
) -> int:
    """Write the graph as RDF, tables, GraphML, GEXF, Cytoscape JSON or a page.

    [bold]Example[/bold]  kg export out -o graph.ttl
    """
    if list_formats:
        typer.echo("\n".join(names(EXPORTERS)))
        return 0
    if directory is None or output is None:
        raise typer.BadParameter(
            "say which graph directory and where to write with -o, or --list the formats"
        )
    graph = load_graph(directory, min_confidence=min_confidence)
    options = {"profile": "core"} if core else {}
    try:
        written = graph.export(output, format=format, base_iri=base_iri, **options)
    except TypeError as error:
        if not core or "profile" not in str(error):
            raise
        raise typer.BadParameter("--core goes with the RDF formats only") from error
    err().print(f"[green]wrote[/green]  {escape(str(written))}", soft_wrap=True)
    return 0
