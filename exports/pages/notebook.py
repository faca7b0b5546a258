"""The page inside a notebook cell.

Input: a ``KnowledgeGraph``. Output: an object that Jupyter and its relatives display through ``_repr_html_``; IPython
itself is not needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from exports.pages.pyvis_page import DEFAULT_LIMIT, DEFAULT_TITLE, render_page
from kg.graph import KnowledgeGraph


@dataclass(frozen=True, slots=True)
class NotebookView:
    """A page in a frame of its own, cut off from the notebook's scripts and cookies.

    Attributes:
        page: the whole page as HTML.
        title: what a screen reader calls the frame.
        height: in CSS pixels.
    """

    page: str
    title: str
    height: int

    def _repr_html_(self) -> str:
        return (
            f'<iframe sandbox="allow-scripts allow-popups" title="{escape(self.title)}" srcdoc="{escape(self.page)}" '
            f'style="width:100%;height:{self.height}px;border:0;border-radius:12px"></iframe>'
        )


def show(
    graph: KnowledgeGraph, *, title: str = DEFAULT_TITLE, limit: int = DEFAULT_LIMIT, height: int = 640
) -> NotebookView:
    """The graph as something that a notebook displays.

    Args:
        graph: what to draw.
        title: heading of the page.
        limit: the most nodes to draw, best connected first.
        height: of the frame, in CSS pixels.

    Returns:
        An object with ``_repr_html_``.
    """
    return NotebookView(render_page(graph, title=title, limit=limit), title, height)
