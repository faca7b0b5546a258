"""The site's pages as HTML. Every text is escaped where it enters; addresses pass only as http and https."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from html import escape

from exports.flat import node_url
from exports.pages.data import safe_text, safe_url
from exports.pages.html import escape_json
from exports.pages.site.chart import time_chart
from exports.pages.site.index import SiteIndex
from exports.rdf.iris import Iris
from exports.sparql.named import named_queries
from kg.graph import Node, node_id
from kg.model import Claim, Entity, Paper
from kg.schema import NODE_TYPES, PREFIXES, RELATIONS

_SHOWN = 60
_ORDER = {name: place for place, name in enumerate(RELATIONS)}
_POLICY = "default-src 'none'; style-src 'self' file:; script-src 'self' file:; img-src data:; base-uri 'none'; form-action 'none'"

_QUESTIONS = {
    ("introduces", False): "papers-about",
    ("evaluates_on", False): "papers-about",
    ("uses", False): "papers-about",
    ("compares_with", False): "compared-with",
    ("has_code", True): "code-for",
    ("outperforms", True): "outperformed",
    ("outperforms", False): "outperformed",
    ("based_on", True): "lineage",
    ("based_on", False): "descendants",
    ("measured_by", True): "metrics-of",
}
"""Which named query goes with a panel, by relation and direction."""


def link(index: SiteIndex, identifier: str, *, up: str = "../") -> str:
    """A link to a node's page."""
    return f'<a href="{up}{escape(index.paths[identifier])}">{escape(index.labels[identifier])}</a>'


def dot(kind: str) -> str:
    """The coloured dot of a type."""
    return f'<span class="dot t-{kind}"></span>'


def layout(*, title: str, body: str, site: str, up: str, data: object = None, script: str = "") -> str:
    """A whole page."""
    linked = (
        f'<script type="application/ld+json">{escape_json(json.dumps(data, ensure_ascii=False))}</script>\n'
        if data
        else ""
    )
    run = f'<script src="{up}{script}" defer></script>\n' if script else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<title>{escape(title)}</title>\n<link rel="stylesheet" href="{up}site.css">\n{linked}{run}</head>\n<body>\n'
        f'<header><a class="home" href="{up}index.html">{escape(site)}</a>'
        f'<nav><a href="{up}index.html#search">Search</a> <a href="{up}missing.html">What is missing</a> '
        f'<a href="{up}graph.html">Graph</a></nav></header>\n<main>\n{body}\n</main>\n</body>\n</html>\n'
    )


def sentence(claim: Claim) -> str:
    """The evidence with the names marked."""
    quote, base = safe_text(claim.evidence.quote), claim.evidence.start
    parts, at = [], 0
    for span in sorted(claim.evidence.focus):
        start, end = span.start - base, span.end - base
        if start < at or end > len(quote):
            continue
        parts.append(f"{escape(quote[at:start])}<mark>{escape(quote[start:end])}</mark>")
        at = end
    return f"<blockquote>{''.join(parts)}{escape(quote[at:])}</blockquote>"


@cache
def question(name: str) -> str:
    """The named query that asks the same, to unfold."""
    query = named_queries().get(name)
    if query is None:
        return ""
    return (
        f'<details class="query"><summary>As a question in SPARQL: {escape(name)}</summary>'
        f"<pre>{escape(query.text.strip())}</pre></details>"
    )


def panel(
    index: SiteIndex, identifier: str, relation: str, away: bool, rows: list[tuple[str, list[Claim]]]
) -> str:
    """One relation of a node: the other ends, each with its sentence."""
    row = RELATIONS[relation]
    heading = row.label if away else row.inverse_label
    parts = [f"<section><h2>{escape(heading)} <small>{len(rows):,}</small></h2>"]
    for other, claims in rows[:_SHOWN]:
        claim = claims[0]
        node = index.nodes[other]
        year = (
            f" <small>{node.date.year}</small>"
            if isinstance(node, Paper) and node.date and node.date.year
            else ""
        )
        teller = f"paper/{claim.paper_id}"
        source = (
            "" if teller in (identifier, other) or teller not in index.nodes else f" in {link(index, teller)}"
        )
        parts.append(
            f"<article>{dot(index.types[other])}{link(index, other)}{year}{sentence(claim)}"
            f'<p class="soft">confidence {claim.confidence:.2f}{source}</p></article>'
        )
    if len(rows) > _SHOWN:
        rest = "".join(f"<li>{link(index, other)}</li>" for other, _ in rows[_SHOWN:])
        parts.append(f"<details><summary>{len(rows) - _SHOWN:,} more</summary><ul>{rest}</ul></details>")
    name = _QUESTIONS.get((relation, away))
    parts.append(question(name) if name else "")
    parts.append("</section>")
    return "".join(parts)


