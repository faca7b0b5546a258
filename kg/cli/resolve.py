"""``kg resolve``: entities of papers → the node that each of them becomes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, Annotated

import typer

from extractors.abbreviations import find_abbreviations
from kg.atomic import atomic_write
from kg.merges import Decisions, read_decisions
from kg.model import Extraction
from kg.resolution import Resolution
from kg.resolution import resolve as resolve_entities
from kg.resolution.records import read_extractions


def resolve(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE.jsonl…",
            help="Papers with their entities: annotated papers, or the output of [bold]kg extract[/bold].",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE.tsv", help="Where to write; [bold]-[/bold] is standard output."
        ),
    ] = Path("-"),
    merges: Annotated[
        Path | None,
        typer.Option(
            "--merges", metavar="FILE.tsv", help="Decisions of yours: same or different, two names."
        ),
    ] = None,
) -> int:
    """Say which node every entity becomes: lines of paper, name and node, separated by tabs.

    The entities are taken as they are; nothing is extracted anew.

    [bold]Example[/bold]  kg resolve annotated.jsonl -o nodes.tsv
    """
    decisions = read_decisions(merges) if merges is not None else Decisions()
    extractions = [extraction for path in inputs for extraction in read_extractions(path, define=_define)]
    found = resolve_entities(extractions, decisions=decisions)
    if str(output) == "-":
        write_nodes(sys.stdout, extractions, found)
    else:
        with atomic_write(output) as stream:
            write_nodes(stream, extractions, found)
    return 0


def _define(text: str) -> list[tuple[str, str]]:
    return [(item.short, item.long) for item in find_abbreviations(text)]


def write_nodes(stream: IO[str], extractions: list[Extraction], found: Resolution) -> None:
    """Write ``paper TAB name TAB node`` for every entity, in the order of the input."""
    last = {extraction.paper_id: number for number, extraction in enumerate(extractions)}
    for number, extraction in enumerate(extractions):
        if last[extraction.paper_id] != number:
            continue
        for index, entity in enumerate(extraction.entities):
            name = entity.name.replace("\t", " ").replace("\n", " ")
            stream.write(f"{extraction.paper_id}\t{name}\t{found.nodes[(extraction.paper_id, index)]}\n")
