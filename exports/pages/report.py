"""The figures on one page, each to be saved as SVG; no script at all."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path

from exports.pages.data import safe_text
from exports.pages.figures import make_figures
from exports.pages.html import source_hash
from kg.atomic import atomic_write
from kg.graph import KnowledgeGraph

_STYLE = """
:root { color-scheme: light dark; --ground: #faf9f7; --ink: #1d2126; --soft: #5c6470; --line: #dedbd5; --accent: #0b62a3; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; --ink: #e8e6e1; --soft: #a3abb6; --line: #363c44; --accent: #7cc0f5; } }
body { margin: 0 auto; max-width: 860px; padding: 28px 24px 80px; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
h1 { font-size: 28px; margin: 0; overflow-wrap: anywhere; }
p { color: var(--soft); }
figure { margin: 28px 0; }
svg { display: block; width: 100%; height: auto; border: 1px solid var(--line); border-radius: 14px; }
figcaption { margin-top: 6px; font-size: 14px; }
a { color: var(--accent); }
@media print { figcaption { display: none; } figure { break-inside: avoid; } }
"""


def write_report(graph: KnowledgeGraph, path: Path, *, title: str) -> Path:
    """Write the figures as one offline page.

    Args:
        graph: what to draw.
        path: the HTML file to write.
        title: heading and window title; any text.

    Returns:
        The path.

    Raises:
        ExportError: where the file cannot be written.
    """
    heading = escape(safe_text(title))
    stats = graph.stats()
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src {source_hash(_STYLE)}">\n'
        f"<title>{heading}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{heading}</h1>\n"
        f"<p>{stats.papers:,} papers, {len(graph) - stats.papers:,} things and links, {sum(stats.edges.values()):,} connections</p>\n"
    ]
    for figure in make_figures(graph):
        packed = base64.b64encode(figure.svg.encode("utf-8")).decode("ascii")
        parts.append(
            f'<figure>{figure.svg}<figcaption><a download="{figure.name}.svg" href="data:image/svg+xml;base64,{packed}">'
            f"Save “{escape(figure.title)}” as SVG</a></figcaption></figure>\n"
        )
    parts.append("</main>\n</body>\n</html>\n")
    with atomic_write(path) as stream:
        stream.write("".join(parts))
    return path
