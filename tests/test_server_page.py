"""The query page in a browser: completion, named queries, tables, pictures, errors; nothing is fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from browser import open_browser
from serving import make_store, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with serving(make_store(tmp_path_factory.mktemp("store") / "s")) as client:
        yield client


@pytest.fixture(scope="module")
def page(client: httpx.Client) -> Iterator[Any]:
    with open_browser() as browser:
        page = browser.new_page()
        page.elsewhere = []
        page.errors = []
        home = str(client.base_url)
        page.on("request", lambda r: None if r.url.startswith(home) else page.elsewhere.append(r.url))
        page.on("pageerror", lambda e: page.errors.append(str(e)))
        page.goto(home)
        page.wait_for_selector("#named option:nth-child(16)", state="attached")
        yield page


def run(page: Any, query: str) -> str:
    """Run a query and give the status line or the error."""
    page.fill("#query", query)
    page.evaluate("document.getElementById('result').replaceChildren()")
    page.click("#run")
    page.wait_for_selector("#result > *")
    return str(page.inner_text("#status"))


def test_a_table_can_be_sorted_and_followed(page: Any) -> None:
    """Rows with links to the pages of things."""
    assert "rows" in run(page, "SELECT ?d ?n { ?d a kg:Model ; schema:name ?n }")
    assert page.locator("tbody tr").count() == 2
    page.click("th:nth-child(2) button")
    assert page.inner_text("tbody tr:first-child td:nth-child(2)") == "Cloud"
    assert page.get_attribute("tbody tr:first-child a", "href") == "/model/cloud"


def test_a_graph_is_drawn(page: Any) -> None:
    """CONSTRUCT gives a picture and the triples."""
    run(page, "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER(ISIRI(?o) && STRSTARTS(STR(?p), STR(kg:))) }")
    assert page.locator("svg circle").count() >= 6
    assert "triples" in page.inner_text("#status")


def test_an_error_shows_the_place(page: Any) -> None:
    """The message has line, column and caret."""
    run(page, "SELECT ?x { ?x scheam:name ?y }")
    assert "Did you mean schema:" in page.inner_text("#result")


def test_terms_are_completed(page: Any) -> None:
    """Typing part of a property offers it; Enter takes it."""
    page.fill("#query", "")
    page.type("#query", "SELECT ?x { ?x kg:evaluates")
    page.wait_for_selector("#choices li")
    page.keyboard.press("Enter")
    assert page.input_value("#query").endswith("kg:evaluatesOn")


def test_named_queries_are_filled(page: Any) -> None:
    """Choosing one and changing its parameter changes the query; it runs."""
    page.select_option("#named", "papers-about")
    page.fill("#parameters input[name=name]", "Sky Bench")
    assert '"skybench"' in page.input_value("#query")
    page.keyboard.press("Control+Enter")
    page.focus("#query")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("tbody tr:nth-child(2)")
    assert page.locator("tbody tr").count() == 2


def test_nothing_was_fetched_from_elsewhere(page: Any) -> None:
    """All requests went to this server, and no script failed."""
    assert page.elsewhere == []
    assert page.errors == []
