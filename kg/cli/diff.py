"""``kg diff``: what is new in a graph directory since a day."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from exports.pages.whats_new import write_whats_new
from kg.changes import Changes, find_changes
from kg.cli.console import err, out
from kg.cli.options import Directory, MinConfidence
from kg.directory import GraphDirectory
from kg.schema import RELATIONS


def diff(
    directory: Directory,
    since: Annotated[
        str,
        typer.Option(
            "--since", metavar="DATE", help="A day such as 2025-11-05; what came on it counts as new."
        ),
    ],
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE.html", help="Write the page “What is new”, too.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="Rows of each table.")] = 20,
    min_confidence: MinConfidence = 0.0,
) -> int:
    """Tell what is new since a day: papers, first-seen datasets and models, methods on the rise, changed claims.

    [bold]Example[/bold]  kg diff out --since 2025-11-05 --html new.html
    """
    with GraphDirectory.open(directory) as opened:
        changes = find_changes(opened, since, min_confidence=min_confidence)
    if as_json:
        sys.stdout.write(json.dumps(_as_record(changes), ensure_ascii=False, indent=2) + "\n")
    else:
        _show(changes, limit)
    if html is not None:
        write_whats_new(changes, html, title=f"What is new in {directory.resolve().name}")
        err().print(f"[green]wrote[/green]  {escape(str(html))}", soft_wrap=True)
    return 0


def _as_record(changes: Changes) -> dict[str, object]:
    return {
        "since": changes.since,
        "papers_before": changes.before,
        "new": [{"id": p.id, "title": p.title} for p in changes.new],
        "changed": [{"id": p.id, "title": p.title} for p in changes.changed],
        "removed": [{"id": p.id, "title": p.title} for p in changes.removed],
        "first_seen": [
            {"id": f.entity.id, "type": str(f.entity.type), "name": f.entity.name, "introduced_by": [p.id for p in f.introduced_by],
             "papers": [p.id for p in f.papers], "quote": f.quote}
            for f in changes.first_seen
        ],
        "rising": [
            {"id": r.entity.id, "name": r.entity.name, "now": r.now, "before": r.before,
             "share_now": round(r.share_now, 4), "share_before": round(r.share_before, 4)}
            for r in changes.rising
        ],
        "claims": [
            {"paper": c.paper.id, "change": "new" if c.kept else "gone", "subject": c.subject, "relation": c.claim.relation,
             "object": c.object, "quote": c.claim.evidence.quote}
            for c in changes.claims
        ],
    }  # fmt: skip


def _show(changes: Changes, limit: int) -> None:
    console = out()
    console.print(
        f"Since {changes.since}: {len(changes.new):,} new papers, {len(changes.changed):,} changed, "
        f"{len(changes.removed):,} removed; {changes.before:,} were there before"
    )
    first = Table(title=f"First seen ({len(changes.first_seen):,})", title_justify="left")
    for column in ("Name", "Type", "Papers", "Introduced by"):
        first.add_column(column)
    for found in changes.first_seen[:limit]:
        by = found.introduced_by[0].id if found.introduced_by else ""
        first.add_row(escape(found.entity.name), str(found.entity.type), str(len(found.papers)), escape(by))
    rising = Table(title=f"Methods on the rise ({len(changes.rising):,})", title_justify="left")
    for column in ("Name", "New", "Share", "Before", "Share"):
        rising.add_column(column)
    for r in changes.rising[:limit]:
        rising.add_row(
            escape(r.entity.name), str(r.now), f"{r.share_now:.1%}", str(r.before), f"{r.share_before:.1%}"
        )
    claims = Table(title=f"Changed claims ({len(changes.claims):,})", title_justify="left")
    for column in ("", "Paper", "Claim"):
        claims.add_column(column)
    for c in changes.claims[:limit]:
        label = RELATIONS[c.claim.relation].label
        claims.add_row("+" if c.kept else "-", escape(c.paper.id), escape(f"{c.subject} {label} {c.object}"))
    for table in (first, rising, claims):
        if table.row_count:
            console.print(table)
