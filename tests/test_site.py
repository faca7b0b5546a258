"""The site: what its pages say, what it writes and removes, and that nothing hostile gets through."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from browser import Watch, open_browser, visit
from pages_graph import make_graph
from site_graph import NASTY, PAYLOADS, nasty_graph, sample_graph

from exports.rdf.formats import nquads
from exports.rdf.iris import Iris
from exports.site import write_site
from exports.site.charts import bar_chart, time_buckets
from exports.site.markup import mark_spans
from exports.site.paths import page_path
from exports.site.search import shard_name, words
from kg.errors import ExportError
from kg.graph import KnowledgeGraph
from kg.model import Entity, EntityType
from kg.schema import DEFAULT_BASE_IRI

HREF = re.compile(r'<(?:a|link|script)\b[^>]*?\b(?:href|src)="([^"]*)"')


def contents(folder: Path) -> dict[str, bytes]:
    """Bytes of every file by its path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    write_site(make_graph(), folder, title="Widgets", address="https://example.org/w")
    return folder


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nasty")
    write_site(nasty_graph(), folder, title=NASTY[0] + NASTY[8], address="https://example.org/")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser() as running:
        yield running


# ---------------------------------------------------------------------- what pages say
def test_every_node_has_a_page(small: Path) -> None:
    """Papers, things and repositories, besides lists, the front page and what is missing."""
    for node in (
        "paper/2401.00001",
        "model/gadgetformer",
        "dataset/widgetbench",
        "resource/github.com/example/gadgets",
    ):
        assert (small / page_path(node)).is_file()
    for name in ("index.html", "missing.html", "queries.html", "task/index.html", ".nojekyll"):
        assert (small / name).is_file()


def test_a_page_shows_the_sentence_with_the_name_marked(small: Path) -> None:
    """Who uses it, and in which words."""
    page = (small / "model/gadgetformer.html").read_text("utf-8")
    assert "It beats <mark>GadgetFormer</mark> on WidgetBench by 3 points." in page
    assert "Gadget-Former" in page


def test_the_abstract_links_the_names_in_it(small: Path) -> None:
    """A click on a name leads to its page."""
    page = (small / "paper/2401.00001.html").read_text("utf-8")
    assert re.search(
        r'<a class="name dataset evaluates_on" href="\.\./dataset/widgetbench\.html"[^>]*>WidgetBench</a>',
        page,
    )


def test_every_link_leads_somewhere(small: Path, nasty: Path) -> None:
    """No link within the site is broken, whatever the names hold."""
    for folder in (small, nasty):
        for page in folder.rglob("*.html"):
            for target in HREF.findall(page.read_text("utf-8")):
                address = unescape(target)
                if re.match(r"(https?:|data:)", address):
                    continue
                path, _, _ = unquote(address).partition("#")
                assert not path or (page.parent / path).resolve().is_file(), (page, target)


def test_pages_are_valid_html(small: Path, nasty: Path) -> None:
    """A parser that follows the standard finds no error."""
    parser = pytest.importorskip("html5rdf", reason="comes with rdflib[html]")
    for folder in (small, nasty):
        for page in sorted(folder.rglob("*.html")):
            if page.name != "graph.html":
                found = parser.HTMLParser()
                found.parse(page.read_text("utf-8"))
                assert not found.errors, (page, found.errors[:3])


def test_headings_and_ids_are_in_order(small: Path) -> None:
    """One first heading a page, no id twice, every image of a chart with words."""
    for page in small.rglob("*.html"):
        if page.name == "graph.html":
            continue
        text = page.read_text("utf-8")
        assert text.count("<h1") == 1, page
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), page
        assert text.count("<svg") == text.count('role="img" aria-label="')


def test_json_ld_says_what_the_graph_says(small: Path) -> None:
    """Every page's data are statements of the RDF, and every plain statement is on a page."""
    store = ox.Store()
    store.load(
        "".join(nquads.chunks(make_graph(), base_iri=DEFAULT_BASE_IRI, profile="core")).encode(),
        ox.RdfFormat.N_QUADS,
    )
    stated = {q.triple for q in store}
    found: set[ox.Triple] = set()
    for page in small.rglob("*/*.html"):
        for data in re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', page.read_text("utf-8")
        ):
            here = {q.triple for q in ox.parse(data.encode(), ox.RdfFormat.JSON_LD)}
            assert here and here <= stated, page
            found |= here
    assert found == stated


