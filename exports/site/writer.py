"""Write the site: only what changed, and nothing left of pages that are no more.

A manifest in the folder lists the files that are the site's own; only these are ever replaced or deleted.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from exports.pages.explorer import read_bundle, render_explorer
from exports.rdf.iris import Iris
from exports.site.entity_page import entity_page
from exports.site.facts import Facts
from exports.site.frame import Site, read_asset
from exports.site.front_page import front_page
from exports.site.jsonld import describe_nodes
from exports.site.list_page import list_pages
from exports.site.missing_page import missing_page
from exports.site.panels import recent_since
from exports.site.paper_page import paper_page
from exports.site.paths import page_path
from exports.site.query_page import query_page, query_script
from exports.site.related import RelatedPapers
from exports.site.resource_page import resource_page
from exports.site.search import search_files
from kg.atomic import atomic_write
from kg.errors import ExportError
from kg.graph import KnowledgeGraph
from kg.schema import DEFAULT_BASE_IRI, NODE_TYPES

MANIFEST = "site-files.json"
SITEMAP_MOST = 50_000
"""URLs in one sitemap file at most (sitemaps.org protocol 0.9)."""
GRAPH_MOST = 20_000
"""Nodes up to which the site holds the interactive page of the whole graph too."""

_FOREIGN_ALLOWED = frozenset({"CNAME", "LICENSE", "README.md"})
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What was done.

    Attributes:
        path: folder of the site.
        pages: HTML pages that it has now.
        written: files that were new or had changed.
        unchanged: files that stayed as they were.
        removed: files of nodes that are no more.
    """

    path: Path
    pages: int
    written: int
    unchanged: int
    removed: int


def write_site(
    graph: KnowledgeGraph,
    path: Path,
    *,
    title: str = "Paper knowledge graph",
    address: str = "",
    base_iri: str = DEFAULT_BASE_IRI,
    progress: Progress | None = None,
) -> SiteReport:
    """Write or renew a site.

    Args:
        graph: what it shows.
        path: the folder; a new or empty one, or one that holds a site already.
        title: name of the site; any text.
        address: where it will stand, for the sitemap and canonical links; without it there is no sitemap.
        base_iri: base of the IRIs in JSON-LD and queries.
        progress: called with the number of pages done since the last call.

    Returns:
        What was done.

    Raises:
        ExportError: where the folder holds other things or cannot be written, or the address is none.
    """
    checked = _check_address(address)
    old = _read_manifest(path)
    site = make_site(graph, title=title, address=checked, base_iri=base_iri)
    paths: list[str] = []
    written = unchanged = done = 0
    try:
        known = dict.fromkeys(old, True)
        for name, text in site_files(site):
            if not paths:
                _write_manifest(path, sorted({*old, *_planned(site)}))
            paths.append(name)
            if _renew(path / name, text, mine=name in known):
                written += 1
            else:
                unchanged += 1
            done += 1
            if progress is not None and done % 100 == 0:
                progress(100)
        removed = _remove(path, sorted(set(old) - set(paths)))
        _write_manifest(path, sorted(paths))
    except OSError as error:
        raise ExportError(
            f"the site cannot be written: {error.strerror or error}", source=str(error.filename or path)
        ) from error
    pages = sum(name.endswith(".html") for name in paths)
    return SiteReport(path, pages, written, unchanged, removed)


def make_site(
    graph: KnowledgeGraph, *, title: str, address: str = "", base_iri: str = DEFAULT_BASE_IRI
) -> Site:
    """Gather what the pages need."""
    facts, iris = Facts(graph), Iris(base_iri)
    months = [m for paper in facts.papers if len(m := facts.month(paper)) >= 4 and m[0].isdigit()]
    has_graph = read_bundle() is not None and len(graph) <= GRAPH_MOST
    return Site(
        facts, iris, title, address, max(months, default=""), describe_nodes(graph, iris), has_graph=has_graph
    )


def site_files(site: Site) -> Iterator[tuple[str, str]]:
    """Path and text of every file, pages of nodes first."""
    facts = site.facts
    since = recent_since(facts)
    values = {"rising-names": {"since": since}} if since else {}
    related = RelatedPapers(facts)
    paths = []
    for name, text in _pages(site, related, values):
        paths.append(name)
        yield name, text
    if site.has_graph:
        yield "graph.html", render_explorer(facts.graph, title=site.title, base_iri=site.iris.base)
    yield "site.css", _style()
    yield "site.js", read_asset("site_pages.js")
    yield "queries.js", query_script(site, values)
    yield from search_files(facts)
    yield ".nojekyll", ""
    yield from _for_robots(site, sorted(paths))


