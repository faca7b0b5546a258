"""Which page goes with a graph: the explorer where the package has it, else the one that pyvis draws.

Input: a ``KnowledgeGraph``. Output: the page's path and, where something was left out, one line that says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exports.pages.explorer import DEFAULT_TITLE, read_bundle, write_explorer
from exports.pages.pyvis_page import DEFAULT_LIMIT, write_page
from kg.errors import ExportError
from kg.graph import KnowledgeGraph
from kg.schema import DEFAULT_BASE_IRI

RENDERERS = ("auto", "explorer", "pyvis")


@dataclass(frozen=True, slots=True)
class View:
    """A page that was written.

    Attributes:
        path: the HTML file.
        renderer: ``explorer`` or ``pyvis``.
        notice: one line for the user, or empty.
    """

    path: Path
    renderer: str
    notice: str = ""


def write_view(
    graph: KnowledgeGraph,
    path: Path,
    *,
    title: str = DEFAULT_TITLE,
    renderer: str = "auto",
    limit: int = DEFAULT_LIMIT,
    base_iri: str = DEFAULT_BASE_IRI,
    sparql: bool = True,
) -> View:
    """Write the page that fits.

    Args:
        graph: what to show.
        path: the HTML file to write.
        title: heading and window title.
        renderer: ``explorer``, ``pyvis``, or ``auto`` for the explorer where the package was built with it.
        limit: the most nodes that pyvis draws; the explorer shows all.
        base_iri: base of the IRIs in the explorer's RDF.
        sparql: put a SPARQL console into the explorer.

    Returns:
        What was written, and with what.

    Raises:
        ExportError: where the file cannot be written, or the explorer is asked for by name and is not there.
    """
    if renderer not in RENDERERS:
        raise ExportError(f"unknown renderer {renderer!r}", hint=f"Known: {', '.join(RENDERERS)}")
    if renderer == "explorer" or (renderer == "auto" and read_bundle() is not None):
        return View(write_explorer(graph, path, title=title, base_iri=base_iri, sparql=sparql), "explorer")
    write_page(graph, path, title=title, limit=limit)
    notice = ""
    if renderer == "auto":
        notice = (
            "This installation was built without the explorer (npm could not be reached), so pyvis draws the page"
            + (f", with the {limit} best-connected of {len(graph)} nodes" if len(graph) > limit else "")
        )
    return View(path, "pyvis", notice)