def test_sitemap_and_canonical_addresses(small: Path) -> None:
    """Every page is in the sitemap, under the address given."""
    root = ElementTree.fromstring((small / "sitemap.xml").read_bytes())
    listed = {loc.text or "" for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    pages = {p.relative_to(small).as_posix() for p in small.rglob("*.html")} - {"graph.html"}
    assert listed == {f"https://example.org/w/{page}" for page in pages}
    assert 'rel="canonical" href="https://example.org/w/index.html"' in (small / "index.html").read_text(
        "utf-8"
    )
    assert "Sitemap: https://example.org/w/sitemap.xml" in (small / "robots.txt").read_text("utf-8")


def test_no_sitemap_without_an_address(tmp_path: Path) -> None:
    """A sitemap needs absolute addresses, which are not made up."""
    write_site(make_graph(), tmp_path / "s")
    assert not (tmp_path / "s/sitemap.xml").exists()
    with pytest.raises(ExportError, match="no address"):
        write_site(make_graph(), tmp_path / "s", address="javascript:alert(1)")


def test_an_empty_graph_makes_a_site(tmp_path: Path) -> None:
    """Nothing to show is no error."""
    assert write_site(KnowledgeGraph(), tmp_path / "s").pages >= 10


# ---------------------------------------------------------------------- what is written
def test_the_same_graph_gives_the_same_bytes(tmp_path: Path, small: Path) -> None:
    """Nothing of the clock, of hash order or of the folder reaches a file."""
    write_site(make_graph(), tmp_path / "other", title="Widgets", address="https://example.org/w")
    assert contents(tmp_path / "other") == contents(small)


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    """A second run writes nothing; a changed title touches the pages that show it."""
    graph = sample_graph()
    folder = tmp_path / "s"
    first = write_site(graph, folder)
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*.html")}
    again = write_site(graph, folder)
    assert (again.written, again.removed, again.unchanged) == (0, 0, first.written)
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*.html")} == before
    paper = graph.papers()[0]
    changed = KnowledgeGraph(
        papers=[replace(p, organisation="Somewhere") if p is paper else p for p in graph.papers()],
        entities=graph.entities(), resources=graph.resources(), claims=graph.claims(),
    )  # fmt: skip
    report = write_site(changed, folder)
    assert report.written <= 2


def test_pages_of_what_is_gone_are_removed(tmp_path: Path) -> None:
    """And nothing that is not the site's own."""
    folder = tmp_path / "s"
    write_site(make_graph(), folder)
    (folder / "CNAME").write_text("example.org")
    (folder / "paper" / "mine.html").write_text("by hand")
    smaller = make_graph()
    smaller.remove_paper("title:abc")
    report = write_site(smaller, folder)
    assert report.removed >= 2
    assert not (folder / page_path("resource/github.com/example/gadgets")).exists()
    assert (folder / "CNAME").read_text() == "example.org"
    assert (folder / "paper" / "mine.html").read_text() == "by hand"


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    """Nothing is written over what is no site."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ExportError, match="holds other files"):
        write_site(make_graph(), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_tampered_list_of_files_deletes_nothing_outside(tmp_path: Path) -> None:
    """Paths that lead out of the folder are ignored."""
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    folder = tmp_path / "s"
    write_site(make_graph(), folder)
    (folder / "site-files.json").write_text(
        json.dumps({"files": ["../outside.txt", str(outside), "old.html"]})
    )
    write_site(make_graph(), folder)
    assert outside.read_text() == "mine"


# ---------------------------------------------------------------------- names as files
def test_no_two_nodes_share_a_file() -> None:
    """Not even where the file system does not tell capitals apart, and none has a name that Windows keeps."""
    names = [
        *NASTY,
        "Index",
        "INDEX-2",
        "index-2",
        "a b",
        "a-b",
        "A-b",
        "com1.x",
        "lpt9",
        "é",
        "e\u0301",
        "x" * 81,
    ]
    paths = [page_path(f"model/{name}") for name in dict.fromkeys(names)]
    assert len({p.casefold() for p in paths}) == len(paths)
    for path in paths:
        assert re.fullmatch(r"model/[a-z0-9._+-]*(~[0-9a-f]{12})?\.html", path), path
        assert not re.match(r"(con|prn|aux|nul|com\d|lpt\d|index(-\d+)?)\.", path.partition("/")[2])
        assert len(path) < 120


def test_long_names_take_no_time() -> None:
    """The check of a name is linear: eighty letters and one wrong sign once took hours."""
    assert page_path("model/" + "a" * 79 + "!").startswith("model/aaa")


def test_plain_ids_keep_their_spelling() -> None:
    """Links stay readable, and stay the same when other nodes come and go."""
    assert page_path("dataset/gsm8k") == "dataset/gsm8k.html"
    assert page_path("paper/2401.00001") == "paper/2401.00001.html"


# ---------------------------------------------------------------------- parts
def test_marks_never_overlap() -> None:
    """Of spans that overlap, the first and longest stays; text outside is escaped."""
    spans = [(2, 5, "<b>", "</b>"), (2, 9, "<i>", "</i>"), (8, 12, "<u>", "</u>"), (90, 95, "<s>", "</s>")]
    assert mark_spans("<abcdefghij>", 0, spans) == "&lt;a<i>bcdefgh</i>ij&gt;"
    assert mark_spans("a<b", 10, [(11, 12, "<b>", "</b>")]) == "a<b>&lt;</b>b"


def test_time_has_no_gaps_and_ends_with_the_graph() -> None:
    """Months where the span is short and all are known, else years."""
    assert time_buckets([("2024-01", 2), ("2024-03", 1)], "2024-04") == [
        ("2024-01", 2), ("2024-02", 0), ("2024-03", 1), ("2024-04", 0),
    ]  # fmt: skip
    assert time_buckets([("2020-01", 2), ("2022", 1)], "2023-05") == [
        ("2020", 2), ("2021", 0), ("2022", 1), ("2023", 0),
    ]  # fmt: skip
    assert time_buckets([("--11-05", 3)], "") == []
    assert "Feb 2024: 7" in bar_chart([("2024-01", 1), ("2024-02", 7)])


def test_words_are_folded_for_the_search() -> None:
    """Case, accents and compatibility forms do not matter."""
    assert words("Émile’s ＧＰＴ-4 τ-Bench") == ["emile", "s", "gpt", "4", "τ", "bench"]
    assert shard_name("gp") == "67-70"


# ---------------------------------------------------------------------- hostile names
def test_nothing_hostile_becomes_markup(nasty: Path) -> None:
    """No page holds an element or attribute that a name brought in."""
    for page in nasty.rglob("*.html"):
        if page.name == "graph.html":
            continue
        text = page.read_text("utf-8")
        body = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", text)
        assert set(re.findall(r"<script[^>]*>", body)) <= {
            '<script src="../site.js" defer>', '<script src="site.js" defer>',
        }  # fmt: skip
        assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', body))
        assert not re.search(r'href="\s*(?:javascript|data:text|vbscript)', body, re.IGNORECASE)
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize("number", range(len(NASTY)))
def test_nothing_hostile_runs(browser: Any, nasty: Path, number: int) -> None:
    """In a browser, from the folder: no dialog, no request, no error, no breach of the policy."""
    kind = list(EntityType)[number % 5]
    page, watch = visit(browser, nasty / page_path(f"{kind}/{NASTY[number]}"))
    assert page.locator("h1").inner_text().strip()
    assert page.evaluate("document.querySelectorAll('img, iframe, object, embed, svg script').length") == 0
    watch.assert_quiet()
    page.context.close()


def test_a_corpus_of_payloads_stays_text(browser: Any, tmp_path: Path) -> None:
    """Hundreds of them on the lists, the page of gaps and in the search: nothing runs, nothing leaves."""
    assert len(PAYLOADS) > 300
    write_site(nasty_graph(PAYLOADS), tmp_path / "s", title=PAYLOADS[0])
    pages = [p for p in (tmp_path / "s").rglob("*.html") if p.name != "graph.html"]
    for page in pages:
        text = page.read_text("utf-8")
        # The page's own script and its data; no third.
        assert 1 <= text.count("<script") <= 2, page
        assert not re.search(
            r"<(?:img|iframe|object|embed|form|base|style|video|math|marquee|template)\b", text
        ), page
    lists = [p for p in pages if p.name == "index.html" or p.parent == tmp_path / "s"]
    for path in [*lists, *pages[::60]]:
        page, watch = visit(browser, path)
        watch.assert_quiet()
        page.context.close()
    page, watch = visit(browser, tmp_path / "s/index.html")
    for typed in ("script", "onerror", "evil", "alert"):
        page.locator("#search").fill(typed)
        page.wait_for_selector("#found a")
    watch.assert_quiet()


def test_nothing_is_hard_to_reach(browser: Any, tmp_path: Path) -> None:
    """axe-core finds no serious fault, light and dark."""
    pytest.importorskip("axe_playwright_python", reason="needs the Python package axe-playwright-python")
    axe = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    write_site(make_graph(), tmp_path / "s")
    for name in (
        "index.html",
        "model/gadgetformer.html",
        "paper/2401.00001.html",
        "dataset/index.html",
        "missing.html",
    ):
        for scheme in ("light", "dark"):
            page, _ = visit(browser, tmp_path / "s" / name, color_scheme=scheme)
            page.evaluate(axe)
            found = page.evaluate("axe.run().then((r) => r.violations)")
            assert not [v["id"] for v in found if v["impact"] in ("serious", "critical")], (name, scheme)
            page.context.close()


def test_the_search_shows_hostile_names_as_text(browser: Any, nasty: Path) -> None:
    """What is typed and what is found never becomes markup."""
    page, watch = visit(browser, nasty / "index.html")
    page.locator("#search").fill("onerror")
    page.wait_for_selector("#found a")
    assert "<img src=x onerror=alert(1)>" in page.locator("#found").inner_text()
    assert page.locator("#found img").count() == 0
    page.locator("#search").fill("<img src=x onerror=alert(1)>")
    page.wait_for_timeout(200)
    watch.assert_quiet()


# ---------------------------------------------------------------------- in a browser
def test_search_as_you_type_from_a_folder(browser: Any, small: Path) -> None:
    """Slash, letters, Enter: the page of the thing, found by another spelling."""
    page, watch = visit(browser, small / "paper/2401.00001.html")
    page.keyboard.press("/")
    page.keyboard.type("gadget-f")
    page.wait_for_selector("#found a")
    page.keyboard.press("ArrowDown")
    assert page.locator("#found [aria-selected=true]").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/model/gadgetformer.html")
    watch.assert_quiet()


def test_a_panel_shows_its_query(browser: Any, small: Path) -> None:
    """The text behind the panel appears, about this very thing, and goes again."""
    page, watch = visit(browser, small / "model/gadgetformer.html")
    button = page.locator("#rivals a.q")
    button.click()
    text = page.locator("#rivals .query pre").inner_text()
    assert f"<{Iris(DEFAULT_BASE_IRI).node('model/gadgetformer')}>" in text
    assert "PREFIX kg:" in text
    button.click()
    assert page.locator("#rivals .query").count() == 0
    watch.assert_quiet()


def test_without_scripts_everything_can_be_read(browser: Any, small: Path) -> None:
    """Only the search needs one; the queries are a link away."""
    page = browser.new_context(java_script_enabled=False).new_page()
    watch = Watch(page)
    page.goto((small / "model/gadgetformer.html").resolve().as_uri())
    assert "It beats" in page.locator("main").inner_text()
    page.locator("#rivals a.q").click()
    page.wait_for_url("**/queries.html#compared-with")
    watch.assert_quiet()


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_scrolls_sideways(browser: Any, small: Path, nasty: Path, width: int) -> None:
    """On a phone and on a desk, even with a name of 10,000 letters."""
    long = nasty / page_path(f"{list(EntityType)[NASTY.index('x' * 10_000) % 5]}/{'x' * 10_000}")
    for path in (small / "index.html", small / "model/gadgetformer.html", long, nasty / "missing.html"):
        page, _ = visit(browser, path, viewport={"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.context.close()


def test_an_entity_of_the_same_name_has_a_page_of_its_own(tmp_path: Path) -> None:
    """Two things with one name are two pages."""
    graph = make_graph()
    graph.add_entity(Entity("dataset/widgetnet", EntityType.DATASET, "WidgetNet", ("WidgetNet",)))
    write_site(graph, tmp_path / "s")
    assert "<h1>WidgetNet</h1>" in (tmp_path / "s/dataset/widgetnet.html").read_text("utf-8")
    assert "<h1>WidgetNet</h1>" in (tmp_path / "s/model/widgetnet.html").read_text("utf-8")
