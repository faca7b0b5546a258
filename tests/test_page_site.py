"""The static site."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from browser import open_browser
from pages_graph import make_graph, make_hostile_graph

from exports.pages.site import write_site
from exports.pages.site.chart import time_chart
from exports.pages.site.index import SiteIndex
from exports.pages.site.names import page_path
from exports.sparql.named import get_query
from exports.sparql.results import is_table
from exports.sparql.store import SparqlStore


def test_every_link_leads_somewhere(tmp_path: Path) -> None:
    """Each address inside the site is that of a file of it."""
    write_site(make_graph(), tmp_path, title="Widgets")
    for page in tmp_path.rglob("*.html"):
        if page.name == "graph.html":
            continue
        for address in re.findall(r'(?:href|src)="([^"#]+)', page.read_text("utf-8")):
            if not address.startswith(("http:", "https:")):
                assert (page.parent / unquote(unescape(address))).resolve().is_file(), (page.name, address)


def test_a_page_shows_the_sentence_with_the_name_marked(tmp_path: Path) -> None:
    """The dataset's page has both papers, each with its words."""
    write_site(make_graph(), tmp_path)
    page = (tmp_path / "dataset" / "widgetbench.html").read_text("utf-8")
    assert "It beats GadgetFormer on <mark>WidgetBench</mark> by 3 points." in page
    assert "GadgetFormer is evaluated on <mark>WidgetBench</mark>." in page


def test_only_what_changed_is_written_and_what_is_gone_is_removed(tmp_path: Path) -> None:
    """Writing again writes nothing; a paper less takes its page away and leaves what is none of its business."""
    graph = make_graph()
    first = write_site(graph, tmp_path)
    assert first.written == first.pages
    assert write_site(graph, tmp_path).written == 0
    (tmp_path / "mine.txt").write_text("kept", "utf-8")
    untouched = (tmp_path / "paper" / "2401.00001.html").stat().st_mtime_ns
    graph.remove_paper("title:lonely")
    second = write_site(graph, tmp_path)
    assert second.removed == 1
    assert 0 < second.written < first.pages
    assert (tmp_path / "mine.txt").exists()
    assert (tmp_path / "paper" / "2401.00001.html").stat().st_mtime_ns == untouched


def test_different_nodes_have_different_files() -> None:
    """Case, odd characters, length and reserved names do not make two nodes one file."""
    names = [
        "method/a b", "method/a-b", "method/A-b", "method/a/b", "method/a%20b", "method/con", "method/con.x", "method/..",
        "method/", "method/" + "x" * 300, "method/" + "x" * 301, "method/ä", "method/\ud800", "paper/a b", "method/index",
    ]  # fmt: skip
    paths = [page_path(name) for name in names]
    assert len({path.lower() for path in paths}) == len(names)
    assert all(re.fullmatch(r"[a-z]+/[a-z0-9][a-z0-9._-]*\.html", path) for path in paths)


def test_the_pages_say_what_the_named_query_says() -> None:
    """The papers on a dataset's page are those that the query beneath it finds."""
    graph = make_graph()
    answer = SparqlStore.from_graph(graph).query(get_query("papers-about").fill({"name": "WidgetBench"}))
    assert is_table(answer)
    asked = {str(row["paper"].value).rsplit("/paper/", 1)[1] for row in answer}
    groups = SiteIndex(graph).groups("dataset/widgetbench")
    shown = {
        other.removeprefix("paper/")
        for _, away, rows in groups
        if not away
        for other, _ in rows
        if other.startswith("paper/")
    }
    assert {unquote(a) for a in asked} == shown


def test_a_page_describes_itself(tmp_path: Path) -> None:
    """The JSON-LD is JSON, names the IRI, and cannot end its element."""
    write_site(make_hostile_graph(), tmp_path / "evil")
    write_site(make_graph(), tmp_path / "good")
    for page in tmp_path.rglob("dataset/*.html"):
        (block,) = re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', page.read_text("utf-8"), re.DOTALL
        )
        data = json.loads(block)
        assert data["@type"] == "Dataset"
        assert data["@id"].startswith("https://w3id.org/paper-kg/dataset/")


def test_a_sitemap_where_the_address_is_known(tmp_path: Path) -> None:
    """Absolute addresses, one a page; none without an address."""
    write_site(make_graph(), tmp_path, address="https://example.org/kg/")
    text = (tmp_path / "sitemap.xml").read_text("utf-8")
    assert "<loc>https://example.org/kg/dataset/widgetbench.html</loc>" in text
    write_site(make_graph(), tmp_path)
    assert not (tmp_path / "sitemap.xml").exists()


def test_a_chart_says_its_numbers() -> None:
    """For those who do not see the bars."""
    chart = time_chart({"2023": 1, "2024": 4}, colour="#000000", label="Papers <over> time")
    assert 'aria-label="Papers &lt;over&gt; time. 2023: 1, 2024: 4"' in chart
    assert time_chart({}, colour="#000000", label="") == ""


def test_the_search_works_from_disk_and_nothing_hostile_runs(tmp_path: Path) -> None:
    """A name leads to its page; markup in names stays text."""
    good, evil = tmp_path / "good", tmp_path / "evil"
    write_site(make_graph(), good)
    write_site(make_hostile_graph(), evil, title="</title><script>window.pwned=1</script>")
    with open_browser() as browser:
        page: Any = browser.new_page()
        page.goto((good / "index.html").as_uri())
        page.fill("#search", "widgetb")
        page.locator("#found a", has_text="WidgetBench").click()
        assert page.locator("h1").inner_text() == "WidgetBench"
        colour = page.evaluate("getComputedStyle(document.querySelector('.dot')).backgroundColor")
        assert colour == "rgb(0, 114, 178)"
        for file in evil.rglob("*.html"):
            page.goto(file.as_uri())
            assert page.evaluate("window.pwned") is None
            assert page.locator("img").count() == 0
        page.goto((evil / "index.html").as_uri())
        page.fill("#search", "script")
        page.locator("#found a").first.wait_for()
        assert page.evaluate("window.pwned") is None
