"""``kg site``: the graph as a site of static pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from exports.site import write_site
from kg.cli.console import err, progress
from kg.cli.options import Directory, MinConfidence
from kg.pipeline import load_graph
from kg.schema import DEFAULT_BASE_IRI


def site(
    directory: Directory,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="SITE", help="Folder of the site; renewed where it is one."),
    ],
    title: Annotated[
        str | None,
        typer.Option("--title", metavar="TEXT", help="Name of the site; that of DIR unless given."),
    ] = None,
    address: Annotated[
        str,
        typer.Option("--address", metavar="URL", help="Where it will be served; a sitemap is written then."),
    ] = "",
    base_iri: Annotated[
        str, typer.Option("--base-iri", metavar="IRI", help="Base of the IRIs in JSON-LD and queries.")
    ] = DEFAULT_BASE_IRI,
    min_confidence: MinConfidence = 0.0,
) -> int:
    """Write a page for every paper, dataset, method, model, task, metric and link, for any web server or folder.

    Only what changed is rewritten; pages of what is gone are removed.

    [bold]Example[/bold]  kg site out -o public --address https://example.org/papers/
    """
    graph = load_graph(directory, min_confidence=min_confidence)
    with progress("Writing pages", len(graph)) as advance:
        report = write_site(
            graph, output, title=title or directory.resolve().name, address=address, base_iri=base_iri, progress=advance,
        )  # fmt: skip
    removed = f", {report.removed:,} removed" if report.removed else ""
    err().print(
        f"[green]wrote[/green]  {escape(str(output))}: {report.pages:,} pages, {report.written:,} files new or changed{removed}",
        soft_wrap=True,
    )
    return 0
