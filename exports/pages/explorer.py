"""The explorer: the page for graphs of any size, one offline HTML file.

Input: a ``KnowledgeGraph``. Output: a file that holds the script (built from ``exports/explorer`` when the package is
built), the data as gzip and nothing else; its Content-Security-Policy lets only this script and style through.
Abstracts lie in blocks of their own, which the page unpacks when one of theirs is first read.
"""

from __future__ import annotations

from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from exports.pages.communities import find_communities
from exports.pages.console import console_blocks
from exports.pages.data import collect, safe_text
from exports.pages.html import fill_in, source_hash
from exports.pages.pack import pack
from exports.rdf.iris import encode_path
from kg.atomic import atomic_write
from kg.errors import ExportError
from kg.graph import KnowledgeGraph, node_id
from kg.schema import DEFAULT_BASE_IRI, NODE_TYPES, RELATIONS

DEFAULT_TITLE = "Paper knowledge graph"

_BLOCK = 250
_NAMED_COMMUNITIES = 12
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {style}; worker-src {workers}; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)


def read_bundle(name: str = "explorer.js") -> str | None:
    """A text file of what the package build made, or None where the package was built without the explorer."""
    try:
        return (resources.files("exports.pages") / "bundle" / name).read_text("utf-8").replace("\r\n", "\n")
    except OSError:
        return None


def write_explorer(
    graph: KnowledgeGraph,
    path: Path,
    *,
    title: str = DEFAULT_TITLE,
    base_iri: str = DEFAULT_BASE_IRI,
    sparql: bool = True,
) -> Path:
    """Write the explorer.

    Args:
        graph: what to show, of any size.
        path: the HTML file to write.
        title: heading and window title; any text.
        base_iri: base of the IRIs in the page's RDF.
        sparql: put the SPARQL console with its engine and the statements into the page (2 MB and more).

    Returns:
        The path.

    Raises:
        ExportError: where the package was built without the explorer or the file cannot be written.
    """
    text = render_explorer(graph, title=title, base_iri=base_iri, sparql=sparql)
    with atomic_write(path) as stream:
        stream.write(text)
    return path


def render_explorer(
    graph: KnowledgeGraph,
    *,
    title: str = DEFAULT_TITLE,
    base_iri: str = DEFAULT_BASE_IRI,
    sparql: bool = True,
) -> str:
    """The page as text; see ``write_explorer``."""
    script = read_bundle()
    if script is None:
        raise ExportError(
            "this installation holds no explorer", hint="Install paper-kg again where npm can be reached"
        )
    content, abstracts = gather(graph, title=title, base_iri=base_iri)
    blocks = {"graph": pack(content)}
    for start in range(0, len(abstracts), _BLOCK):
        blocks[f"texts-{start // _BLOCK}"] = pack(abstracts[start : start + _BLOCK])
    scripts = [source_hash(script)]
    if sparql:
        parts, editor = console_blocks(graph, base_iri=base_iri)
        blocks |= parts
        scripts += [source_hash(editor), "'wasm-unsafe-eval'"]
    templates = resources.files("exports") / "templates"
    style = "".join((templates / name).read_text("utf-8") for name in ("page.css", "explorer.css"))
    return fill_in(
        (templates / "explorer_page.html").read_text("utf-8"),
        {
            "PAGE-POLICY": _POLICY.format(
                scripts=" ".join(scripts), style=source_hash(style), workers="blob:" if sparql else "'none'"
            ),
            "PAGE-TITLE": escape(safe_text(title)),
            "PAGE-STYLE": style,
            "PAGE-LICENCES": escape(read_bundle("LICENCES.txt") or ""),
            "PAGE-DATA\n": "".join(
                f'<script type="text/plain" id="{name}">{part}</script>\n' for name, part in blocks.items()
            ),
            "PAGE-SCRIPT": script,
        },
    )


def gather(graph: KnowledgeGraph, *, title: str, base_iri: str) -> tuple[dict[str, Any], list[str]]:
    """The page's data and, apart, the abstracts in the order of ``papers``."""
    content = collect(graph).content
    nodes, claims, papers = content["nodes"], content["claims"], content["papers"]
    ends = np.array([claims["source"], claims["target"]], dtype=np.int64).T.reshape(-1, 2)
    community = find_communities(len(nodes["id"]), ends)
    sources = sorted({source for row in papers["source"] for source in row})
    place = {source: number for number, source in enumerate(sources)}
    paths = {number: encode_path(node_id(node)) for number, node in enumerate(graph.nodes())}
    for row, term in zip(content["types"], NODE_TYPES.values(), strict=True):
        row["term"] = term.term
    for row, relation in zip(content["relations"], RELATIONS.values(), strict=True):
        row["term"] = relation.term
    return {
        "title": safe_text(title),
        "base": base_iri,
        "types": content["types"],
        "relations": content["relations"],
        "nodes": {
            **nodes,
            "aliases": {i: row for i, row in enumerate(nodes["aliases"]) if row},
            "links": {i: row for i, row in enumerate(nodes["links"]) if row},
            "path": {i: path for i, path in paths.items() if path != nodes["id"][i]},
            "community": community.tolist(),
        },
        "papers": {
            "node": papers["node"],
            "date": papers["date"],
            "year": papers["year"],
            "authors": papers["authors"],
            "source": [[place[source] for source in row] for row in papers["source"]],
        },
        "sources": sources,
        "communities": _community_names(content, community),
        "claims": claims,
        "block": _BLOCK,
    }, papers["abstract"]


def _community_names(content: dict[str, Any], community: np.ndarray[Any, Any]) -> list[str]:
    """The two things that most papers speak of in each of the largest communities."""
    nodes = content["nodes"]
    paper = next(i for i, row in enumerate(content["types"]) if row["name"] == "paper")
    members: dict[int, list[int]] = {}
    for number, group in enumerate(community.tolist()):
        if 0 <= group < _NAMED_COMMUNITIES and nodes["type"][number] != paper:
            members.setdefault(group, []).append(number)
    names = []
    for group in range(min(_NAMED_COMMUNITIES, int(community.max(initial=-1)) + 1)):
        best = sorted(members.get(group, ()), key=lambda i: (-nodes["papers"][i], i))[:2]
        names.append(", ".join(nodes["label"][i] for i in best) or "papers")
    return names
