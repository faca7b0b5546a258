"""``kg why``: the spellings, papers and rules behind one node."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from kg.cli.console import complain, out
from kg.cli.options import Directory
from kg.directory import GraphDirectory
from kg.lookup.apply import add_links, links_of
from kg.resolution.account import Account, account_for
from kg.resolution.stored import resolve_directory
from kg.schema import NODE_TYPES

_FEW = 3


def why(
    directory: Directory,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name, another spelling, or a node's id.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a node, with all papers.")] = False,
) -> int:
    """Show why a node is what it is: its spellings, who has them, and the rule that put each there.

    A name that several things share shows each of them.

    [bold]Example[/bold]  kg why out "Llama 2"
    """
    with GraphDirectory.open(directory) as opened:
        found = resolve_directory(opened)
        accounts = account_for(found, (extraction for _, extraction in opened.extractions()), name)
        links = links_of(found.entities, opened.lookups())
    if not accounts:
        complain(f"nothing here is called “{escape(name)}”")
        return 1
    for account in accounts:
        mine = links.get(account.entity.id, ())
        account = replace(account, entity=add_links(account.entity, mine), links=mine)
        if as_json:
            typer.echo(msgspec.json.encode(account).decode())
        else:
            print_account(account)
    return 0


def print_account(account: Account) -> None:
    """A node for people."""
    console = out()
    entity = account.entity
    row = NODE_TYPES[entity.type]
    console.print(
        f"[{row.colour}]●[/] [bold]{escape(entity.name)}[/bold]  {row.label}  [dim]{escape(entity.id)}[/dim]"
    )
    if len(account.types) > 1:
        votes = ", ".join(f"{kind} {number:,}" for kind, number in account.types)
        console.print(f"  papers call it: {votes}")
    for label, values in (
        ("part of", (account.family,) if account.family else ()),
        ("same as", entity.same_as),
        ("perhaps the same", entity.close_match),
    ):
        if values:
            console.print(f"  {label}: {escape(', '.join(values))}", soft_wrap=True)
    for link in account.links:
        called = f" “{link.label}”" if link.label and link.label != link.id else ""
        console.print(
            f"  [dim]{escape(link.id)}{escape(called)} ({link.score:.2f}): {escape(link.reason)}[/dim]",
            soft_wrap=True,
        )
    table = Table(box=None, padding=(0, 2))
    table.add_column("spelling")
    table.add_column("papers", justify="right")
    table.add_column("score", justify="right")
    table.add_column("because", style="dim")
    table.add_column("such as", style="dim")
    for spelling in account.spellings:
        some = ", ".join(spelling.papers[:_FEW]) + ("…" if len(spelling.papers) > _FEW else "")
        table.add_row(
            escape(spelling.name),
            f"{len(spelling.papers):,}",
            f"{spelling.score:.2f}",
            escape(spelling.reason),
            escape(some),
        )
    console.print(table)
