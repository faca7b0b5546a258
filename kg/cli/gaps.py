"""``kg gaps``: announced, but not linked."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from kg.atomic import atomic_write
from kg.cli.console import err, out
from kg.cli.options import Directory
from kg.directory import GraphDirectory
from kg.gaps import STATES, Gap, find_gaps
from kg.model import Paper


class Shape(StrEnum):
    """How the report looks."""

    TABLE = "table"
    CSV = "csv"
    MARKDOWN = "markdown"


def gaps(
    directory: Directory,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write a file: .csv or .md; otherwise standard output."
        ),
    ] = None,
    shape: Annotated[Shape | None, typer.Option("--format", "-f", help="table, csv or markdown.")] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(
            "--state", metavar="NAME", help="Only these: nowhere, hub, dead (may be given several times)."
        ),
    ] = None,
) -> int:
    """List papers that announce code, data or a model and link none, with the sentence that announces it.

    Whether the Hub's page of a paper links anything is known of papers fetched from the Hub; whether a link is dead,
    after [bold]kg enrich[/bold].

    [bold]Example[/bold]  kg gaps out -o gaps.md
    """
    for name in state or ():
        if name not in STATES:
            raise typer.BadParameter(f"{name!r} is none of {', '.join(STATES)}")
    with GraphDirectory.open(directory) as opened:
        found = [
            gap
            for gap in find_gaps(opened.extractions(), facts=opened.facts())
            if not state or gap.state in state
        ]
        total = len(opened.paper_ids())
    chosen = shape or _shape_of(output)
    if chosen is Shape.TABLE:
        _show(found)
    else:
        text = _as_csv(found) if chosen is Shape.CSV else as_markdown(found, total)
        if output is None:
            sys.stdout.write(text)
        else:
            with atomic_write(output) as stream:
                stream.write(text)
            err().print(f"[green]wrote[/green]  {escape(str(output))}", soft_wrap=True)
    counts = Counter(gap.state for gap in found)
    said = ", ".join(f"{counts[name]:,} {name}" for name in STATES if counts[name]) or "none"
    err().print(f"[dim]gaps in {total:,} papers: {said}[/dim]", soft_wrap=True)
    return 0


def as_markdown(found: Sequence[Gap], total: int) -> str:
    """The report as an issue: one box to tick a paper, the sentence quoted; text of papers cannot mention or link anyone."""
    lines = [f"## Announced, but not linked: {len(found):,} of {total:,} papers", ""]
    for state, meaning in STATES.items():
        of_state = [gap for gap in found if gap.state == state]
        if not of_state:
            continue
        lines += [f"### {meaning[0].upper()}{meaning[1:]} ({len(of_state):,})", ""]
        for gap in of_state:
            kinds = ", ".join(gap.kinds)
            promise = ", promised" if gap.announcement.later else ""
            lines.append(f"- [ ] {_linked(gap.paper)} — {kinds}{promise}")
            lines.append(f"  > {_plain(gap.announcement.quote)}")
            lines += [f"  - <{link}>" for link in gap.links]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _as_csv(found: Sequence[Gap]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["paper", "title", "announces", "state", "promised", "sentence", "links", "page"])
    for gap in found:
        cells = [
            gap.paper.id, gap.paper.title, " ".join(gap.kinds), gap.state, "yes" if gap.announcement.later else "no",
            gap.announcement.quote, " ".join(gap.links), _page(gap.paper) or "",
        ]  # fmt: skip
        writer.writerow([_harmless(" ".join(cell.split())) for cell in cells])
    return buffer.getvalue()


def _show(found: Sequence[Gap]) -> None:
    table = Table(title=f"Announced, but not linked ({len(found):,})", title_justify="left")
    for column in ("Paper", "Announces", "Where", "Sentence"):
        table.add_column(column, overflow="fold")
    for gap in found:
        sentence = " ".join(gap.announcement.quote.split())
        table.add_row(escape(gap.paper.id), " ".join(gap.kinds), gap.state, escape(sentence))
    out().print(table)


def _shape_of(output: Path | None) -> Shape:
    if output is None:
        return Shape.TABLE
    return Shape.CSV if output.suffix.lower() == ".csv" else Shape.MARKDOWN


def _page(paper: Paper) -> str | None:
    if paper.arxiv_id:
        on_hub = any(s.format.startswith(("hf-papers", "daily-papers")) for s in paper.sightings)
        return (
            f"https://huggingface.co/papers/{paper.arxiv_id}"
            if on_hub
            else f"https://arxiv.org/abs/{paper.arxiv_id}"
        )
    return f"https://doi.org/{paper.doi}" if paper.doi else None


def _linked(paper: Paper) -> str:
    page, title = _page(paper), _plain(paper.title)
    return f"[{title}](<{page}>)" if page else title


def _plain(text: str) -> str:
    """Text that Markdown shows as it is: no mark-up, no mention of a user, no number of an issue."""
    flat = " ".join(text.split())
    escaped = re.sub(r"([\\`*_{}\[\]<>#+!|~&])", r"\\\1", flat)
    return re.sub(r"@(?=\w)", "@\u200b", escaped)


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet takes for text and not for a formula."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t") else cell
