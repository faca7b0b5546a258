"""``kg enrich``: what is behind the links of a graph."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from kg.cli.console import complain, err, out, progress
from kg.cli.fetch import NoCache, Offline, say_wait
from kg.cli.options import Directory
from kg.cli.permission import require_writable
from kg.directory import GraphDirectory
from kg.enrich import enrich as ask_about
from kg.enrich import links_of, open_public_client
from kg.facts import UNKNOWN, LinkFact
from kg.http import ResponseCache
from kg.http.cache import cache_folder

_AT_ONCE = 50


def enrich(
    directory: Directory,
    pages: Annotated[
        bool, typer.Option("--pages", help="Look whether project pages and archives are there, too.")
    ] = False,
    max_age: Annotated[
        int,
        typer.Option("--max-age", min=0, metavar="DAYS", help="Ask again about what was seen longer ago."),
    ] = 7,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, metavar="N", help="The most links to ask about.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="List what is known, and ask nobody.")] = False,
    offline: Offline = False,
    no_cache: NoCache = False,
) -> int:
    """Ask what is behind each repository and Hub link: there or gone, moved, stars, licence, language, last change, downloads.

    Only public addresses are asked, also after redirects. GITHUB_TOKEN raises GitHub's allowance from 60 to 5,000 an hour.

    [bold]Example[/bold]  kg enrich out
    """
    if not show:
        require_writable(directory)
    with GraphDirectory.open(directory) as opened:
        links = links_of(opened.extractions(), pages=pages)
        known = opened.facts()
        if show:
            _list([known[url] for url in links if url in known])
            return 0
        oldest = (datetime.now(UTC) - timedelta(days=max_age)).strftime("%Y-%m-%dT%H:%M:%SZ")
        todo = {url: kind for url, kind in links.items() if _is_due(known.get(url), oldest)}
        todo = dict(list(todo.items())[:limit])
        cache = None if no_cache else ResponseCache(cache_folder())
        counts: Counter[str] = Counter()
        waiting: list[LinkFact] = []
        with (
            open_public_client(offline=offline, notice=say_wait, cache=cache) as client,
            progress("Asking", len(todo)) as advance,
        ):
            try:
                for fact in ask_about(
                    todo, client, now=lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
                ):
                    if fact.state != UNKNOWN or fact.url not in known:
                        waiting.append(fact)  # no answer does not undo what was seen before
                    counts[fact.state] += 1
                    advance(1)
                    if len(waiting) >= _AT_ONCE:
                        opened.store_facts(waiting)
                        waiting.clear()
            finally:
                opened.store_facts(waiting)
    said = ", ".join(f"{number:,} {state}" for state, number in sorted(counts.items())) or "nothing to ask"
    asked = sum(counts.values())
    err().print(
        f"[green]asked[/green]  {asked:,} of {len(links):,} links: {said}; {len(links) - len(todo):,} were seen lately",
        soft_wrap=True,
    )
    if asked < len(todo):
        complain(
            f"[yellow]left out[/yellow]  {len(todo) - asked:,} links, because a service's allowance is used up or nobody "
            "answers; run it again later, or set GITHUB_TOKEN or HF_TOKEN"
        )
        return 1
    return 0


def _is_due(fact: LinkFact | None, oldest: str) -> bool:
    return fact is None or fact.state == UNKNOWN or fact.seen < oldest


def _list(facts: list[LinkFact]) -> None:
    table = Table(title=f"Seen behind links ({len(facts):,})", title_justify="left")
    for column in ("Link", "State", "Stars", "Licence", "Language", "Changed", "Downloads", "Task", "Seen"):
        table.add_column(column, overflow="fold")
    for fact in facts:
        state = fact.state + (" (archived)" if fact.archived else "")
        cells = (
            fact.url, state, fact.stars, fact.licence, fact.language, fact.changed, fact.downloads, fact.task, fact.seen[:10],
        )  # fmt: skip
        table.add_row(*(escape(str(cell)) if cell is not None else "" for cell in cells))
    out().print(table)
