"""``kg stats``: what a graph holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from kg.cli.console import err, out
from kg.cli.options import Directory, MinConfidence
from kg.graph import GraphStats, KnowledgeGraph
from kg.pipeline import load_graph
from kg.schema import NODE_TYPES, RELATIONS


def stats(
    directory: Directory,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    top: Annotated[int, typer.Option("--top", min=0, metavar="N", help="Names to show of each type.")] = 5,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Figures instead: one page, each to save as SVG."),
    ] = None,
    min_confidence: MinConfidence = 0.0,
) -> int:
    """Count papers, nodes and edges by type, and name the most connected.

    [bold]Example[/bold]  kg stats out --json
    """
    graph = load_graph(directory, min_confidence=min_confidence)
    if html is not None:
        from exports.pages.report import write_report

        write_report(graph, html, title=directory.resolve().name)
        err().print(f"[green]wrote[/green]  {escape(str(html))}", soft_wrap=True)
        return 0
    if as_json:
        typer.echo(json.dumps(graph.stats().as_dict(), ensure_ascii=False))
        return 0
    console = out()
    for table in stats_tables(graph, graph.stats(), top=top):
        console.print(table)
    return 0


def stats_tables(graph: KnowledgeGraph, counts: GraphStats, *, top: int) -> tuple[Table, Table]:
    """Nodes by type with the most connected names, and edges by relation."""
    nodes = Table(title="Nodes", title_justify="left", title_style="bold")
    nodes.add_column("type")
    nodes.add_column("number", justify="right")
    if top:
        nodes.add_column("most connected")
    for name, number in counts.nodes.items():
        row = [f"[{NODE_TYPES[name].colour}]●[/] {NODE_TYPES[name].plural}", f"{number:,}"]
        if top:
            row.append(
                ", ".join(most_connected(graph, name, top)) if name not in ("paper", "resource") else ""
            )
        nodes.add_row(*row)
    edges = Table(title="Edges", title_justify="left", title_style="bold")
    edges.add_column("relation")
    edges.add_column("number", justify="right")
    edges.add_column("meaning", style="dim")
    for name, number in counts.edges.items():
        edges.add_row(RELATIONS[name].label, f"{number:,}", RELATIONS[name].definition)
    return nodes, edges


def most_connected(graph: KnowledgeGraph, type: str, top: int) -> list[str]:
    """Names of the entities of a type that most papers speak of."""
    ranked = sorted(graph.entities(type), key=lambda e: (-graph.degree(e), e.id))
    return [entity.name for entity in ranked[:top]]
