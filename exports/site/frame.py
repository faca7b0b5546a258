"""What all pages share: head, policy, header with search, footer; and the panels with the query behind each."""

from __future__ import annotations

import html
from dataclasses import dataclass
from importlib import resources
from urllib.parse import quote

from exports.pages.data import safe_text
from exports.rdf.iris import Iris
from exports.site.facts import Facts
from exports.site.markup import clip, escape
from exports.site.paths import list_path
from kg.schema import NODE_TYPES

# Only files of the site itself, nothing inline, nothing from elsewhere, no forms.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
_LISTED = ("paper", "dataset", "method", "model", "task", "metric", "resource")


@dataclass(frozen=True, slots=True)
class Site:
    """What every page is made with.

    Attributes:
        facts: the graph, indexed.
        iris: the IRIs of its nodes.
        title: name of the site; any text.
        address: where the site will stand, ending in ``/``, or empty.
        last_month: the latest month of any paper, where time axes end.
        jsonld: JSON-LD of each node, by IRI.
        has_graph: whether the interactive page of the whole graph is part of it.
    """

    facts: Facts
    iris: Iris
    title: str
    address: str
    last_month: str
    jsonld: dict[str, str]
    has_graph: bool = False


def render_page(
    site: Site, path: str, *, title: str, body: str, kind: str = "", iri: str = "", description: str = "",
    links: str = "",
) -> str:  # fmt: skip
    """A whole page.

    Args:
        site: the site.
        path: where it will lie.
        title: of the window; any text.
        body: HTML of the main part.
        kind: node type, for the colour, or empty.
        iri: IRI of the node that the page is about, or empty.
        description: a sentence for search engines; any text.
        links: further elements of the head.
    """
    root = "../" * path.count("/")
    name = escape(clip(site.title, 80))
    heading = escape(clip(title, 160))
    window = heading if title == site.title else f"{heading} – {name}"
    canonical = f'<link rel="canonical" href="{html.escape(site.address + path)}">\n' if site.address else ""
    about = f'<meta name="description" content="{escape(clip(description, 250))}">\n' if description else ""
    data = site.jsonld.get(iri, "") if iri else ""
    script = f'<script type="application/ld+json">{data}</script>\n' if data else ""
    here = path.partition("/")[0]
    menu = "".join(
        f'<a href="{root}{list_path(n)}"{_CURRENT if n == here else ""}>{NODE_TYPES[n].plural}</a>'
        for n in _LISTED
    )
    missing = f'<a href="{root}missing.html"{_CURRENT if path == "missing.html" else ""}>Missing</a>'
    graph = f'<a href="{root}graph.html">Graph</a>' if site.has_graph else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="referrer" content="no-referrer">\n<title>{window}</title>\n{about}{canonical}{links}'
        f'<link rel="icon" href="{_ICON}">\n<link rel="stylesheet" href="{root}site.css">\n'
        f'<script src="{root}site.js" defer></script>\n{script}</head>\n'
        f'<body data-root="{root}"{f" data-iri={_quoted(iri)}" if iri else ""}{f" class={_quoted(kind)}" if kind else ""}>\n'
        '<a class="skip" href="#main">Skip to the content</a>\n'
        f'<header><a class="home" href="{root}index.html">{name}</a>'
        '<div class="search" role="search"><input id="search" type="search" placeholder="Search names and titles" '
        'aria-label="Search names and titles" autocomplete="off" spellcheck="false" role="combobox" '
        'aria-controls="found" aria-expanded="false" aria-autocomplete="list"><kbd aria-hidden="true">/</kbd>'
        '<div id="found" role="listbox" aria-label="Found" hidden></div></div>'
        '<button type="button" id="theme" aria-label="Light or dark" title="Light or dark" hidden>◐</button>'
        f'<nav aria-label="Lists">{menu}{missing}{graph}</nav></header>\n'
        f'<main id="main">\n{body}</main>\n'
        f"<footer>Read by machine from titles and abstracts with paper-kg: every statement shows its sentence, and some "
        f'are wrong. <a href="{root}queries.html">All queries</a></footer>\n'
        '<div id="live" class="unseen" aria-live="polite"></div>\n</body>\n</html>\n'
    )


def panel(
    site: Site, root: str, identifier: str, title: str, body: str, *queries: str, count: int | None = None
) -> str:
    """A section with its heading, and the queries that give its content within reach.

    Args:
        site: the site.
        root: relative path to the top of the site.
        identifier: of the section, for links to it.
        title: heading; trusted text.
        body: HTML; nothing at all is made of an empty one.
        queries: names of the queries that answer what it shows.
        count: shown beside the heading.
    """
    if not body:
        return ""
    number = f' <span class="count">{count:,}</span>' if count is not None else ""
    button = ""
    if queries:
        button = (
            f'<a class="q" data-query="{" ".join(queries)}" href="{root}queries.html#{queries[0]}" '
            f'title="The query behind this: {", ".join(queries)}">SPARQL</a>'
        )
    return f'<section id="{identifier}"><h2><span>{title}{number}</span>{button}</h2>{body}</section>\n'


def graph_link(site: Site, node: str) -> str:
    """A link to a node in the interactive page of the whole graph, where the site has that page."""
    if not site.has_graph:
        return ""
    return f'<a class="pair" href="../graph.html#node={quote(safe_text(node), safe="/")}">In the graph</a>'


def read_asset(name: str) -> str:
    """A template of the package as text."""
    return (resources.files("exports") / "templates" / name).read_text("utf-8")


def _quoted(text: str) -> str:
    return f'"{escape(text)}"'


_CURRENT = ' aria-current="page"'
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M4 12 8 4l4 7z' "
    "fill='none' stroke='%23888'/%3E%3Ccircle cx='8' cy='4' r='3' fill='%230072b2'/%3E%3Ccircle cx='4' cy='12' r='3' "
    "fill='%23d55e00'/%3E%3Ccircle cx='12' cy='11' r='3' fill='%23009e73'/%3E%3C/svg%3E"
)
