"""``kg explain``: how one text is read, and what spoke for it."""

from __future__ import annotations

import sys
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from kg.cli.console import out
from kg.cli.options import Lexicons, MinConfidence, Model
from kg.extraction_record import confident, extraction_to_record
from kg.model import Extraction, Paper
from kg.schema import NODE_TYPES, RELATIONS


def explain(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT", help="An abstract; [bold]-[/bold] reads standard input.", show_default=False
        ),
    ],
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="The paper's title.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    min_confidence: MinConfidence = 0.0,
    model: Model = "auto",
    lexicon: Lexicons = None,
) -> int:
    """Show a text with its names, links and relations, how sure each is, and why.

    [bold]Example[/bold]  kg explain "We propose FooNet, a network, and evaluate it on ImageNet."
    """
    from extractors.pipeline import (
        make_extractor,
    )  # spaCy takes a second to load; other commands need not wait

    paper = Paper("text", title, sys.stdin.read() if text == "-" else text)
    (extraction,) = make_extractor(model=model, lexicons=tuple(lexicon or ())).extract([paper])
    kept = confident(extraction, min_confidence)
    if as_json:
        record = extraction_to_record(paper, kept)
        for entity, found in zip(record["entities"], kept.entities, strict=True):
            entity["because"] = list(found.because)
        typer.echo(msgspec.json.encode(record).decode())
        return 0
    console = out()
    console.print(coloured(paper, kept))
    _show_tables(console, kept)
    return 0


def coloured(paper: Paper, extraction: Extraction) -> Text:
    """The paper's text with its names in the colours of their types and its links underlined."""
    text = Text(paper.text.lstrip("\n") if not paper.title else paper.text)
    shift = len(paper.text) - len(text.plain)
    for entity in extraction.entities:
        for mention in entity.mentions:
            text.stylize(
                f"bold white on {NODE_TYPES[entity.type].colour}", mention.start - shift, mention.end - shift
            )
    for link in extraction.links:
        text.stylize("underline", link.start - shift, link.end - shift)
    return text


def _show_tables(console: Console, extraction: Extraction) -> None:
    names = Table(title="\nNames", title_justify="left", title_style="bold")
    for column, justify in (
        ("name", "left"),
        ("type", "left"),
        ("sure", "right"),
        ("role", "left"),
        ("sure", "right"),
    ):
        names.add_column(column, justify="right" if justify == "right" else "left")
    names.add_column("what spoke for it", style="dim")
    for entity in extraction.entities:
        row = NODE_TYPES[entity.type]
        shown = (
            entity.name
            if len(entity.aliases) == 1
            else f"{entity.name} ({', '.join(a for a in entity.aliases if a != entity.name)})"
        )
        names.add_row(
            escape(shown), f"[{row.colour}]●[/] {row.name}", f"{entity.confidence:.2f}", RELATIONS[entity.role].label,
            f"{entity.role_confidence:.2f}", escape("; ".join(entity.because)),
        )  # fmt: skip
    if extraction.entities:
        console.print(names)
    else:
        console.print("\nNo names found.")
    if extraction.links:
        links = Table(title="\nLinks", title_justify="left", title_style="bold")
        for column in ("address", "kind", "role"):
            links.add_column(column)
        for link in extraction.links:
            links.add_row(escape(link.url), link.kind, link.role)
        console.print(links)
    if extraction.relations:
        relations = Table(title="\nRelations", title_justify="left", title_style="bold")
        for column in ("head", "relation", "tail", "sure", "evidence"):
            relations.add_column(column, style="dim" if column == "evidence" else None)
        for found in extraction.relations:
            relations.add_row(
                escape(found.head),
                RELATIONS[found.type].label,
                escape(found.tail),
                f"{found.confidence:.2f}",
                escape(found.evidence.quote),
            )
        console.print(relations)
