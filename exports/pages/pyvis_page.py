"""The page for small graphs: drawn by pyvis, offline, one file.

Input: a ``KnowledgeGraph``. Output: one HTML file that makes no request, works from ``file://``, and runs no script but
its own, which a Content-Security-Policy with hashes sees to. pyvis gathers nodes, edges and options; our template takes
the place of its own, which would load Bootstrap from elsewhere, does not escape the heading and has no language.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

from pyvis.network import Network

from exports.pages.data import PageData, collect, safe_text
from exports.pages.html import escape_json, fill_in, source_hash
from kg.atomic import atomic_write
from kg.errors import ExportError
from kg.graph import KnowledgeGraph

DEFAULT_TITLE = "Paper knowledge graph"
DEFAULT_LIMIT = 500

_VIS = "templates/lib/vis-9.1.2/vis-network.min.js"
# Nothing from anywhere, no script but those with these hashes. vis-network sets styles of its own while it runs.
_POLICY = (
    "default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)


class PyvisPage:
    """Writes the page; the most connected nodes where the graph is larger than the limit."""

    name = "html"
    suffixes = (".html", ".htm")

    def write(self, graph: KnowledgeGraph, path: Path, *, base_iri: str) -> None:
        """Write the page with its usual title and limit; the base IRI plays no part.

        Raises:
            ExportError: where the file cannot be written.
        """
        write_page(graph, path)

    def show(self, graph: KnowledgeGraph, **options: Any) -> Any:
        """The page for a notebook; see ``exports.pages.notebook.show``."""
        from exports.pages.notebook import show

        return show(graph, **options)


def write_page(
    graph: KnowledgeGraph, path: Path, *, title: str = DEFAULT_TITLE, limit: int = DEFAULT_LIMIT
) -> Path:
    """Write an interactive page.

    Args:
        graph: what to draw.
        path: the HTML file to write.
        title: heading and window title; any text.
        limit: the most nodes to draw, best connected first.

    Returns:
        The path.

    Raises:
        ExportError: where the file cannot be written.
    """
    text = render_page(graph, title=title, limit=limit)
    with atomic_write(path) as stream:
        stream.write(text)
    return path


def render_page(graph: KnowledgeGraph, *, title: str = DEFAULT_TITLE, limit: int = DEFAULT_LIMIT) -> str:
    """The page as text; see ``write_page``."""
    data = collect(graph, limit=limit)
    network = _make_network(data, safe_text(title))
    templates = resources.files("exports") / "templates"
    with resources.as_file(templates) as folder:
        network.set_template_dir(str(folder), "pyvis_page.html")
        network.templateEnv.autoescape = True
        page: str = network.generate_html()
    library = _read_library()
    script = (templates / "pyvis_page.js").read_text("utf-8")
    content = json.dumps(
        {**data.content, "total": data.total}, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    parts = {
        "PAGE-POLICY": _POLICY.format(hashes=f"{source_hash(library)} {source_hash(script)}"),
        "PAGE-STYLE": (templates / "page.css").read_text("utf-8"),
        "PAGE-DATA": escape_json(content),
        "PAGE-LIBRARY": library,
        "PAGE-SCRIPT": script,
    }
    return fill_in(page, parts)


def _read_library() -> str:
    source = resources.files("pyvis") / _VIS
    try:
        text = source.read_text("utf-8")
    except OSError as error:
        raise ExportError(
            "pyvis does not hold the drawing library that this page needs", hint="Install pyvis 0.3.2"
        ) from error
    # HTML parsing turns CR LF into LF, which would change the hash; an end tag would end the element.
    return text.replace("\r\n", "\n").replace("</script", "<\\/script")


def _make_network(data: PageData, title: str) -> Any:
    network = Network(heading=title, directed=True, cdn_resources="in_line", height="100%", width="100%")
    nodes, claims = data.content["nodes"], data.content["claims"]
    spread = 46.0 * max(data.shown, 12) ** 0.5 / 10_000
    types = data.content["types"]
    for number, label in enumerate(nodes["label"]):
        kind = types[nodes["type"][number]]
        network.add_node(
            number,
            label=label or nodes["id"][number],
            color=kind["colour"],
            x=round(nodes["x"][number] * spread, 1),
            y=round(-nodes["y"][number] * spread, 1),
            size=6.0
            if kind["name"] == "paper"
            else round(6.5 + 3.6 * (max(nodes["papers"][number], 1) - 1) ** 0.55, 1),
            physics=False,
        )
    for source, target in sorted(set(zip(claims["source"], claims["target"], strict=True))):
        network.add_edge(source, target)
    network.set_options(json.dumps(_OPTIONS))
    return network


_OPTIONS: dict[str, Any] = {
    "autoResize": True,
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "hover": True,
        "hideEdgesOnDrag": False,
        "multiselect": False,
        "tooltipDelay": 10**9,
        "zoomSpeed": 0.6,
        "keyboard": {"enabled": True, "bindToWindow": False},
    },
    "nodes": {"borderWidth": 1, "font": {"size": 0}},
    "edges": {
        "smooth": False,
        "selectionWidth": 0,
        "hoverWidth": 0,
        "arrows": {"to": {"enabled": True, "scaleFactor": 0.35}},
    },
}

page = PyvisPage()
