"""``kg serve``: a SPARQL endpoint for a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from exports.server.running import ServeOptions, serve_directory, serve_scratch
from kg.cli.console import err
from kg.schema import DEFAULT_BASE_IRI


def serve(
    directory: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR", help="A graph directory made by [bold]kg build[/bold].", show_default=False
        ),
    ] = None,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", "-p", min=0, max=65535, help="Port; 0 takes any free one.")
    ] = 8080,
    workers: Annotated[
        int, typer.Option("--workers", "-j", min=0, metavar="N", help="Processes; 0 means one a core.")
    ] = 0,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="Time that a query may take.")
    ] = 30.0,
    max_rows: Annotated[
        int, typer.Option("--max-rows", min=1, metavar="N", help="Rows of an answer.")
    ] = 1_000_000,
    max_memory: Annotated[
        int,
        typer.Option("--max-memory", min=0, metavar="MIB", help="Memory that a query may take; 0 means any."),
    ] = 2048,
    max_waiting: Annotated[
        int, typer.Option("--max-waiting", min=1, metavar="N", help="Queries that may wait; more get a 503.")
    ] = 128,
    allow_service: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-service",
            metavar="HOST",
            help="A host that SERVICE may ask (may be given several times).",
        ),
    ] = None,
    base_iri: Annotated[
        str, typer.Option("--base-iri", metavar="IRI", help="Base of the IRIs.")
    ] = DEFAULT_BASE_IRI,
    on_disk: Annotated[
        bool | None,
        typer.Option(
            "--on-disk/--in-memory", help="Where the store is; by its size unless given.", show_default=False
        ),
    ] = None,
    reload: Annotated[
        float,
        typer.Option(
            "--reload",
            min=0.0,
            metavar="SECONDS",
            help="How often to look whether DIR has changed, as by [bold]kg update[/bold]; the new graph is "
            "served then, and no query fails. 0 means never.",
        ),
    ] = 5.0,
    scratch: Annotated[
        Path | None,
        typer.Option(
            "--scratch",
            metavar="FOLDER",
            help="Serve a store of its own there, which clients may write, in place of DIR.",
        ),
    ] = None,
    token: Annotated[
        str,
        typer.Option(
            "--token",
            metavar="TEXT",
            envvar="KG_TOKEN",
            help="What clients must show to write the scratch store.",
        ),
    ] = "",
) -> int:
    """Serve the graph over HTTP: SPARQL 1.1 Protocol, a query page, and a page or RDF for every IRI.

    [bold]Example[/bold]  kg serve out --port 8080
    """
    if (directory is None) == (scratch is None):
        raise typer.BadParameter("name a graph directory, or a --scratch folder")
    options = ServeOptions(
        host=host, port=port, base_iri=base_iri, workers=workers, timeout=timeout, max_rows=max_rows,
        max_waiting=max_waiting, max_memory=max_memory << 20, in_memory=None if on_disk is None else not on_disk,
        allow_services=tuple(allow_service or ()), token=token, reload=reload,
    )  # fmt: skip

    def ready(address: str) -> None:
        err().print(
            f"[green]serving[/green]  {escape(address)}  (SPARQL at {escape(address)}sparql; Ctrl-C stops)",
            soft_wrap=True,
        )

    if scratch is not None:
        serve_scratch(scratch, options, ready=ready)
    elif directory is not None:
        serve_directory(directory, options, ready=ready)
    return 0
