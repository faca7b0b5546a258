"""Writes the site: one folder that any web server can serve and that opens from disk as well.

Input: a ``KnowledgeGraph``. Output: HTML, one style sheet, one script, a sitemap. A file is written only where its
content changed, and files of an earlier site that no longer belong to it are removed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib import resources
from pathlib import Path
from xml.sax.saxutils import escape as escape_xml

from exports.pages.data import safe_text
from exports.pages.explorer import read_bundle, render_explorer
from exports.pages.html import escape_json
from exports.pages.pyvis_page import render_page
from exports.pages.site.index import SiteIndex
from exports.pages.site.render import dot, layout, link, listing, node_page, question
from exports.rdf.iris import Iris
from exports.sparql.named import get_query
from exports.sparql.results import is_table
from exports.sparql.store import SparqlStore
from kg.atomic import atomic_write
from kg.errors import ExportError
from kg.graph import KnowledgeGraph, node_id
from kg.model import Entity
from kg.schema import DEFAULT_BASE_IRI, NODE_TYPES

DEFAULT_TITLE = "Paper knowledge graph"

_MANIFEST = ".site.json"
_TOP = 12
_MOST_WITH_CONSOLE = 20_000


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What writing the site did.

    Attributes:
        pages: number of files of the site.
        written: files that are new or changed.
        removed: files of an earlier site that are gone.
    """

    pages: int
    written: int
    removed: int


def write_site(
    graph: KnowledgeGraph,
    folder: Path,
    *,
    title: str = DEFAULT_TITLE,
    base_iri: str = DEFAULT_BASE_IRI,
    address: str = "",
) -> SiteReport:
    """Write the site.

    Args:
        graph: what to write about.
        folder: where; made if need be.
        title: name of the site.
        base_iri: base of the IRIs in the JSON-LD.
        address: where the site will be served, for the sitemap; none is written without it.

    Returns:
        Numbers of files.

    Raises:
        ExportError: where a file cannot be written.
    """
    before = _read_manifest(folder)
    now: set[str] = set()
    written = 0
    for name, content in _files(graph, title=safe_text(title), base_iri=base_iri, address=address):
        now.add(name)
        written += _write(folder / name, content)
    removed = 0
    for name in sorted(before - now):
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise ExportError(f"cannot remove: {error.strerror}", source=str(folder / name)) from error
        removed += 1
    _write(folder / _MANIFEST, json.dumps(sorted(now)) + "\n")
    return SiteReport(len(now), written, removed)


def _files(graph: KnowledgeGraph, *, title: str, base_iri: str, address: str) -> Iterator[tuple[str, str]]:
    index = SiteIndex(graph)
    iris = Iris(base_iri)
    templates = resources.files("exports") / "templates"
    colours = "".join(f".t-{row.name}{{background:{row.colour}}}" for row in NODE_TYPES.values())
    yield "site.css", (templates / "site.css").read_text("utf-8") + colours + "\n"
    yield "site.js", (templates / "site.js").read_text("utf-8")
    yield "names.js", _names(index)
    yield "index.html", _index_page(index, title)
    yield "missing.html", _missing_page(index, title, base_iri)
    if read_bundle() is None:
        yield "graph.html", render_page(graph, title=title)
    else:
        small = len(graph.claims()) <= _MOST_WITH_CONSOLE
        yield "graph.html", render_explorer(graph, title=title, base_iri=base_iri, sparql=small)
    for node in graph.nodes():
        yield index.paths[node_id(node)], node_page(index, node, site=title, iris=iris)
    if address:
        yield "sitemap.xml", _sitemap(index, address.rstrip("/") + "/")


def _names(index: SiteIndex) -> str:
    """All names for the search: label, page, type, papers; as a script, for ``file://`` cannot fetch."""
    types = list(NODE_TYPES)
    rows = []
    for identifier, node in index.nodes.items():
        aliases = [safe_text(a) for a in node.aliases if a != node.name] if isinstance(node, Entity) else []
        rows.append(
            [index.labels[identifier], index.paths[identifier], types.index(index.types[identifier]),
             len(index.papers[identifier]), *aliases]
        )  # fmt: skip
    rows.sort(key=lambda row: (-int(str(row[3])), str(row[0]), str(row[1])))
    text = json.dumps({"types": types, "rows": rows}, ensure_ascii=False, separators=(",", ":"))
    return f"window.siteNames = {escape_json(text)};\n"


