"""``kg update``: new papers into a graph directory, changed ones replaced."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.markup import escape

from kg.cli.console import err, progress
from kg.cli.fetch import Offline, reading_live
from kg.cli.options import (
    Captured,
    Directory,
    InputFormat,
    Jobs,
    Lexicons,
    ProblemCounter,
    Strict,
    extractor_options,
    parse_date,
)
from kg.cli.permission import require_writable
from kg.directory import GraphDirectory
from kg.fetch import is_live
from kg.sources import merge_papers, read_papers
from kg.sources.reading import NoPapersError
from kg.update import update as update_directory


def update(
    directory: Directory,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE…",
            show_default=False,
            help="Files, folders, globs, or live sources such as [bold]hf:2025-11-05[/bold].",
        ),
    ],
    captured: Captured = None,
    input_format: InputFormat = None,
    strict: Strict = False,
    offline: Offline = False,
    jobs: Jobs = 1,
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", metavar="NAME", help="Another reader; all papers are then read anew."),
    ] = None,
    lexicon: Lexicons = None,
    extractor: Annotated[
        str | None,
        typer.Option(
            "--extractor", "-x", metavar="NAME", help="Another extractor; all papers are then read anew."
        ),
    ] = None,
) -> int:
    """Add new papers to a graph directory and replace changed ones; the rest is not touched.

    [bold]Every night[/bold]  15 6 * * * kg update ~/papers "hf:$(date -d yesterday +\\%F)" && kg diff ~/papers --since "$(date +\\%F)" --html ~/new.html
    """
    require_writable(directory)
    began = time.perf_counter()
    problems = ProblemCounter()
    with GraphDirectory.open(directory) as opened:
        try:
            with reading_live(inputs, offline=offline):
                papers = merge_papers(
                    read_papers(
                        inputs,
                        captured=parse_date(captured),
                        format=input_format,
                        strict=strict,
                        on_problem=problems,
                    )
                )
        except NoPapersError:
            if not all(is_live(name) for name in inputs):
                raise
            papers = []  # a day without papers, as weekends are
        other = model is not None or lexicon is not None or extractor is not None
        options = (
            extractor_options(model or "auto", lexicon) if model is not None or lexicon is not None else None
        )
        with progress("Reading papers", len(papers)) as advance:
            report = update_directory(
                opened, papers, extractor=extractor or ("default" if other else None), options=options, jobs=jobs,
                today=time.strftime("%Y-%m-%d"), progress=advance,
            )  # fmt: skip
    seconds = time.perf_counter() - began
    err().print(
        f"[green]updated[/green]  {escape(str(directory))}: {len(report.new):,} new, {len(report.changed):,} changed, "
        f"{report.retold:,} with other details, {report.same:,} as they were; {report.extracted:,} read anew, {seconds:.1f} s",
        soft_wrap=True,
    )
    return problems.finish()