def _pages(
    site: Site, related: RelatedPapers, values: dict[str, dict[str, str]]
) -> Iterator[tuple[str, str]]:
    facts = site.facts
    for paper in facts.papers.values():
        yield page_path(paper.node_id), paper_page(site, paper, related)
    for entity in facts.entities:
        yield page_path(entity.id), entity_page(site, entity)
    for resource in facts.resources:
        yield page_path(resource.id), resource_page(site, resource)
    for name in NODE_TYPES:
        yield from list_pages(site, name)
    yield "missing.html", missing_page(site)
    yield "queries.html", query_page(site, values)
    yield "index.html", front_page(site)


def _for_robots(site: Site, paths: list[str]) -> Iterator[tuple[str, str]]:
    if not site.address:
        yield "robots.txt", "User-agent: *\nAllow: /\n"
        return
    parts = [paths[at : at + SITEMAP_MOST] for at in range(0, len(paths), SITEMAP_MOST)]
    names = ["sitemap.xml"] if len(parts) == 1 else [f"sitemap-{n}.xml" for n in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        rows = "".join(f"<url><loc>{html.escape(site.address + path)}</loc></url>\n" for path in part)
        yield name, f'{_XML}<urlset xmlns="{_SITEMAP}">\n{rows}</urlset>\n'
    if len(parts) > 1:
        rows = "".join(
            f"<sitemap><loc>{html.escape(site.address + name)}</loc></sitemap>\n" for name in names
        )
        yield "sitemap.xml", f'{_XML}<sitemapindex xmlns="{_SITEMAP}">\n{rows}</sitemapindex>\n'
    yield "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {site.address}sitemap.xml\n"


def _style() -> str:
    """The style sheet, the colours of the types read off the schema."""
    colours = "".join(f".{t.name}{{--type:{t.colour}}}\n" for t in NODE_TYPES.values())
    return read_asset("site_pages.css") + colours


def _planned(site: Site) -> set[str]:
    """Files that will be written, as far as they can be told beforehand: what a broken run may leave behind."""
    return {page_path(identifier) for identifier in site.facts.nodes}


def _renew(path: Path, text: str, *, mine: bool) -> bool:
    """Write a file unless it holds these bytes already; True where it was written."""
    data = text.encode("utf-8")
    if mine:
        try:
            if path.read_bytes() == data:
                return False
        except OSError:
            pass
    with atomic_write(path, binary=True) as stream:
        stream.write(data)
    return True


def _remove(folder: Path, names: list[str]) -> int:
    gone = 0
    for name in names:
        file = folder / name
        if file.is_file():
            file.unlink()
            gone += 1
    for parent in sorted({(folder / name).parent for name in names} - {folder}):
        if parent.is_dir() and not any(parent.iterdir()):
            parent.rmdir()
    return gone


def _read_manifest(folder: Path) -> list[str]:
    """The files that a former run wrote.

    Raises:
        ExportError: where the folder holds things that are no site of ours.
    """
    if folder.is_file():
        raise ExportError("is a file, not a folder", source=str(folder), hint="Name a folder with -o")
    try:
        names = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
        # What leads out of the folder was not written by us, whoever edited the list.
        return [
            n for n in names if isinstance(n, str) and ".." not in n.split("/") and not Path(n).is_absolute()
        ]
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ExportError(
            f"the list of the site's files cannot be read: {error}", source=str(folder / MANIFEST),
            hint="Delete the folder and write the site anew",
        ) from error  # fmt: skip
    if folder.is_dir() and any(
        not p.name.startswith(".") and p.name not in _FOREIGN_ALLOWED for p in folder.iterdir()
    ):
        raise ExportError(
            "holds other files and no site", source=str(folder), hint="Name a new or empty folder with -o"
        )
    return []


def _write_manifest(folder: Path, names: list[str]) -> None:
    with atomic_write(folder / MANIFEST) as stream:
        stream.write(json.dumps({"files": names}, ensure_ascii=False, indent=0) + "\n")


def _check_address(url: str) -> str:
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        good = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
        )
    except ValueError:
        good = False
    if not good or not url.isascii() or any(c.isspace() or c in "<>\"'" for c in url):
        raise ExportError(
            f"{url!r} is no address of a site", hint="It should look like https://example.org/papers/"
        )
    return url if url.endswith("/") else url + "/"


_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