def _index_page(index: SiteIndex, title: str) -> str:
    papers = len(index.graph.papers())
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="soft">{papers:,} papers, {len(index.nodes) - papers:,} things and links. '
        "Every statement is shown with the sentence that makes it.</p>",
        '<p><input id="search" type="search" placeholder="Search papers and names" '
        'aria-label="Search papers and names" autocomplete="off"></p><ul id="found" aria-live="polite"></ul>',
        '<div class="columns">',
    ]
    for name, row in NODE_TYPES.items():
        if name == "paper":
            continue
        members = [i for i, kind in index.types.items() if kind == name]
        if not members:
            continue
        best = sorted(members, key=lambda i: (-len(index.papers[i]), i))[:_TOP]
        items = listing(f"{link(index, i, up='')} <small>{len(index.papers[i])}</small>" for i in best)
        parts.append(
            f"<section><h2>{dot(name)}{escape(row.plural)} <small>{len(members):,}</small></h2>{items}</section>"
        )
    recent = sorted(
        index.graph.papers(),
        key=lambda p: (str(p.date) if p.date and p.date.year else "", p.id),
        reverse=True,
    )[: 2 * _TOP]
    items = listing(f"{link(index, p.node_id, up='')} <small>{p.date or ''}</small>" for p in recent)
    parts.append(f"<section><h2>{dot('paper')}Latest papers</h2>{items}</section></div>")
    return layout(title=title, body="".join(parts), site=title, up="", script="site.js")


def _missing_page(index: SiteIndex, title: str, base_iri: str) -> str:
    """Papers that announce code without a link, things that may be one, and claims to check; asked of the store."""
    store = SparqlStore.from_graph(index.graph, base_iri=base_iri, profile="core")
    name = "announced-without-repository"
    answer = store.query(get_query(name).fill({"limit": "100000"}))
    rows = answer if is_table(answer) else ()
    by_iri = {Iris(base_iri).node(i): i for i in index.nodes}
    found = []
    for row in rows:
        identifier = by_iri.get(str(row["paper"].value))
        if identifier is not None:
            found.append(link(index, identifier, up=""))
    parts = [
        "<h1>What is missing</h1>",
        f"<section><h2>Code or data announced, no link given <small>{len(found):,}</small></h2>"
        f"{listing(found)}{question(name)}</section>",
    ]
    unsure = [
        f"{dot(index.types[i])}{link(index, i, up='')} <small>perhaps "
        f"{', '.join(link(index, c, up='') for c in node.close_match if c in index.nodes)}</small>"
        for i, node in index.nodes.items()
        if isinstance(node, Entity) and any(c in index.nodes for c in node.close_match)
    ]
    if unsure:
        parts.append(
            f"<section><h2>Names that may be one thing <small>{len(unsure):,}</small></h2>{listing(unsure)}</section>"
        )
    silent = [link(index, p.node_id, up="") for p in index.graph.papers() if not index.claims[p.node_id]]
    if silent:
        parts.append(
            f"<section><h2>Papers that name nothing <small>{len(silent):,}</small></h2>{listing(silent)}</section>"
        )
    weak = sorted(
        (c for c in index.graph.claims() if f"paper/{c.paper_id}" in index.nodes),
        key=lambda c: (c.confidence, c.id),
    )[:50]
    items = listing(
        f"{link(index, c.object, up='')} in {link(index, f'paper/{c.paper_id}', up='')} <small>{c.confidence:.2f}</small>"
        for c in weak
    )
    parts.append(f"<section><h2>Least certain</h2>{items}{question('least-certain')}</section>")
    return layout(title=f"What is missing · {title}", body="".join(parts), site=title, up="")


def _sitemap(index: SiteIndex, address: str) -> str:
    """The pages by address; a sitemap holds at most 50,000 (sitemaps.org), the most connected first."""
    ranked = sorted(index.paths, key=lambda i: (-len(index.claims[i]), i))[:49_000]
    places = ["index.html", "missing.html", *sorted(index.paths[i] for i in ranked)]
    lines = "".join(f"<url><loc>{escape_xml(address + place)}</loc></url>\n" for place in places)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</urlset>\n'


def _write(path: Path, content: str) -> bool:
    """Write where it differs; True where it did."""
    encoded = content.encode("utf-8")
    try:
        if path.stat().st_size == len(encoded) and path.read_bytes() == encoded:
            return False
    except OSError:
        pass
    with atomic_write(path, binary=True) as stream:
        stream.write(encoded)
    return True


def _read_manifest(folder: Path) -> set[str]:
    try:
        names = json.loads((folder / _MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return set()
    if not isinstance(names, list):
        return set()
    # Only plain relative names below the folder are ever removed.
    return {
        n
        for n in names
        if isinstance(n, str) and n and not Path(n).is_absolute() and ".." not in Path(n).parts
    }
