"""Options that several commands share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from kg.cli.console import complain
from kg.model import PartialDate
from kg.sources import Problem

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT…",
        help="Files, folders or globs; [bold]-[/bold] reads standard input, [bold]sample[/bold] is the bundled sample. "
        "Saved Daily Papers pages (text or HTML), JSON Lines, JSON, CSV, TSV, BibTeX, RIS, Atom: found by content. "
        "Or live sources: [bold]hf:2025-11-05[/bold], [bold]arxiv:cs.CL[/bold], … ([bold]kg fetch --help[/bold]).",
        show_default=False,
    ),
]
Directory = Annotated[
    Path,
    typer.Argument(
        metavar="DIR", help="A graph directory made by [bold]kg build[/bold].", show_default=False
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="A bad record is an error instead of being skipped.")]
Captured = Annotated[
    str | None,
    typer.Option(
        "--captured",
        metavar="DATE",
        help="When the pages were saved (2025-11-05); completes dates without a year.",
    ),
]
InputFormat = Annotated[
    str | None, typer.Option("--input-format", metavar="NAME", help="Do not guess the format of the input.")
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, metavar="N", help="Worker processes.")]
Model = Annotated[
    str,
    typer.Option(
        "--model", "-m", metavar="NAME",
        help="Which reader: [bold]auto[/bold] (fast, and best where fast is unsure), [bold]best[/bold], [bold]fast[/bold], [bold]rules[/bold], or the path of a model of your own.",
    ),
]  # fmt: skip
Lexicons = Annotated[
    list[Path] | None,
    typer.Option("--lexicon", metavar="FILE.toml", help="Your own names (may be given several times)."),
]
MinConfidence = Annotated[
    float,
    typer.Option("--min-confidence", min=0.0, max=1.0, metavar="P", help="Leave out what is less certain."),
]
ExtractorName = Annotated[
    str, typer.Option("--extractor", "-x", metavar="NAME", help="Extractor plug-in to read with.")
]


def parse_date(text: str | None) -> PartialDate | None:
    """Read ``2025-11-05``, ``2025-11`` or ``2025``.

    Raises:
        typer.BadParameter: for anything else.
    """
    if text is None:
        return None
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", text.strip())
    if match is None:
        raise typer.BadParameter(f"{text!r} is not a date such as 2025-11-05")
    year, month, day = (int(part) if part else None for part in match.groups())
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        raise typer.BadParameter(f"{text!r} is not a date")
    return PartialDate(year, month, day)


def extractor_options(model: str, lexicons: list[Path] | None) -> dict[str, object]:
    """The options of the built-in extractor."""
    options: dict[str, object] = {"model": model}
    if lexicons:
        options["lexicons"] = tuple(str(path) for path in lexicons)
    return options


class ProblemCounter:
    """Counts the records that are skipped, and reports the first few problems of each kind."""

    def __init__(self, most: int = 10) -> None:
        self.count = 0
        self._notes = 0
        self._most = most

    def __call__(self, problem: Problem) -> None:
        """Report one bad record, or one thing amiss that costs none."""
        if problem.lost:
            self.count += 1
        else:
            self._notes += 1
        if (self.count if problem.lost else self._notes) <= self._most:
            word = "skipped" if problem.lost else "note"
            place = problem.source + (f":{problem.line}" if problem.line else "")
            hint = f". {problem.hint}" if problem.hint else ""
            complain(f"[yellow]{word}[/yellow]  {escape(place)}: {escape(problem.what)}{escape(hint)}")

    def finish(self) -> int:
        """Say how many there were; the exit status is 1 where a record was skipped, else 0."""
        if self._notes > self._most:
            complain(f"[yellow]note[/yellow]  {self._notes - self._most:,} more")
        if self.count > self._most:
            complain(f"[yellow]skipped[/yellow]  {self.count - self._most:,} more")
        return 1 if self.count else 0
