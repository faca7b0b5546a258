"""``kg push``: send the graph to another store."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.markup import escape

from exports.sparql.push import HOW, How, PushOptions
from exports.sparql.push import push as send
from kg.cli.console import err, progress
from kg.cli.options import Directory
from kg.directory import GraphDirectory
from kg.pipeline import load_graph
from kg.schema import DEFAULT_BASE_IRI


def push(
    directory: Directory,
    url: Annotated[
        str,
        typer.Argument(metavar="URL", help="Address of the endpoint that takes writes.", show_default=False),
    ],
    how: Annotated[
        str,
        typer.Option(
            "--how",
            metavar="NAME",
            help="[bold]update[/bold]: SPARQL Update; [bold]store[/bold]: Graph Store Protocol, graph by graph; "
            "[bold]quads[/bold]: N-Quads in one stream of posts (Fuseki, GraphDB, RDF4J, Oxigraph).",
        ),
    ] = "update",
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace graphs of the same name, the default graph too.")
    ] = False,
    core: Annotated[
        bool, typer.Option("--core", help="The plain triples only, without the evidence.")
    ] = False,
    user: Annotated[
        str,
        typer.Option(
            "--user", metavar="NAME", help="User name; the password is in KG_PASSWORD, or asked for."
        ),
    ] = "",
    digest: Annotated[
        bool, typer.Option("--digest", help="Log in with Digest authentication (Virtuoso).")
    ] = False,
    default_graph: Annotated[
        str,
        typer.Option(
            "--default-graph", metavar="IRI", help="Put the plain triples into this graph (Virtuoso)."
        ),
    ] = "",
    token: Annotated[
        str, typer.Option("--token", metavar="TEXT", envvar="KG_TOKEN", help="Bearer token.")
    ] = "",
    header: Annotated[
        list[str] | None,
        typer.Option("--header", metavar="NAME:VALUE", help="A further header (may be given several times)."),
    ] = None,
    piece: Annotated[
        int, typer.Option("--piece", min=1, metavar="N", help="Statements in a request, about.")
    ] = 5_000,
    base_iri: Annotated[
        str, typer.Option("--base-iri", metavar="IRI", help="Base of the IRIs.")
    ] = DEFAULT_BASE_IRI,
) -> int:
    """Send the graph to a SPARQL 1.1 Update or Graph Store endpoint; a push that broke off goes on where it stopped.

    [bold]Example[/bold]  kg push out http://localhost:3030/papers/update
    """
    chosen: How | None = next((h for h in HOW if h == how), None)
    if chosen is None:
        raise typer.BadParameter(f"--how is one of {', '.join(HOW)}")
    headers = []
    for line in header or []:
        name, mark, value = line.partition(":")
        if not mark or not name.strip():
            raise typer.BadParameter(f"{line!r} is no header; write NAME:VALUE")
        headers.append((name.strip(), value.strip()))
    login = None
    if user:
        login = (user, os.environ.get("KG_PASSWORD") or typer.prompt("Password", hide_input=True, err=True))
    options = PushOptions(
        how=chosen, replace=replace, profile="core" if core else "full", base_iri=base_iri, piece=piece,
        headers=tuple(headers), user=login, digest=digest, default_graph=default_graph, token=token,
    )  # fmt: skip
    with GraphDirectory.open(directory) as opened:
        fingerprint, memory = opened.fingerprint, opened.derived_path("push.json")
    graph = load_graph(directory)
    with progress("sending", None) as advance:
        report = send(graph, url, options, progress=memory, fingerprint=fingerprint, sent=advance)
    note = f", {report.skipped:,} pieces were there" if report.skipped else ""
    err().print(
        f"[green]sent[/green]  {report.statements:,} statements in {report.pieces:,} pieces to {escape(url)}{note}",
        soft_wrap=True,
    )
    return 0
