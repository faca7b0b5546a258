"""The lists of all nodes of a type: most papers first, papers newest first, so many to a page."""

from __future__ import annotations

from collections.abc import Iterator

from exports.site.facts import Facts
from exports.site.frame import Site, render_page
from exports.site.markup import link_to, plural
from exports.site.paths import list_path
from kg.graph import Node, node_id, node_label
from kg.model import Paper
from kg.schema import NODE_TYPES

ROWS = 500
ROOT = "../"


def list_lengths(facts: Facts) -> dict[str, int]:
    """Number of nodes by type, in the order of the schema."""
    counts = dict.fromkeys(NODE_TYPES, 0)
    for identifier in facts.nodes:
        counts[identifier.partition("/")[0]] += 1
    return counts


def list_pages(site: Site, type_name: str) -> Iterator[tuple[str, str]]:
    """Path and text of each page of a list; one page where there is nothing."""
    nodes = _ordered(site.facts, type_name)
    pages = max(1, -(-len(nodes) // ROWS))
    for page in range(1, pages + 1):
        part = nodes[(page - 1) * ROWS : page * ROWS]
        yield list_path(type_name, page), _page(site, type_name, part, len(nodes), page, pages)


def _page(site: Site, type_name: str, nodes: list[Node], total: int, page: int, pages: int) -> str:
    kind = NODE_TYPES[type_name]
    facts = site.facts
    rows = []
    for node in nodes:
        if isinstance(node, Paper):
            names = len({t for found in facts.to_things.get(node.id, {}).values() for t in found})
            rows.append(
                f"<tr><td>{link_to(node, ROOT, dot=False, most=300)}</td><td>{facts.date(node.id)}</td><td>{names}</td></tr>"
            )
        else:
            identifier = node_id(node)
            months = [m for p in facts.papers_that(identifier) if (m := facts.month(p))]
            first = min(months) if months else ""
            rows.append(
                f"<tr><td>{link_to(node, ROOT)}</td><td>{facts.support.get(identifier, 0):,}</td><td>{first}</td></tr>"
            )
    heads = ("Title", "Date", "Names") if type_name == "paper" else ("Name", "Papers", "First")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    table = f'<table class="list {type_name}"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>\n'
    body = (
        f'<p class="kind"><i class="dot {type_name}"></i>{kind.label}</p><h1>{kind.plural}'
        f' <span class="count">{total:,}</span></h1>\n<p class="soft">{kind.definition}</p>\n'
        f"{table if rows else '<p>There are none.</p>'}{_pager(type_name, page, pages)}"
    )
    number = f", page {page}" if page > 1 else ""
    return render_page(
        site, list_path(type_name, page), title=kind.plural + number, body=body, kind=type_name,
        description=f"{plural(total, kind.label.lower())}{number}.",
    )  # fmt: skip


def _pager(type_name: str, page: int, pages: int) -> str:
    if pages == 1:
        return ""
    links = "".join(
        f'<a href="{ROOT}{list_path(type_name, n)}"{_CURRENT if n == page else ""}>{n}</a>'
        for n in range(1, pages + 1)
    )
    return f'<nav class="pager" aria-label="Pages">{links}</nav>\n'


def _ordered(facts: Facts, type_name: str) -> list[Node]:
    nodes = [n for i, n in facts.nodes.items() if i.startswith(type_name + "/")]
    nodes.sort(key=lambda n: (node_label(n), node_id(n)))
    if type_name == "paper":
        nodes.sort(key=lambda n: facts.date(n.id) if isinstance(n, Paper) else "", reverse=True)
    else:
        nodes.sort(key=lambda n: -facts.support.get(node_id(n), 0))
    return nodes


_CURRENT = ' aria-current="page"'