def linked_data(index: SiteIndex, node: Node, iris: Iris) -> dict[str, object]:
    """What the page says, in schema.org's words."""
    identifier = node_id(node)
    kind = NODE_TYPES[index.types[identifier]]
    known = [c for c in kind.classes if c.startswith("schema:")]
    data: dict[str, object] = {
        "@context": PREFIXES["schema"],
        "@id": iris.node(identifier),
        "@type": known[0].partition(":")[2] if known else "Thing",
        "name": index.labels[identifier],
    }
    url = safe_url(node_url(node))
    if url:
        data["url"] = url
    if isinstance(node, Paper):
        data["headline"] = index.labels[identifier]
        if node.authors:
            data["author"] = [{"@type": "Person", "name": safe_text(a)} for a in node.authors]
        if node.date is not None and node.date.year:
            data["datePublished"] = str(node.date)
        data["mentions"] = [{"@id": iris.node(i)} for i in sorted(index.things[identifier])]
    elif isinstance(node, Entity):
        names = [safe_text(a) for a in node.aliases if a != node.name]
        if names:
            data["alternateName"] = names
        same = [url for url in map(safe_url, node.same_as) if url]
        if same:
            data["sameAs"] = same
    return data


def node_page(index: SiteIndex, node: Node, *, site: str, iris: Iris) -> str:
    """The page of a paper, thing or resource."""
    identifier = node_id(node)
    kind = NODE_TYPES[index.types[identifier]]
    label = index.labels[identifier]
    papers = index.papers[identifier]
    about = [kind.label]
    if isinstance(node, Paper):
        about += [str(node.date)] if node.date else []
    else:
        about.append(f"in {len(papers):,} {'paper' if len(papers) == 1 else 'papers'}")
    parts = [f'<p class="kind">{dot(kind.name)}{escape(" · ".join(about))}</p><h1>{escape(label)}</h1>']
    if isinstance(node, Entity):
        names = [safe_text(a) for a in node.aliases if a != node.name]
        parts.append(f'<p class="soft">Also written {escape(", ".join(names))}</p>' if names else "")
    if isinstance(node, Paper) and node.authors:
        parts.append(f'<p class="soft">{escape(safe_text(", ".join(node.authors)))}</p>')
    urls = [safe_url(node_url(node)), *(map(safe_url, node.same_as) if isinstance(node, Entity) else ())]
    for url in dict.fromkeys(u for u in urls if u):
        parts.append(f'<p><a href="{escape(url)}" rel="noopener noreferrer">{escape(url)}</a></p>')
    if isinstance(node, Paper):
        parts.append(f'<p class="abstract">{escape(safe_text(node.abstract))}</p>')
    chart = time_chart(
        index.months(identifier), colour=kind.colour, label=f"Papers that speak of {label} over time"
    )
    if chart:
        parts.append(f"<section><h2>Over time</h2>{chart}</section>")
    for relation, away, rows in sorted(index.groups(identifier), key=lambda g: (_ORDER[g[0]], not g[1])):
        parts.append(panel(index, identifier, relation, away, rows))
    if isinstance(node, Paper):
        rows_ = index.related(identifier)
        items = "".join(f"<li>{link(index, i)} <small>{n} in common</small></li>" for i, n in rows_)
        parts.append(
            f"<section><h2>Related papers</h2><ul>{items}</ul>{question('related-papers')}</section>"
            if items
            else ""
        )
    elif isinstance(node, Entity):
        items = "".join(
            f"<li>{dot(index.types[i])}{link(index, i)} <small>{n}</small></li>"
            for i, n in index.together(identifier)
        )
        parts.append(f"<section><h2>Named together with</h2><ul>{items}</ul></section>" if items else "")
    return layout(
        title=f"{label} · {site}",
        body="".join(parts),
        site=site,
        up="../",
        data=linked_data(index, node, iris),
    )


def listing(rows: Iterable[str]) -> str:
    """A list of items that are HTML already."""
    return f"<ul>{''.join(f'<li>{row}</li>' for row in rows)}</ul>"
