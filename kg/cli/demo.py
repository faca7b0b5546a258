"""``kg demo``: the whole way from abstracts to RDF, SPARQL and a page, on the bundled sample."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table

from exports.pages.view import write_view
from exports.sparql.results import is_table, read_table
from exports.sparql.store import SparqlStore
from kg.cli.console import out, progress
from kg.cli.options import Model
from kg.cli.stats import stats_tables
from kg.directory import GraphDirectory
from kg.errors import QueryError
from kg.pipeline import load_graph, refresh
from kg.sources import merge_papers, read_papers

QUERY = """SELECT ?dataset (COUNT(DISTINCT ?paper) AS ?papers) WHERE {
  ?paper kg:evaluatesOn|kg:uses ?d .
  ?d a schema:Dataset ; schema:name ?dataset .
}
GROUP BY ?dataset ORDER BY DESC(?papers) ?dataset LIMIT 8"""


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where to build.")] = Path(
        "kg-demo"
    ),
    model: Model = "auto",
) -> int:
    """Build a graph from the bundled sample, query it, and write RDF and a page.

    [bold]Example[/bold]  kg demo
    """
    began = time.perf_counter()
    console = out()
    papers = merge_papers(read_papers(["sample"]))
    with GraphDirectory.create(output) as directory, progress("Reading abstracts", len(papers)) as advance:
        refresh(directory, papers, options={"model": model}, progress=advance)
    graph = load_graph(output)
    console.print(f"\n[bold]{len(papers)} abstracts[/bold] about well-known papers became this graph:\n")
    for table in stats_tables(graph, graph.stats(), top=4):
        console.print(table)
    console.print("\n[bold]A question in SPARQL[/bold]  Which datasets do most papers work with?\n")
    console.print(Syntax(QUERY, "sparql", background_color="default"))
    _print_answer(output)
    rdf = graph.export(output / "graph.ttl")
    page = output / "graph.html"
    write_view(graph, page, title="paper-kg demo")
    console.print(f"\n[bold]RDF[/bold]   {escape(str(rdf))}", soft_wrap=True)
    console.print(
        f"[bold]Page[/bold]  {escape(str(page))}  (open it in a browser; it needs no network)", soft_wrap=True
    )
    console.print(
        f"[dim]Done in {time.perf_counter() - began:.1f} s. Next: kg query {output} --list[/dim]",
        soft_wrap=True,
    )
    return 0


def _print_answer(directory: Path) -> None:
    store = SparqlStore.for_directory(directory)
    answer = store.query(QUERY)
    if not is_table(answer):
        raise QueryError("the demo's question has no table for an answer")
    columns, rows = read_table(answer, store.iris)
    table = Table()
    for column in columns:
        table.add_column(column, justify="right" if column.endswith("papers") else "left")
    for row in rows:
        table.add_row(*map(escape, row))
    out().print(table)
