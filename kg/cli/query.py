"""``kg query``: ask the graph in SPARQL, or by the name of a query."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from exports.rdf.vocabulary import known_classes, known_properties
from exports.sparql.named import get_query, named_queries
from exports.sparql.results import FORMATS, Answer, is_graph, is_table, read_table, serialize
from exports.sparql.store import SparqlStore
from kg.atomic import atomic_write
from kg.cli.console import err, out
from kg.errors import QueryError
from kg.schema import DEFAULT_BASE_IRI

_NAME = re.compile(r"[a-z][a-z0-9-]*")


def query(
    directory: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR", help="A graph directory made by [bold]kg build[/bold].", show_default=False
        ),
    ] = None,
    text: Annotated[
        str | None,
        typer.Argument(
            metavar="QUERY",
            show_default=False,
            help="SPARQL, a file with SPARQL, [bold]-[/bold] for standard input, or the name of a query.",
        ),
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUE…", help="Parameters of a named query.", show_default=False),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="NAME",
            help="[bold]table[/bold], csv, tsv, json, xml; turtle, ntriples, jsonld, rdfxml for CONSTRUCT and DESCRIBE. "
            "A table (or Turtle) on a terminal, else csv (or Turtle).",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the answer to a file.")
    ] = None,
    base_iri: Annotated[
        str, typer.Option("--base-iri", metavar="IRI", help="Base of the IRIs.")
    ] = DEFAULT_BASE_IRI,
    show: Annotated[bool, typer.Option("--show", help="Print the SPARQL of a named query and stop.")] = False,
    list_queries: Annotated[bool, typer.Option("--list", help="List the named queries and stop.")] = False,
    list_terms: Annotated[
        bool, typer.Option("--terms", help="List all classes and properties and stop.")
    ] = False,
) -> int:
    """Ask the graph in SPARQL. Prefixes need no declaration.

    [bold]Examples[/bold]  kg query out 'SELECT ?d (COUNT(*) AS ?n) { ?p kg:evaluatesOn ?d } GROUP BY ?d ORDER BY DESC(?n)'
    kg query out datasets-used-with method=DPO
    """
    if list_queries:
        _list_queries()
        return 0
    if list_terms:
        typer.echo("\n".join((*known_classes(), *known_properties())))
        return 0
    if directory is None or (text is None and not show):
        raise typer.BadParameter("say which graph directory and which query, or --list the named queries")
    sparql, source = _read_query(text or "", parameters or [])
    if show:
        typer.echo(sparql)
        return 0
    store = SparqlStore.for_directory(directory, base_iri=base_iri)
    for hint in store.prepare(sparql, source=source).hints:
        err().print(f"[yellow]note[/yellow]  {escape(hint)}", soft_wrap=True)
    answer = store.query(sparql, source=source)
    wanted = format or _usual_format(answer, to_terminal=output is None and sys.stdout.isatty())
    if wanted == "table":
        _print_table(answer, store)
        return 0
    body = serialize(answer, wanted, store.iris)
    if output is not None:
        with atomic_write(output, binary=True) as stream:
            stream.write(body)
        err().print(f"[green]wrote[/green]  {escape(str(output))}", soft_wrap=True)
        return 0
    sys.stdout.flush()
    sys.stdout.buffer.write(body)
    if body and not body.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()
    return 0


def _read_query(text: str, parameters: list[str]) -> tuple[str, str | None]:
    """The SPARQL and the file it came from."""
    if text == "-":
        return _decode(sys.stdin.buffer.read(), "standard input"), "standard input"
    path = Path(text) if len(text) < 1000 and "\n" not in text and "{" not in text else None
    if path is not None and (path.suffix == ".rq" or path.is_file()):
        try:
            return _decode(path.read_bytes(), str(path)), str(path)
        except OSError as error:
            raise QueryError(f"the file cannot be read: {error.strerror}", source=str(path)) from error
    if _NAME.fullmatch(text):
        return get_query(text).fill(_read_parameters(parameters)), None
    if parameters:
        raise QueryError("only named queries take parameters", hint="kg query --list shows them")
    return text, None


def _decode(raw: bytes, source: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise QueryError("the query is not valid UTF-8", source=source, line=line) from error


def _read_parameters(parameters: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for parameter in parameters:
        name, mark, value = parameter.partition("=")
        if not mark or not name:
            raise QueryError(f"{parameter!r} is no parameter", hint="Write them as name=value")
        found[name] = value
    return found


def _usual_format(answer: Answer, *, to_terminal: bool) -> str:
    if is_graph(answer):
        return "turtle"
    return "table" if to_terminal else "csv"


def _print_table(answer: Answer, store: SparqlStore) -> None:
    if is_graph(answer):
        known = ", ".join(f.name for f in FORMATS.values() if f.graph)
        raise QueryError("an answer that is a graph is no table", hint=f"Use one of {known}")
    console = out()
    if not is_table(answer):
        console.print("[green]yes[/green]" if answer else "[red]no[/red]")
        return
    columns, rows = read_table(answer, store.iris)
    table = Table(show_lines=False, header_style="bold")
    numeric = [
        bool(rows) and all(re.fullmatch(r"-?\d[\d.]*|", row[i]) for row in rows) for i in range(len(columns))
    ]
    for name, right in zip(columns, numeric, strict=True):
        table.add_column(escape(name), justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(value) for value in row))
    console.print(table)
    err().print(f"[dim]{len(rows):,} {'row' if len(rows) == 1 else 'rows'}[/dim]")


def _list_queries() -> None:
    table = Table(title="Named queries", title_justify="left", title_style="bold")
    table.add_column("name", style="cyan", no_wrap=True)
    table.add_column("answers")
    table.add_column("parameters", style="dim")
    for entry in named_queries().values():
        table.add_row(
            entry.name,
            escape(entry.title),
            escape(" ".join(f"{p.name}={p.default}" for p in entry.parameters)),
        )
    out().print(table)
