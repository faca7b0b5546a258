"""The page for small graphs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import open_browser, visit
from pages_graph import HOSTILE, make_graph, make_hostile_graph

from exports.pages.data import choose_nodes, collect, safe_text, safe_url
from exports.pages.notebook import show
from exports.pages.pyvis_page import render_page, write_page
from kg.graph import node_id


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser() as running:
        yield running


def test_the_page_names_no_other_place() -> None:
    """No element loads anything, and the policy would not let it."""
    page = render_page(make_graph())
    head = page[: page.index("<style>")]
    assert "default-src 'none'" in head
    assert not re.search(r"<(?:link|img|iframe|script)[^>]*\b(?:src|href)=", page)
    assert "bootstrap" not in page.lower()


def test_the_page_has_language_title_and_encoding() -> None:
    """What pyvis leaves out is there, and the heading is escaped."""
    page = render_page(make_graph(), title="</title><script>alert(1)</script>")
    assert '<html lang="en">' in page
    assert '<meta charset="utf-8">' in page
    assert "<script>alert(1)" not in page
    assert "<title>&lt;/title&gt;" in page


def test_the_same_graph_gives_the_same_page() -> None:
    """Nothing of the clock or of hash order reaches the page."""
    assert render_page(make_graph()) == render_page(make_graph())


def test_a_large_graph_is_cut_to_its_best_connected_part() -> None:
    """The limit keeps what most papers speak of, and the page says how much there is."""
    graph = make_graph()
    chosen = {node_id(node) for node in choose_nodes(graph, 4)}
    assert "dataset/widgetbench" in chosen
    assert "paper/title:lonely" not in chosen
    data = collect(graph, limit=4)
    assert (data.shown, data.total) == (len(chosen), len(graph))


def test_offsets_count_as_javascript_counts() -> None:
    """A letter outside the basic plane before the sentence shifts the offsets by one."""
    content = collect(make_graph()).content
    claims, papers = content["claims"], content["papers"]
    texts = [
        f"{t}\n\n{a}".encode("utf-16-le") for t, a in zip(papers["title"], papers["abstract"], strict=True)
    ]
    cut = {
        texts[paper][2 * start : 2 * end].decode("utf-16-le")
        for paper, start, end in zip(claims["paper"], claims["start"], claims["end"], strict=True)
    }
    assert cut == {claim.evidence.quote for claim in make_graph().claims()}


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/a?b=c", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        (" https://example.org", False),
        ('https://example.org/"onclick=', False),
    ],
)
def test_only_web_addresses_become_links(url: str, kept: bool) -> None:
    """Anything but plain http and https is dropped."""
    assert bool(safe_url(url)) is kept


def test_unsafe_characters_are_replaced_one_for_one() -> None:
    """Offsets into the text stay true."""
    assert len(safe_text(HOSTILE)) == len(HOSTILE)
    assert not set(safe_text(HOSTILE)) & {"\x00", "\x1b", "\u202e", "\ud800"}


def test_a_notebook_gets_the_page_in_a_frame() -> None:
    """The frame holds the page, escaped, and is cut off from the notebook."""
    shown = show(make_graph(), title='A "graph"', height=300)._repr_html_()
    assert make_graph().show(title='A "graph"', height=300)._repr_html_() == shown
    assert shown.startswith('<iframe sandbox="allow-scripts allow-popups" title="A &quot;graph&quot;"')
    assert html.escape("<!doctype html>") in shown


def test_a_click_shows_the_sentence_with_the_name_marked(browser: Any, tmp_path: Path) -> None:
    """Search, Enter: the panel shows the evidence; Esc closes it."""
    page, watch = visit(browser, write_page(make_graph(), tmp_path / "p.html"))
    page.keyboard.press("/")
    page.keyboard.type("gadget-f")
    page.keyboard.press("Enter")
    panel = page.locator("#panel")
    assert panel.locator("h2").inner_text() == "GadgetFormer"
    assert "Gadget-Former" in panel.inner_text()
    assert panel.locator("mark").first.inner_text() == "GadgetFormer"
    assert (
        panel.locator("blockquote").first.inner_text() == "It beats GadgetFormer on WidgetBench by 3 points."
    )
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert not panel.is_visible()
    watch.assert_quiet()


def test_the_legend_hides_a_type(browser: Any, tmp_path: Path) -> None:
    """It shows the counts and works as a switch."""
    page, watch = visit(browser, write_page(make_graph(), tmp_path / "p.html"))
    row = page.locator("#legend button", has_text="Papers")
    assert row.locator(".count").inner_text() == "3"
    row.click()
    assert row.get_attribute("aria-pressed") == "false"
    watch.assert_quiet()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_hostile_runs(browser: Any, tmp_path: Path, scheme: str) -> None:
    """Names full of markup are shown as text, in both colour schemes."""
    path = write_page(make_hostile_graph(), tmp_path / "p.html", title=HOSTILE)
    page, watch = visit(browser, path, fragment="dataset/evil", color_scheme=scheme)
    assert "<img src=x onerror=alert(1)>" in page.locator("#panel h2").inner_text()
    assert page.locator("#panel a").count() == 0
    assert page.locator("img").count() == 0
    watch.assert_quiet()
