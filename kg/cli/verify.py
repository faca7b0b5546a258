"""``kg verify``: does what leaves the graph hold what it promises?"""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.markup import escape

from exports.rdf.verify import verify as run_checks
from kg.cli.console import out
from kg.cli.options import Directory
from kg.schema import DEFAULT_BASE_IRI


def verify(
    directory: Directory,
    base_iri: Annotated[
        str, typer.Option("--base-iri", metavar="IRI", help="Base of the IRIs in RDF.")
    ] = DEFAULT_BASE_IRI,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> int:
    """Check evidence, IRIs, RDF formats, SHACL shapes and counts; the exit status is 2 where something is broken.

    [bold]Example[/bold]  kg verify out
    """
    console = out()
    checks = []
    for check in run_checks(directory, base_iri=base_iri):
        checks.append(check)
        if as_json:
            continue
        mark = (
            "[yellow]–[/yellow]" if check.skipped else "[green]✓[/green]" if check.holds else "[red]✗[/red]"
        )
        console.print(f"{mark} {check.name:<13}{escape(check.skipped or check.promise)}")
        for fault in check.faults:
            console.print(f"    [red]{escape(fault)}[/red]")
    broken = sum(not check.holds for check in checks)
    if as_json:
        rows = [
            {
                "name": c.name,
                "promise": c.promise,
                "holds": c.holds,
                "skipped": c.skipped,
                "faults": list(c.faults),
            }
            for c in checks
        ]
        typer.echo(json.dumps({"holds": broken == 0, "checks": rows}, ensure_ascii=False))
    elif broken:
        console.print(f"[red]{broken} of {len(checks)} promises are broken[/red]")
    return 2 if broken else 0
