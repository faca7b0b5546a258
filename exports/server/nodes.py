"""Pages of nodes: what stands behind an IRI of the graph, as HTML for people."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from html import escape
from typing import Any
from urllib.parse import unquote

from exports.rdf.iris import Iris
from kg.schema import NODE_TYPES, RELATIONS

Ask = Callable[[str], Awaitable[bytes]]

_ABOUT = """SELECT ?p ?o ?name ?class {{ {{ <{iri}> ?p ?o }} UNION {{ GRAPH ?g {{ <{iri}> ?p ?o }} FILTER(!EXISTS {{ <{iri}> ?p ?o }}) }}
  OPTIONAL {{ ?o schema:name ?name }} }} LIMIT 1000"""
_FROM = """SELECT ?s ?p ?name {{ ?s ?p <{iri}> . OPTIONAL {{ ?s schema:name ?name }} }} ORDER BY ?p ?name LIMIT 500"""
_WORDS = """SELECT ?paper ?title ?p ?o ?name ?quote ?confidence {{
  GRAPH ?g {{ ?c rdf:{end} <{iri}> ; rdf:predicate ?p ; rdf:{other} ?o ; kg:confidence ?confidence ;
    prov:wasDerivedFrom ?paper ; kg:evidence/oa:hasSelector/oa:exact ?quote . }}
  OPTIONAL {{ ?paper schema:name ?title }} OPTIONAL {{ ?o schema:name ?name }} }} ORDER BY DESC(?confidence) ?paper LIMIT 100"""
_CSS = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2937;background:#fff}
a{color:#0b5cad;text-underline-offset:2px}h1{line-height:1.2}h2{margin-top:2rem;font-size:1.15rem}
.type{display:inline-block;padding:.1rem .6rem;border-radius:1rem;color:#fff;font-size:.85rem}
table{border-collapse:collapse;width:100%}td,th{padding:.3rem .6rem;border-bottom:1px solid #e5e7eb;text-align:left;vertical-align:top;overflow-wrap:anywhere}
blockquote{margin:.3rem 0;padding-left:.8rem;border-left:3px solid #cbd5e1}.dim{color:#4b5563;font-size:.9rem}
@media(prefers-color-scheme:dark){body{background:#111827;color:#e5e7eb}a{color:#7cc0ff}td,th{border-color:#374151}.dim{color:#9ca3af}}"""


async def render_node(iri: str, iris: Iris, ask: Ask) -> str | None:
    """The page of a node.

    Args:
        iri: of the node, valid.
        iris: the IRIs of the graph; links to them are relative to the server.
        ask: answers a query in SPARQL results JSON.

    Returns:
        HTML, or None where the graph says nothing of it.
    """
    about = _rows(await ask(_ABOUT.format(iri=iri)))
    back = _rows(await ask(_FROM.format(iri=iri)))
    if not about and not back:
        return None
    kinds = [row["o"] for row in about if row["p"].endswith("#type")]
    node = next((t for t in NODE_TYPES.values() if iris.expand(f"kg:{t.term}") in kinds), None)
    end, other = ("subject", "object") if node is not None and node.name == "paper" else ("object", "subject")
    words = _rows(await ask(_WORDS.format(iri=iri, end=end, other=other))) if node is not None else []
    name = next((r["o"] for r in about if r["p"] == "https://schema.org/name"), None) or unquote(
        iri.removeprefix(iris.base)
    )
    parts = [f"<h1>{escape(name)}</h1>"]
    if node is not None:
        parts.append(
            f'<p><span class="type" style="background:{node.colour}">{escape(node.label)}</span></p>'
        )
    parts.append(f'<p class="dim">{escape(iri)}</p>')
    parts.append(_facts(about, iris))
    parts.append(_links(back, iris))
    if words:
        parts.append("<h2>In the words of the papers</h2>")
        for row in words:
            relation = _label(row["p"], iris, inverse=False)
            what = f"{_link(row['paper'], row.get('title'), iris)} {escape(relation)}"
            if end == "subject":
                what = f"{escape(relation)} {_link(row['o'], row.get('name'), iris)}"
            parts.append(
                f'<p>{what} <span class="dim">(confidence {escape(row["confidence"])})</span></p><blockquote>{escape(row["quote"])}</blockquote>'
            )
    return page(name, "".join(parts))


def page(title: str, body: str) -> str:
    """A whole HTML document."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title[:120])}</title><style>{_CSS}</style>"
        f'<p class="dim"><a href="/">Query</a></p><main>{body}</main></html>'
    )


def _facts(rows: list[dict[str, str]], iris: Iris) -> str:
    lines = []
    for row in sorted(rows, key=lambda r: (_label(r["p"], iris, inverse=False), r.get("name") or r["o"])):
        if (
            row["p"].endswith(("#type", "#label", "#key", "#sameAs"))
            and row["p"] != "https://schema.org/name"
        ):
            continue
        value = _link(row["o"], row.get("name"), iris) if row["o:type"] == "uri" else escape(row["o"])
        lines.append(f"<tr><th>{escape(_label(row['p'], iris, inverse=False))}</th><td>{value}</td></tr>")
    return f"<table>{''.join(lines)}</table>" if lines else ""


def _links(rows: list[dict[str, str]], iris: Iris) -> str:
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(_label(row["p"], iris, inverse=True), []).append(
            _link(row["s"], row.get("name"), iris)
        )
    return "".join(f"<h2>{escape(label)}</h2><p>{' · '.join(links)}</p>" for label, links in groups.items())


def _label(iri: str, iris: Iris, *, inverse: bool) -> str:
    for row in RELATIONS.values():
        if iri == iris.expand(f"kg:{row.term}"):
            return row.inverse_label if inverse else row.label
    short = iris.shorten(iri) or iri
    local = short.rpartition(":")[2]
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in local)
    return f"is {spaced} of" if inverse else spaced


def _link(iri: str, name: str | None, iris: Iris) -> str:
    text = escape(name or unquote(iri.removeprefix(iris.base)))
    if iri.startswith(iris.base):
        return f'<a href="/{escape(iri[len(iris.base) :])}">{text}</a>'
    if iri.startswith(("http://", "https://")):
        return f'<a href="{escape(iri)}" rel="noopener nofollow">{text}</a>'
    return text


def _rows(answer: bytes) -> list[dict[str, str]]:
    """Bindings as plain values; the kind of the object stands under ``o:type``."""
    found: list[dict[str, Any]] = json.loads(answer)["results"]["bindings"]
    rows = []
    for binding in found:
        row = {name: term["value"] for name, term in binding.items()}
        if "o" in binding:
            row["o:type"] = binding["o"]["type"]
        rows.append(row)
    return rows
