"""The explorer, in a browser without a graphics card."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import open_browser, visit
from pages_graph import HOSTILE, LONELY, make_graph, make_hostile_graph
from pages_synthetic import make_synthetic

from exports.pages.communities import find_communities
from exports.pages.explorer import read_bundle, render_explorer, write_explorer
from exports.pages.view import write_view
from kg.errors import ExportError
from kg.graph import KnowledgeGraph


def read_axe() -> str | None:
    """The accessibility checker's script, from the Python package that carries it."""
    try:
        return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    except (ModuleNotFoundError, OSError):
        return None


needs_bundle = pytest.mark.skipif(
    read_bundle() is None,
    reason="built without the explorer; run: npm ci && npm run build in exports/explorer",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser("--use-angle=swiftshader", "--enable-unsafe-swiftshader") as running:
        yield running


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_explorer(make_graph(), tmp_path_factory.mktemp("explorer") / "small.html", title="Widgets")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_explorer(
        make_synthetic(5000), tmp_path_factory.mktemp("explorer") / "large.html", title="Large"
    )


# ------------------------------------------------------------------ without a browser
@needs_bundle
def test_the_page_is_one_file_that_loads_nothing() -> None:
    """No element names another file, and the policy forbids everything that the page does not hold."""
    page = render_explorer(make_graph())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy[1].replace("'wasm-unsafe-eval'", "")
    without = re.search(
        r'Content-Security-Policy" content="([^"]*)"', render_explorer(make_graph(), sparql=False)
    )
    assert without is not None and "unsafe" not in without[1] and "worker-src 'none'" in without[1]
    assert not re.search(r"<(?:link|img|iframe|script)[^>]*\s(?:src|href)=", page)


@needs_bundle
def test_the_same_graph_gives_the_same_page() -> None:
    """Positions, communities and compressed data are the same every time."""
    assert render_explorer(make_graph()) == render_explorer(make_graph())


@needs_bundle
def test_the_page_lists_the_licences_of_what_it_holds() -> None:
    """sigma and graphology come with their notices."""
    page = render_explorer(make_graph())
    licences = page[page.index("<pre>") : page.index("</pre>")]
    assert "sigma" in licences and "graphology" in licences and "MIT" in licences


def test_without_the_explorer_pyvis_draws_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One clear line; asked for by name, the lack is an error."""
    monkeypatch.setattr("exports.pages.view.read_bundle", lambda: None)
    monkeypatch.setattr("exports.pages.explorer.read_bundle", lambda: None)
    view = write_view(make_graph(), tmp_path / "p.html")
    assert view.renderer == "pyvis"
    assert "without the explorer" in view.notice and "\n" not in view.notice
    with pytest.raises(ExportError, match="no explorer"):
        write_view(make_graph(), tmp_path / "p.html", renderer="explorer")


def test_communities_follow_the_edges() -> None:
    """Two cliques joined by one edge are two communities; a lone node is in none."""
    clique = [(i, j) for i in range(8) for j in range(i)]
    pairs = np.array([*clique, *((a + 8, b + 8) for a, b in clique), (0, 8)])
    found = find_communities(17, pairs)
    assert len(set(found[:8])) == 1 and len(set(found[8:16])) == 1
    assert found[0] != found[8]
    assert found[16] == -1


# ------------------------------------------------------------------ in a browser
@needs_bundle
def test_search_opens_the_panel_with_the_marked_sentence(browser: Any, small: Path) -> None:
    """Slash, a name, Enter: the evidence is there, and the address names the node."""
    page, watch = visit(browser, small)
    page.keyboard.press("/")
    page.keyboard.type("Gadget-F")
    page.keyboard.press("Enter")
    panel = page.locator("#panel")
    assert panel.locator("h2").inner_text() == "GadgetFormer"
    page.wait_for_selector("#panel mark")
    assert panel.locator("mark").first.inner_text() == "GadgetFormer"
    assert (
        panel.locator("blockquote").first.inner_text() == "It beats GadgetFormer on WidgetBench by 3 points."
    )
    assert "node=model/gadgetformer" in page.url
    page.keyboard.press("Escape")
    assert not panel.is_visible()
    page.go_back()
    assert panel.is_visible()
    watch.assert_quiet()


@needs_bundle
def test_the_address_brings_the_view_back(browser: Any, small: Path) -> None:
    """Node, steps, hidden types and the table all stand behind the number sign."""
    fragment = "node=dataset/widgetbench&steps=1&hide=resource&view=table&colour=community"
    page, watch = visit(browser, small, fragment=fragment)
    assert page.locator("#panel h2").inner_text() == "WidgetBench"
    assert page.locator("#panel [aria-pressed=true]").inner_text() == "1 step"
    assert page.locator("#table").is_visible()
    assert "colour=community" in page.url
    watch.assert_quiet()


@needs_bundle
def test_the_shortest_path_shows_every_step(browser: Any, small: Path) -> None:
    """From the repository to a model: each step with its words."""
    fragment = "node=resource/github.com/example/gadgets&to=model/widgetnet"
    page, watch = visit(browser, small, fragment=fragment)
    assert page.locator("#panel h2").inner_text() == "4 steps"
    assert page.locator("#panel .step").count() == 5
    page.wait_for_selector("#panel mark")
    assert page.locator("#panel blockquote").count() == 4
    watch.assert_quiet()


@needs_bundle
def test_the_legend_filters_and_the_table_follows(browser: Any, small: Path) -> None:
    """Hiding papers leaves the things, and the table says so."""
    page, watch = visit(browser, small)
    page.click("#type-paper")
    page.click("#tool-table")
    assert page.locator("#table tbody tr").count() == 4
    page.locator("#table thead button", has_text="Name").click()
    names = page.locator("#table tbody th").all_inner_texts()
    assert names == sorted(names, key=str.lower)
    watch.assert_quiet()


@needs_bundle
def test_the_console_answers_and_shows_its_answer(browser: Any, small: Path) -> None:
    """A question of one click, a value filled in, the rows, and the nodes in the graph."""
    page, watch = visit(browser, small)
    page.keyboard.press("q")
    page.wait_for_selector("html[data-sparql=ready]", timeout=30_000)
    page.select_option("#sparql select", label="The papers that speak of a thing, and how")
    page.locator("#sparql input").first.fill("widgetbench")
    page.click("#sparql .main")
    page.wait_for_selector(".answer table")
    assert "2 rows" in page.locator("#sparql [role=status]").inner_text()
    page.locator(".answer button", has_text="in the graph").click()
    assert not page.locator("#sparql").is_visible()
    watch.assert_quiet()


@needs_bundle
def test_the_console_says_where_a_query_is_wrong(browser: Any, small: Path) -> None:
    """A query that is no SPARQL gives one line, and the next one works."""
    page, watch = visit(browser, small)
    page.keyboard.press("q")
    page.wait_for_selector("html[data-sparql=ready]", timeout=30_000)
    editor = page.locator("#sparql .cm-content")
    for query, answer in (("SELECT WHERE", "error"), ("ASK { ?paper a kg:Paper }", "Yes")):
        editor.click()
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        page.keyboard.type(query)
        page.keyboard.press("Control+Enter")
        page.locator("#sparql [role=status]", has_text=answer).wait_for()
    watch.assert_quiet()


@needs_bundle
@pytest.mark.parametrize("name", ["Picture (PNG)", "Picture (SVG)", "Table (CSV)", "RDF (Turtle)"])
def test_the_view_can_be_kept(browser: Any, small: Path, tmp_path: Path, name: str) -> None:
    """Every entry of the menu saves a file that holds what it says."""
    page, watch = visit(browser, small)
    page.click("#tool-save")
    with page.expect_download() as caught:
        page.locator("#save-menu button", has_text=name).click()
    target = tmp_path / caught.value.suggested_filename
    caught.value.save_as(target)
    content = target.read_bytes()
    if target.suffix == ".png":
        assert content.startswith(b"\x89PNG")
    elif target.suffix == ".ttl":
        import rdflib

        graph = rdflib.Graph().parse(data=content.decode(), format="turtle")
        base = "https://w3id.org/paper-kg/"
        statement = (
            rdflib.URIRef(base + "paper/2401.00001"),
            rdflib.URIRef(base + "ontology#introduces"),
            rdflib.URIRef(base + "model/widgetnet"),
        )
        assert statement in graph
    else:
        assert b"WidgetBench" in content
    watch.assert_quiet()


@needs_bundle
def test_without_webgl_a_canvas_draws(browser: Any, small: Path) -> None:
    """The page works all the same."""
    none = (
        "const real = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        " return kind.startsWith('webgl') ? null : real.call(this, kind, ...rest); };"
    )
    page, watch = visit(browser, small, fragment="node=model/widgetnet", script=none)
    assert page.locator("#panel h2").inner_text() == "WidgetNet"
    assert page.locator("canvas.plain").count() == 1
    page.mouse.move(700, 400)
    page.mouse.wheel(0, -200)
    watch.assert_quiet()


@needs_bundle
def test_a_large_graph_opens_on_an_overview(browser: Any, large: Path) -> None:
    """The best connected are shown, the page says how many, and zooming in brings others."""
    page, watch = visit(browser, large)
    assert "best connected of 5,000" in page.locator("#note").inner_text()
    page.click("#tool-table")
    before = set(page.locator("#table tbody th").all_inner_texts())
    page.click("#tool-table")
    for _ in range(6):
        page.keyboard.press("+")
        page.wait_for_timeout(400)
    page.locator("#note", has_text="of this part").wait_for()
    page.click("#tool-table")
    after = set(page.locator("#table tbody th").all_inner_texts())
    assert after - before
    watch.assert_quiet()


@needs_bundle
def test_everything_is_reached_by_keyboard(browser: Any, small: Path) -> None:
    """Arrow keys walk from node to node, 1 narrows, t opens the table, Esc leads back."""
    page, watch = visit(browser, small, fragment="node=dataset/widgetbench")
    page.focus("#stage")
    seen = set()
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
        seen.add(page.locator("#panel h2").inner_text())
    assert len(seen) > 1
    page.keyboard.press("1")
    assert "steps=1" in page.url
    page.keyboard.press("t")
    assert page.locator("#table").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert not page.locator("#panel").is_visible()
    watch.assert_quiet()


@needs_bundle
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_accessibility_fault(browser: Any, small: Path, scheme: str) -> None:
    """axe-core finds nothing serious or critical, with panel and table open and without."""
    axe = read_axe()
    if axe is None:
        pytest.skip("needs the Python package axe-playwright-python")
    for fragment in (
        "",
        "node=model/gadgetformer",
        "view=table",
        "node=model/widgetnet&to=dataset/widgetbench",
    ):
        page = browser.new_context(color_scheme=scheme, bypass_csp=True).new_page()
        page.goto(small.resolve().as_uri() + "#" + fragment)
        page.wait_for_selector("html[data-ready=true]")
        if not fragment:
            page.keyboard.press("q")
            page.wait_for_selector("html[data-sparql=ready]", timeout=30_000)
        page.evaluate(axe)
        found = page.evaluate("axe.run().then((r) => r.violations)")
        serious = [
            (v["id"], [n["target"] for n in v["nodes"]])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        assert serious == []


# ------------------------------------------------------------------ hostile input
@needs_bundle
def test_nothing_hostile_runs(browser: Any, tmp_path: Path) -> None:
    """Names full of markup are shown as text; no request leaves."""
    path = write_explorer(make_hostile_graph(), tmp_path / "evil.html", title=HOSTILE)
    page, watch = visit(browser, path, fragment="node=dataset/evil&view=table")
    assert "<img src=x onerror=alert(1)>" in page.locator("#panel h2").inner_text()
    assert page.locator("#panel a").count() == 0
    assert page.locator("img").count() == 0
    watch.assert_quiet()


@needs_bundle
def test_a_page_without_nodes_opens(browser: Any, tmp_path: Path) -> None:
    """An empty graph is an empty page, not an error."""
    page, watch = visit(browser, write_explorer(KnowledgeGraph(), tmp_path / "empty.html"))
    assert "0 papers" in page.locator("#about").inner_text()
    watch.assert_quiet()


@needs_bundle
@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
def test_pointing_at_a_node_selects_it(browser: Any, tmp_path: Path, touch: bool) -> None:
    """A click or a tap on the only node opens its panel, one beside it closes it."""
    graph = KnowledgeGraph(papers=[LONELY])
    path = write_explorer(graph, tmp_path / "one.html", sparql=False)
    size = {"width": 390, "height": 844} if touch else {"width": 1200, "height": 800}
    page, watch = visit(browser, path, viewport=size, has_touch=touch, is_mobile=touch)
    panel = page.locator("#panel")
    if touch:
        for y in range(440, 580, 20):
            page.touchscreen.tap(195, y)
            page.wait_for_timeout(500)  # two taps in a row would zoom
            if panel.is_visible():
                break
    else:
        page.mouse.click(752, 400)
    panel.locator("h2", has_text=LONELY.title).wait_for(timeout=5000)
    if not touch:
        page.wait_for_timeout(500)
        page.mouse.click(752, 700)
        panel.wait_for(state="hidden", timeout=5000)
    watch.assert_quiet()
