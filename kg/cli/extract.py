"""``kg extract``: papers → JSON Lines of what their texts say."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import tee
from pathlib import Path
from typing import IO, Annotated

import msgspec
import typer

from kg.atomic import atomic_write
from kg.cli.console import progress
from kg.cli.llm import DryRun, jobs_for, reader_options, show_estimate, show_usage
from kg.cli.options import (
    Captured,
    ExtractorName,
    InputFormat,
    Inputs,
    Jobs,
    Lexicons,
    MinConfidence,
    Model,
    ProblemCounter,
    Strict,
    parse_date,
)
from kg.extraction_record import confident, extraction_to_record
from kg.model import Extraction, Paper
from kg.pipeline import extract_all
from kg.plugins import load_extractor
from kg.sources import read_papers


def extract(
    inputs: Inputs,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE.jsonl", help="Where to write; [bold]-[/bold] is standard output."
        ),
    ] = Path("-"),
    min_confidence: MinConfidence = 0.0,
    captured: Captured = None,
    input_format: InputFormat = None,
    strict: Strict = False,
    jobs: Jobs = 1,
    model: Model = "auto",
    lexicon: Lexicons = None,
    extractor: ExtractorName = "default",
    dry_run: DryRun = False,
) -> int:
    """Extract entities, links and relations: one JSON object a paper, in the order of the input.

    [bold]Example[/bold]  kg extract papers.jsonl -o found.jsonl
    """
    problems = ProblemCounter()
    papers = _distinct(
        read_papers(
            inputs, captured=parse_date(captured), format=input_format, strict=strict, on_problem=problems
        )
    )
    options = reader_options(extractor, model, lexicon)
    maker = load_extractor(extractor, **options)
    if dry_run:
        return show_estimate(maker, list(papers))
    first, second = tee(papers)
    read = extract_all(first, extractor=extractor, options=options, jobs=jobs_for(maker, jobs), maker=maker)
    found = zip(second, read, strict=True)
    try:
        with progress("Reading papers", None) as advance:
            counted = _count(found, advance)
            if str(output) == "-":
                _write(sys.stdout, counted, min_confidence)
            else:
                with atomic_write(output) as stream:
                    _write(stream, counted, min_confidence)
    finally:
        show_usage(maker)
    return problems.finish()


def _distinct(papers: Iterable[Paper]) -> Iterator[Paper]:
    """Papers whose record was not seen before: the same paper on two pages is one line."""
    seen: set[str] = set()
    for paper in papers:
        identity = paper.record_id if paper.record_id is not None else paper.id
        if identity not in seen:
            seen.add(identity)
            yield paper


def _count(
    pairs: Iterable[tuple[Paper, Extraction]], advance: Callable[[int], None]
) -> Iterator[tuple[Paper, Extraction]]:
    for pair in pairs:
        advance(1)
        yield pair


def _write(stream: IO[str], pairs: Iterable[tuple[Paper, Extraction]], min_confidence: float) -> None:
    for paper, extraction in pairs:
        kept = confident(extraction, min_confidence)
        stream.write(msgspec.json.encode(extraction_to_record(paper, kept)).decode() + "\n")
