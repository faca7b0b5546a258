"""Figures about a graph."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from pages_graph import make_graph, make_hostile_graph
from pages_synthetic import make_synthetic

from exports.pages.figures import make_figures
from exports.pages.report import write_report
from kg.graph import KnowledgeGraph


def test_every_figure_is_a_document_of_its_own() -> None:
    """SVG that can go into slides: well formed, with a title for those who do not see it."""
    figures = make_figures(make_synthetic(600))
    assert [f.name for f in figures] == [
        "papers-over-time", "top-datasets", "top-methods", "top-models", "top-tasks", "top-metrics", "rising", "named-together",
    ]  # fmt: skip
    for figure in figures:
        root = ElementTree.fromstring(figure.svg)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert root.get("aria-label") == figure.title


def test_the_ranking_counts_papers() -> None:
    """Two models, one paper each."""
    (figure,) = [f for f in make_figures(make_graph()) if f.name == "top-models"]
    assert "WidgetNet" in figure.svg and "GadgetFormer" in figure.svg


def test_graphs_with_little_in_them_have_few_figures(tmp_path: Path) -> None:
    """No paper, no figure; and still a page."""
    assert make_figures(KnowledgeGraph()) == []
    assert "0 papers" in write_report(KnowledgeGraph(), tmp_path / "r.html", title="None").read_text("utf-8")


def test_the_page_has_no_script_and_shows_names_as_text(tmp_path: Path) -> None:
    """Hostile names and titles do nothing."""
    page = write_report(
        make_hostile_graph(), tmp_path / "r.html", title="</title><script>alert(1)</script>"
    ).read_text("utf-8")
    assert "<script" not in page
    assert "<img" not in page
