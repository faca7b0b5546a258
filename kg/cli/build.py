"""``kg build``: inputs → graph directory."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from kg.cli.console import count, err, progress
from kg.cli.fetch import Offline, reading_live
from kg.cli.llm import DryRun, jobs_for, reader_options, show_estimate, show_usage
from kg.cli.options import (
    Captured,
    ExtractorName,
    InputFormat,
    Inputs,
    Jobs,
    Lexicons,
    Model,
    ProblemCounter,
    Strict,
    parse_date,
)
from kg.cli.permission import require_writable
from kg.directory import GraphDirectory
from kg.pipeline import refresh
from kg.plugins import load_extractor
from kg.sources import merge_papers, read_papers


def build(
    inputs: Inputs,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Graph directory to make or renew.")
    ] = Path("graph"),
    captured: Captured = None,
    input_format: InputFormat = None,
    strict: Strict = False,
    jobs: Jobs = 1,
    model: Model = "auto",
    lexicon: Lexicons = None,
    extractor: ExtractorName = "default",
    dry_run: DryRun = False,
    offline: Offline = False,
) -> int:
    """Build a graph directory from papers.

    What was extracted before from the same text by the same model is not extracted again. A directory is renewed in
    one step: whatever happens, it holds either the old graph or the new one.

    [bold]Example[/bold]  kg build pages/*.txt --captured 2025-11-05 -o out
    """
    if not dry_run:
        require_writable(output)
    began = time.perf_counter()
    problems = ProblemCounter()
    with reading_live(inputs, offline=offline):
        papers = merge_papers(
            read_papers(
                inputs, captured=parse_date(captured), format=input_format, strict=strict, on_problem=problems
            )
        )
    options = reader_options(extractor, model, lexicon)
    maker = load_extractor(extractor, **options)
    if dry_run:
        return show_estimate(maker, papers, output)
    try:
        with GraphDirectory.create(output) as directory, progress("Reading papers", len(papers)) as advance:
            read = refresh(
                directory,
                papers,
                extractor=extractor,
                options=options,
                jobs=jobs_for(maker, jobs),
                today=time.strftime("%Y-%m-%d"),
                progress=advance,
                maker=maker,
            )
    finally:
        show_usage(maker)
    seconds = time.perf_counter() - began
    console = err()
    console.print(
        f"[green]built[/green]  {escape(str(output))}: {count(len(papers), 'paper')}, {read:,} read anew, {seconds:.1f} s",
        soft_wrap=True,
    )
    console.print(
        f"[dim]next   kg stats {output}   kg query {output} --list   kg view {output}[/dim]", soft_wrap=True
    )
    return problems.finish()
