"""``kg evaluate``: quality of extraction against annotated papers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from kg.cli.console import out, progress
from kg.cli.options import ExtractorName, Jobs, Lexicons, MinConfidence, Model, extractor_options
from kg.errors import SourceError
from kg.extraction_record import extraction_to_record
from kg.pipeline import extract_all
from kg.scoring import Scores, score
from kg.sources import read_papers


def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD.jsonl", help="Annotated papers.", show_default=False)],
    predicted: Annotated[
        Path | None,
        typer.Option(
            "--predicted",
            metavar="FILE.jsonl",
            help="Judge this output of [bold]kg extract[/bold] instead of reading anew.",
        ),
    ] = None,
    errors: Annotated[
        int,
        typer.Option("--errors", min=0, metavar="N", help="Show the N most frequent errors of each sort."),
    ] = 0,
    by_source: Annotated[
        bool, typer.Option("--by-source", help="Figures for each source of papers, too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    min_confidence: MinConfidence = 0.0,
    jobs: Jobs = 1,
    model: Model = "auto",
    lexicon: Lexicons = None,
    extractor: ExtractorName = "default",
) -> int:
    """Compare extractions with annotated papers.

    [bold]Example[/bold]  kg evaluate annotated.jsonl --errors 20
    """
    annotated = read_records(gold)
    if predicted is None:
        papers = list(read_papers([str(gold)]))
        options = extractor_options(model, lexicon) if extractor == "default" else {}
        found: dict[str, Mapping[str, Any]] = {}
        with progress("Reading papers", len(papers)) as advance:
            for paper, extraction in zip(
                papers, extract_all(papers, extractor=extractor, options=options, jobs=jobs), strict=True
            ):
                record = extraction_to_record(paper, extraction)
                found[str(record["id"])] = record
                advance(1)
    else:
        found = dict(read_records(predicted))
    if min_confidence:
        found = {
            i: {**r, "entities": [e for e in r["entities"] if e.get("confidence", 1.0) >= min_confidence]}
            for i, r in found.items()
        }
    scores = score(annotated, found)
    if as_json:
        typer.echo(json.dumps(scores.as_dict(), indent=1))
        return 0
    console = out()
    show_scores(console, scores, "All papers" if by_source else "")
    if by_source:
        for source in sorted({str(r.get("source", "")) for r in annotated.values()}):
            part = {i: r for i, r in annotated.items() if str(r.get("source", "")) == source}
            show_scores(console, score(part, found), f"{source or 'no source'} ({len(part)} papers)")
    for sort, counted in scores.errors.items():
        if errors:
            console.print(f"\n[bold]{sort}[/bold]")
            for what, number in counted.most_common(errors):
                console.print(f"{number:5}  {what}", markup=False)
    return 0


def show_scores(console: Console, scores: Scores, title: str) -> None:
    """Print one table of figures."""
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("")
    for column in ("P", "R", "F1", "gold"):
        table.add_column(column, justify="right")
    for name, row in scores.rows.items():
        table.add_row(name, f"{row.precision:.3f}", f"{row.recall:.3f}", f"{row.f1:.3f}", str(row.gold))
    table.add_section()
    table.add_row("role accuracy", "", "", f"{scores.role_accuracy:.3f}", "")
    table.add_row("link kind accuracy", "", "", f"{scores.link_kind_accuracy:.3f}", "")
    table.add_row("expected calibration error", "", "", f"{scores.expected_calibration_error:.3f}", "")
    for threshold, (precision, number) in scores.calibration.items():
        table.add_row(
            f"precision at confidence ≥ {threshold}", f"{precision:.3f}", "", "", f"({number} found)"
        )
    console.print(table)


def read_records(path: Path) -> dict[str, Mapping[str, Any]]:
    """Annotated or extracted records by id.

    Raises:
        SourceError: where a line is not such a record.
    """
    records: dict[str, Mapping[str, Any]] = {}
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}", source=str(path)) from error
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise SourceError(f"is not JSON: {error}", source=str(path), line=number) from error
        if not isinstance(record, dict) or "id" not in record or not isinstance(record.get("entities"), list):
            raise SourceError(
                "is not an annotated paper: it needs id and entities", source=str(path), line=number
            )
        records[str(record["id"])] = record
    if not records:
        raise SourceError("holds no annotated paper", source=str(path))
    return records
