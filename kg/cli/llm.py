"""What the command line says about a language model: what reading would cost, and what it has cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from extractors.llm.endpoint import Settings
from extractors.llm.extractor import LlmExtractor
from kg.cli.console import err
from kg.cli.options import extractor_options
from kg.directory import DATABASE, GraphDirectory, content_hash
from kg.errors import ExtractionError
from kg.model import Paper
from kg.plugins import Extractor

DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="With a language model: say what reading would take and cost, and stop."),
]


def reader_options(extractor: str, model: str, lexicons: list[Path] | None) -> dict[str, object]:
    """The options that an extractor takes from the command line."""
    last = extractor.rpartition(",")[2].strip()
    return extractor_options(model, lexicons) if last in ("default", "llm") else {}


def jobs_for(maker: Extractor, jobs: int) -> int:
    """Worker processes: a language model is asked from one, which keeps count and has many requests in flight."""
    return 1 if isinstance(maker, LlmExtractor) else jobs


def show_estimate(maker: Extractor, papers: Sequence[Paper], directory: Path | None = None) -> int:
    """Say what reading these papers would take; what a directory holds already is not counted.

    Raises:
        ExtractionError: for an extractor that costs nothing.
    """
    if not isinstance(maker, LlmExtractor):
        raise ExtractionError(
            "a dry run is for language models", hint="Add --extractor llm, or leave out --dry-run"
        )
    todo = list(papers)
    if directory is not None and (directory / DATABASE).is_file():
        with GraphDirectory.open(directory) as opened:
            hashes = {content_hash(paper): paper for paper in papers}
            known = opened.extracted(f"{maker.name}-{maker.version}", hashes)
        todo = [paper for content, paper in hashes.items() if content not in known]
    found = maker.estimate(todo)
    maker.close()
    err().print(
        f"[bold]dry run[/bold]  {escape(maker.settings.model)} at {escape(maker.settings.url)}: {found.asked:,} of "
        f"{found.papers:,} papers, about {found.prompt_tokens:,} tokens there and {found.completion_tokens:,} back"
        f"{_cost(found.cost, maker.settings)}; nothing was sent",
        soft_wrap=True,
    )
    return 0


def show_usage(maker: Extractor) -> None:
    """Say what was sent and what came of it, where a language model read; its connections are closed then."""
    if not isinstance(maker, LlmExtractor):
        return
    maker.close()
    if not maker.usage.papers:
        return
    usage = maker.usage
    err().print(
        f"[green]asked[/green]  {escape(maker.settings.model)}: {usage.sent:,} of {usage.papers:,} papers, {usage.cached:,} answered "
        f"from before; {usage.prompt_tokens:,} tokens there, {usage.completion_tokens:,} back"
        f"{_cost(usage.cost(maker.settings.price), maker.settings)}",
        soft_wrap=True,
    )
    err().print(
        f"[dim]of {usage.listed:,} names given, {usage.invented:,} were not in the text and are thrown away, {usage.mended:,} stood in another "
        f"spelling; {usage.unfit:,} relations and {usage.malformed:,} malformed items thrown away; {usage.failed:,} papers without an "
        "answer of use keep the local reading[/dim]",
        soft_wrap=True,
    )


def _cost(cost: float | None, settings: Settings) -> str:
    if cost is None:
        return "" if settings.price else " (set KG_LLM_PRICE for the cost)"
    return f", {cost:,.4f} in the currency of KG_LLM_PRICE"
