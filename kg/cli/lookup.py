"""``kg lookup``: what nodes are elsewhere, asked of Wikidata and the Hub."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from kg.cli.console import complain, err, out, progress
from kg.cli.console import count as counted
from kg.cli.fetch import NoCache, Offline, say_wait
from kg.cli.options import Directory
from kg.cli.permission import require_writable
from kg.directory import GraphDirectory
from kg.http import ResponseCache
from kg.http.cache import cache_folder
from kg.lookup.record import CLOSE, HUB, SAME, TITLES, WIKIDATA, Lookup, LookupKey
from kg.lookup.run import Unanswered, look_up, open_lookup_client
from kg.lookup.things import ASKED, Thing, is_known, things_of
from kg.resolution.items import key_of
from kg.resolution.stored import resolve_directory

_AT_ONCE = 20
_WORDS = {SAME: "same", CLOSE: "perhaps the same"}


class ServiceName(StrEnum):
    """A service that can be asked."""

    WIKIDATA = WIKIDATA
    HUB = HUB


def lookup(
    directory: Directory,
    service: Annotated[
        list[ServiceName] | None,
        typer.Option(
            "--service",
            "-s",
            metavar="wikidata|hub",
            help="Ask this one alone; may be given twice. Without it, both.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        int,
        typer.Option(
            "--limit",
            "-n",
            min=1,
            metavar="N",
            help="The most nodes to ask about, those of most papers first.",
        ),
    ] = 200,
    min_papers: Annotated[
        int, typer.Option("--min-papers", min=1, metavar="N", help="Pass over nodes that fewer papers name.")
    ] = 2,
    max_age: Annotated[
        int,
        typer.Option("--max-age", min=0, metavar="DAYS", help="Ask again about what was asked longer ago."),
    ] = 90,
    show: Annotated[
        bool, typer.Option("--show", help="List the links that are known, and ask nobody.")
    ] = False,
    refuse: Annotated[
        str | None,
        typer.Option(
            "--refuse",
            metavar="NAME",
            help="The link of this node is wrong: take it away for good. Asks nobody.",
            show_default=False,
        ),
    ] = None,
    forget: Annotated[
        str | None,
        typer.Option(
            "--forget",
            metavar="NAME",
            help="Forget what is known of this node, refusals too. Asks nobody.",
            show_default=False,
        ),
    ] = None,
    offline: Offline = False,
    no_cache: NoCache = False,
) -> int:
    """Ask Wikidata and the Hub which of their records a node is; where an identifier matches it is the same, else perhaps the same.

    Names, and nothing else of the graph, are sent. [bold]kg why[/bold] tells the reason of each link.

    [bold]Example[/bold]  kg lookup out --limit 50
    """  # fmt: skip
    services = tuple(dict.fromkeys(str(one) for one in service or ServiceName))
    if not show:
        require_writable(directory)
    with GraphDirectory.open(directory) as opened:
        known = opened.lookups()
        if show:
            _list([one for one in known.values() if one.service in services])
            return 0
        if refuse is not None or forget is not None:
            return _correct(opened, known, services, refuse=refuse, forget=forget)
        things = things_of(opened.extractions(), resolve_directory(opened), min_papers=min_papers)
        oldest = (datetime.now(UTC) - timedelta(days=max_age)).strftime("%Y-%m-%dT%H:%M:%SZ")
        todo, lately = _questions(things, services, known, oldest, limit)
        return _ask(opened, todo, lately, known, offline=offline, cache=not no_cache)


def _questions(
    things: list[Thing], services: tuple[str, ...], known: dict[LookupKey, Lookup], oldest: str, limit: int
) -> tuple[list[tuple[Thing, str]], int]:
    """What to ask, and how many questions were answered lately."""
    todo: list[tuple[Thing, str]] = []
    lately = nodes = 0
    for thing in things:
        kind = thing.entity.type
        fitting = [s for s in services if kind in ASKED[s] and not is_known(thing.entity, s)]
        due = [
            s for s in fitting if (one := known.get((s, str(kind), thing.key))) is None or one.seen <= oldest
        ]
        lately += len(fitting) - len(due)
        if due and nodes < limit:
            nodes += 1
            todo.extend((thing, s) for s in due)
    return todo, lately


def _ask(
    opened: GraphDirectory,
    todo: list[tuple[Thing, str]],
    lately: int,
    known: dict[LookupKey, Lookup],
    *,
    offline: bool,
    cache: bool,
) -> int:
    counts: Counter[str] = Counter()
    waiting: list[Lookup] = []
    stopped: dict[str, str] = {}
    last = ""
    kept = ResponseCache(cache_folder()) if cache else None
    opened.store_lookups(())  # a directory that cannot be written is told before anybody is asked
    with (
        open_lookup_client(offline=offline, notice=say_wait, cache=kept) as client,
        progress("Asking", len(todo)) as advance,
    ):
        try:
            for answer in look_up(todo, client, now=_now, known=known):
                advance(1)
                if isinstance(answer, Unanswered):
                    counts["unanswered"] += 1
                    last = answer.why
                    if answer.stopped:
                        stopped[answer.service] = answer.why
                    continue
                counts[answer.link.relation if answer.link else "nothing"] += 1
                waiting.append(answer)
                if len(waiting) >= _AT_ONCE:
                    opened.store_lookups(waiting)
                    waiting.clear()
        finally:
            if waiting:
                opened.store_lookups(waiting)
    answered = sum(counts.values()) - counts["unanswered"]
    said = f"{counts[SAME]:,} the same, {counts[CLOSE]:,} perhaps the same, {counts['nothing']:,} not found"
    err().print(
        f"[green]asked[/green]  {answered:,} of {counted(len(todo), 'question')}: {said}; {lately:,} were asked lately",
        soft_wrap=True,
    )
    for service, why in stopped.items():
        complain(f"[yellow]stopped[/yellow]  {TITLES[service]} is not asked any more: {escape(why)}")
    if answered < len(todo):
        left = counted(len(todo) - answered, "question")
        hint = "without --offline" if offline else "later"
        why = "" if stopped or not last else f" ({escape(last)})"
        complain(
            f"[yellow]left out[/yellow]  {left} without an answer{why}; what was answered is kept. Run it again {hint}"
        )
        return 1
    return 0


def _correct(
    opened: GraphDirectory,
    known: dict[LookupKey, Lookup],
    services: tuple[str, ...],
    *,
    refuse: str | None,
    forget: str | None,
) -> int:
    """Take a link away for good, or forget all that is known of a name."""
    if refuse is not None and forget is not None:
        raise typer.BadParameter("give either --refuse or --forget")
    name = refuse if refuse is not None else forget or ""
    places = _places(opened, name)
    mine = [one for one in known.values() if one.service in services and one.place[1:] in places]
    if refuse is not None:
        wrong = [one for one in mine if one.link is not None]
        changed = [
            replace(one, link=None, refused=tuple(sorted({*one.refused, one.link.id})))
            for one in wrong if one.link is not None
        ]  # fmt: skip
        opened.store_lookups(changed)
        said = [f"refused {one.link.id} for {one.name}" for one in wrong if one.link is not None]
    else:
        opened.store_lookups((), forget=[one.place for one in mine])
        said = [f"forgot what {TITLES[one.service]} knew of {one.name}" for one in mine]
    if not said:
        complain(f"no link is known of “{escape(name)}”")
        return 1
    for line in said:
        err().print(f"[green]{escape(line)}[/green]", soft_wrap=True)
    return 0


def _places(opened: GraphDirectory, name: str) -> set[tuple[str, str]]:
    """Type and key under which the nodes of this id or spelling are kept."""
    key = key_of(name)
    entities = resolve_directory(opened).entities
    by_id = {(str(e.type), key_of(e.name)) for e in entities if e.id == name}
    if by_id:
        return by_id
    named = {
        (str(e.type), key_of(e.name)) for e in entities if key in {key_of(n) for n in (e.name, *e.aliases)}
    }
    return named | {(place[1], place[2]) for place in opened.lookups() if place[2] == key}


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _list(lookups: list[Lookup]) -> None:
    found = [one for one in lookups if one.link is not None or one.refused]
    table = Table(title=f"Known elsewhere ({len(found):,})", title_justify="left")
    for column in ("Name", "Type", "Is", "Elsewhere", "Called", "Score", "Because", "Asked"):
        table.add_column(column, overflow="fold")
    for one in found:
        link = one.link
        cells = (
            (
                one.name,
                one.type,
                _WORDS[link.relation],
                link.id,
                link.label,
                f"{link.score:.2f}",
                link.reason,
                one.seen[:10],
            )
            if link is not None
            else (one.name, one.type, "refused", ", ".join(one.refused), "", "", "you said so", one.seen[:10])
        )
        table.add_row(*(escape(cell) for cell in cells))
    out().print(table)
    err().print(f"{len(lookups) - len(found):,} more were asked about, and nothing was found", soft_wrap=True)
